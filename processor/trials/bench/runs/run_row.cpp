#include "processor/cli/failures.hpp"
#include "processor/trials/bench/runs/runs.hpp"

#include <fmt/format.h>

#include <iostream>

namespace datadrop::processor::trials::bench {
namespace {

run_figures run_named(const arena& at, const std::string& which, const contender& who,
                      double peak_a_second) {
    std::cerr << fmt::format("bench: {}: {}", which, who.name) << std::endl;
    try {
        return run(at, who, peak_a_second);
    } catch (const interrupted&) {
        throw;
    } catch (const std::exception& e) {
        throw cli::refused(fmt::format("{}, {}: {}", which, who.name, e.what()));
    }
}

/// All contenders once, what ours is compared with first: an overload needs to know the peak.
std::vector<run_figures> run_each_once(const arena& at, const row& r, const std::string& which) {
    std::vector<run_figures> found(r.contenders.size());
    for (auto i = r.contenders.size(); i-- > 0;)
        found[i] = run_named(at, r.name + ", " + which, r.contenders[i], found.back().per_second);
    return found;
}

} // namespace

run_figures run(const arena& at, const contender& who, double peak_a_second) {
    if (const auto* plan = std::get_if<load_plan>(&who.how))
        return run_load(at, *plan, peak_a_second);
    if (const auto* plan = std::get_if<limit_plan>(&who.how)) return run_limit(at, *plan);
    if (const auto* plan = std::get_if<read_plan>(&who.how)) return run_reads(at, *plan);
    return run_log_work(at, std::get<log_plan>(who.how));
}

row_result run_row(arena at, const row& r) {
    at.warm_up = r.at.warm_up;
    at.measured = r.at.measured;
    std::vector<std::vector<run_figures>> of_contenders(r.contenders.size());
    for (int number = 1; number <= r.at.repeats; ++number) {
        const auto found = run_each_once(at, r, fmt::format("run {} of {}", number, r.at.repeats));
        for (std::size_t i = 0; i < found.size(); ++i)
            of_contenders[i].push_back(found[i]);
    }
    return result_of(r, of_contenders);
}

std::vector<series> run_chart(arena at, std::vector<series> lines) {
    at.warm_up = std::chrono::milliseconds(500);
    at.measured = std::chrono::milliseconds(2'000);
    for (const int in_flight : chart_steps())
        for (auto& line : lines) {
            line.plan.in_flight = in_flight;
            const auto name = fmt::format("chart, {} in flight", in_flight);
            line.points.push_back({in_flight, run_named(at, name, {line.name, line.plan}, 0)});
        }
    return lines;
}

} // namespace datadrop::processor::trials::bench
