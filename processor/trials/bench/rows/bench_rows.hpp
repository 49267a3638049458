#pragma once
// What the benchmark measures, as data: a row has our way of doing something first and then what
// it is compared with, all measured in turn, and the targets that its figures are held against.
// Pure values; every thread.

#include "processor/trials/bench/rows/plans.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace datadrop::processor::trials::bench {

struct contender {
    std::string name;
    std::variant<load_plan, limit_plan, log_plan, read_plan> how;
};

enum class judged : std::uint8_t {
    ratio,            // a second, in those of what it is compared with: at least
    latency_ratio,    // the p50: at most
    p99_ratio,        // at most
    cpu_ratio,        // processor time a command, of all processes: at most
    wal_ratio,        // bytes of WAL a command: at most
    a_second,         // at least
    half_ratio,       // accepted in the second half against the first: at least
    dead_lettered,    // at most
    p99_ms,           // of the accepted: at most
    overloaded_ms,    // the p99 of the answers `overloaded`: at most
    memory_megabytes, // of the server: at most
    overloaded        // answers: at most
};

struct target {
    judged what{};
    double bound = 0;
    std::size_t against = 1; // index of the contender that it is compared with
};

/// How often and how long each contender is measured, unless told otherwise.
struct pace {
    int repeats = 3;
    std::chrono::milliseconds warm_up{1'000};
    std::chrono::milliseconds measured{5'000};
};

struct row {
    std::string name;
    std::string what;
    std::vector<contender> contenders; // ours first
    std::vector<target> targets{};
    pace at{};
};

struct row_options {
    int partitions = 1; // of the rows that take as many as serve this machine
    double scale = 1;   // of the numbers of members and events
};

/// Raises the number of members to what a load needs that toggles them (load.hpp).
void keep_members_apart(load_plan& plan);

/// All rows, in the order in which they are measured: those that add to a filled log come after
/// those that read it.
std::vector<row> all_rows(const row_options& o);

/// Those of the words, in the order of the rows: "W1" is W1 and all W1-…; all without words.
/// Throws usage_error for a word that is no row's.
std::vector<row> chosen_rows(std::vector<row> all, const std::vector<std::string>& words);

} // namespace datadrop::processor::trials::bench
