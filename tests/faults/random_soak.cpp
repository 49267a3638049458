// `./dev soak`: the demo's race on two processors, operators at work, and every few seconds a fault
// that the seed draws. It ends in the checker's verdict; exit code 1 when that has found anything.

#include "tests/faults/support/random_faults.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <thread>

namespace datadrop::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

struct soak_options {
    int minutes = 10;
    std::uint64_t seed = 1;
    int partitions = 1;
};

/// Clients that wait as long as it takes a processor that is alive; a frozen one's turn elsewhere.
constexpr auto patience = 15s;
constexpr auto pause_max = 3s; // between two faults
constexpr auto progress_interval = 10s;

/// An operator who redrives most of what is parked, and discards the rest.
class operator_at_work {
  public:
    operator_at_work(stage& at, std::uint64_t seed)
        : client_(at.an_operator()), dice_(seed), thread_([this, &at] { work(at.processors()); }) {}
    ~operator_at_work() { ending_ = true; }

  private:
    void work(std::size_t doors) {
        while (!ending_) {
            for (const auto& id : client_.parked_letters(dice_.below(doors))) {
                if (ending_) return;
                const auto verb = dice_.below(4) > 0 ? domain::remediation::redrive
                                                     : domain::remediation::discard;
                if (dice_.below(2) == 0) client_.remediate(id, verb, dice_.below(doors));
            }
            std::this_thread::sleep_for(200ms);
        }
    }

    client client_;
    dice dice_;
    std::atomic<bool> ending_ = false;
    std::jthread thread_;
};

using fault_counts = std::map<std::string_view, int>;

std::string text_of(const fault_counts& counts) {
    std::string text;
    for (const auto& [name, count] : counts)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count);
    return text;
}

void require_processors(stage& at) {
    for (std::size_t i = 0; i < at.processors(); ++i)
        if (!at.processor(i).runs())
            throw std::runtime_error("a processor ended by itself:\n" + at.processor(i).log());
}

/// A fault after the other until the time is over.
fault_counts strike(stage& at, const soak_options& o) {
    dice d(o.seed);
    fault_counts counts;
    const auto start = steady_clock::now();
    auto next_progress = start + progress_interval;
    while (steady_clock::now() - start < std::chrono::minutes(o.minutes)) {
        const auto& fault = all_faults()[d.below(all_faults().size())];
        fault.strike(at, d);
        ++counts[fault.name];
        require_processors(at);
        std::this_thread::sleep_for(d.between(100ms, pause_max));
        if (steady_clock::now() < next_progress) continue;
        next_progress = steady_clock::now() + progress_interval;
        fmt::print(stderr, "soak: {} s, {} accepted, {} to be sent again; {}\n",
                   std::chrono::round<std::chrono::seconds>(steady_clock::now() - start).count(),
                   at.notes().accepted(), at.notes().unsettled(), text_of(counts));
    }
    return counts;
}

fault_counts race(stage& at, const soak_options& o) {
    auto sides = at.both_sides(patience);
    sides.seed = o.seed;
    sides.members = 100;
    sides.think_time = 10ms;
    load clients(sides, at.notes());
    fault_counts counts;
    {
        const operator_at_work one(at, o.seed + 1), two(at, o.seed + 2);
        counts = strike(at, o);
    }
    clients.finish();
    return counts;
}

int look_into(stage& at, const fault_counts& counts) {
    const auto found = at.check();
    fmt::print("\nfaults: {}\n{}\n\n", text_of(counts), found.summary());
    for (const auto& f : found.findings)
        fmt::print("  {} {:<48}{:>9}\n", f.differences == 0 ? "✓" : "✗", f.what, f.looked_at);
    fmt::print("\n{}", found.differences());
    return found.passed() ? 0 : 1;
}

/// What is needed to find out more than the verdict says.
void keep(stage& at) {
    ::setenv("DATADROP_KEEP", "1", 1);
    for (std::size_t i = 0; i < at.processors(); ++i)
        std::ofstream(at.folder() / fmt::format("processor{}.log", i)) << at.processor(i).log();
    fmt::print("kept in {}: journals, the processors' logs, and the database {}\n",
               at.folder().string(), at.database());
}

int run_soak(const soak_options& o) {
    fmt::print("soak: seed {}, {} minutes, {} partitions\n", o.seed, o.minutes, o.partitions);
    stage at({.processors = 2,
              .partitions = o.partitions,
              .own_postgres = cluster::settings{{"max_connections", "40"}}});
    try {
        const auto code = look_into(at, race(at, o));
        if (code != 0) keep(at);
        return code;
    } catch (const std::exception& e) {
        fmt::print("soak: {}\n", e.what());
        keep(at);
        return 1;
    }
}

} // namespace
} // namespace datadrop::test

int main(int argc, char** argv) {
    datadrop::test::soak_options o;
    CLI::App program("Races a bot and an API on real processors under faults drawn by seed, and "
                     "checks every answer against the log.");
    program.add_option("--minutes", o.minutes, "How long (10)")->check(CLI::PositiveNumber);
    program.add_option("--seed", o.seed, "Of the commands and the faults (1)");
    program.add_option("--partitions", o.partitions, "Of the log, 1 to 64 (1)")
        ->check(CLI::Range(1, 64));
    CLI11_PARSE(program, argc, argv);
    return datadrop::test::run_soak(o);
}
