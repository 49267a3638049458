#pragma once
// What a measured run came to, and how a row's runs are judged. Pure; every thread.

#include "processor/trials/bench/loads/load.hpp"
#include "processor/trials/bench/rows/bench_rows.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace datadrop::processor::trials::bench {

/// What is not known is not there: the processor time of a PostgreSQL that was named, say.
struct run_figures {
    double per_second = 0; // accepted commands, rows, or events
    std::optional<load_report> answers{};
    std::optional<double> client_cpu{}; // seconds, of 1,000 commands; in process: of both
    std::optional<double> server_cpu{};
    std::optional<double> postgres_cpu{};
    std::optional<double> wal_bytes{};           // of one command
    std::optional<std::int64_t> client_memory{}; // at most, bytes
    std::optional<std::int64_t> server_memory{};
};

/// Of loads that ran at once: numbers are added, of latencies and times the worst counts.
load_report together(const std::vector<load_report>& all);

enum class ranked_by : std::uint8_t { per_second, p99 };

/// The one in the middle. Of none: throws std::logic_error.
run_figures median(std::vector<run_figures> runs, ranked_by what = ranked_by::per_second);

double dead_lettered_percent(const load_report& r);
double retries_a_command(const load_report& r);

/// A target, and what was reached.
struct target_result {
    target wanted{};
    double reached = 0;
    bool met = false;
};

/// What became of a row: for each contender its median and what each run got done a second.
struct row_result {
    row what;
    std::vector<run_figures> medians;
    std::vector<std::vector<double>> runs;
    std::vector<target_result> verdicts{};
};

/// Of the runs of each contender. Where a row's first target is one of the p99, the median is of
/// that.
row_result result_of(const row& r, const std::vector<std::vector<run_figures>>& runs);

std::vector<target_result> judge(const row& r, const std::vector<run_figures>& medians);

/// "3.01 times guarded statement (at least 3)".
std::string target_text(const target_result& v, const row& r);

} // namespace datadrop::processor::trials::bench
