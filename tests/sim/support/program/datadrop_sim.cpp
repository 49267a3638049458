// datadrop_sim: as many simulated runs as wanted, or one with its story.

#include "processor/cli/progress.hpp"
#include "tests/sim/support/campaign.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdint>
#include <cstdio>

using namespace datadrop::sim;

namespace {

/// The options go first: they are there even when the run itself ends the program.
int tell(std::uint64_t seed) {
    const auto chosen = draw_options(seed);
    fmt::print("{}", text(chosen));
    std::fflush(stdout);
    const auto r = run(chosen, story::mode::told);
    for (const auto& line : r.last_lines)
        fmt::print("{}", line);
    fmt::print("{} lines, digest {:016x}\n", r.lines, r.digest);
    if (r.passed()) return 0;
    fmt::print("seed {} failed: {}: {}\n", seed, r.broken, r.what);
    return 1;
}

void print(const coverage& seen) {
    for (std::size_t i = 0; i < sight_names.size(); ++i)
        fmt::print("{:<30} {:>14}\n", sight_names[i], seen.of(static_cast<sight>(i)));
}

int run_all(const campaign& what) {
    auto progress = datadrop::processor::cli::stderr_progress("sim", "seeds");
    const auto result = run(what, [&](std::uint64_t done) {
        progress.report(static_cast<std::int64_t>(done), static_cast<std::int64_t>(what.seeds));
    });
    print(result.seen);
    if (!result.failed.empty()) fmt::print("\n{}", describe(result.failed.front()));
    for (const auto& r : result.failed)
        fmt::print("failed: seed {}: {}\n", r.chosen.seed, r.broken);
    fmt::print("\n{} seeds from {}: {} failed\n", result.runs, what.first, result.failed.size());
    return result.failed.empty() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app("Simulates processors, clients, a database and their faults, seed by seed, and "
                 "checks every answer. Example: datadrop_sim --seeds 100000");
    campaign what{.seeds = 1000, .threads = cores()};
    std::uint64_t one = 0;
    app.add_option("--seeds", what.seeds, "How many seeds to run")->capture_default_str();
    app.add_option("--first", what.first, "The first of them")->capture_default_str();
    app.add_option("--jobs", what.threads, "Threads")
        ->capture_default_str()
        ->check(CLI::Range(1, 256));
    auto* single = app.add_option("--seed", one, "Run this one, and tell what it does");
    CLI11_PARSE(app, argc, argv);
    return single->count() > 0 ? tell(one) : run_all(what);
}
