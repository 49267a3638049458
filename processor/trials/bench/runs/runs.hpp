#pragma once
// The runs of the benchmark, one at a time: each makes its database, does what its plan says and
// measures it meanwhile. One thread; calls block, for as long as a run takes. They throw `refused`
// when a process of theirs fails or when the answers are not what is written; `interrupted`; and
// what the database throws.

#include "processor/trials/bench/report/chart.hpp"
#include "processor/trials/bench/report/run_figures.hpp"
#include "processor/trials/bench/rows/bench_rows.hpp"
#include "processor/trials/bench/runs/bench_stage.hpp"
#include "processor/trials/children/children.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace datadrop::processor::trials::bench {

/// What every run needs.
struct arena {
    bench_stage& place;
    const interruptions& signals;
    std::filesystem::path folder; // for logs and answers
    std::chrono::milliseconds warm_up{};
    std::chrono::milliseconds measured{};
};

/// `peak_a_second` is what an open loop's rate is taken from.
run_figures run_load(const arena& at, const load_plan& plan, double peak_a_second);

run_figures run_limit(const arena& at, const limit_plan& plan);

run_figures run_log_work(const arena& at, const log_plan& plan);

run_figures run_reads(const arena& at, const read_plan& plan);

/// Runs whichever plan the contender has.
run_figures run(const arena& at, const contender& who, double peak_a_second);

/// `datadrop projection rebuild`, or another verb, to its end.
void run_projection(const arena& at, const std::string& database, const std::string& verb);

/// All contenders of a row, in turn, as often as its pace says, and what that comes to. A failure
/// is told with the row and the contender.
row_result run_row(arena at, const row& r);

/// A short run of each line at each point. The line through them shows what noise a single one has.
std::vector<series> run_chart(arena at, std::vector<series> lines);

} // namespace datadrop::processor::trials::bench
