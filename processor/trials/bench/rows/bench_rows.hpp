#pragma once
// What the benchmark measures, as data: a row has our way of doing something first and then what
// it is compared with, all measured in turn, and the targets that its figures are held against.
// Pure values; every thread.

#include "processor/trials/bench/loads/load.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace datadrop::processor::trials::bench {

/// What is in a log before a load begins: so many events of these members, through the product.
struct filling {
    load_commands commands = load_commands::toggle;
    std::int64_t members = 0;
    int guilds = 100;
    std::int64_t events = 0;
    int partitions = 1;
    friend bool operator==(const filling&, const filling&) = default;
};

enum class existence : std::uint8_t {
    prepared, // each member is where the measured commands begin
    none      // the load itself sends the first command of each member, and nothing more
};

/// What one more guild sends beside a load, over HTTP, as fast as it is answered. It is no part of
/// the figures.
struct flood_plan {
    int in_flight = 100; // requests
    int commands_a_request = 100;
};

/// Commands, and who carries them out.
struct load_plan {
    load_kind kind = load_kind::processor;
    load_commands commands = load_commands::toggle;
    int in_flight = 64;
    int processes = 1; // each with as many in flight, on the same members
    int commands_a_request = 1;
    double commands_a_second = 0; // open loop
    double of_peak = 0;           // open loop at so many times what is compared with has reached
    std::int64_t members = 100'000;
    int guilds = 100;
    int partitions = 1;
    existence before = existence::prepared;
    std::int64_t log_events = 0; // a log of that length; 0: what prepares the members
    std::vector<std::string> serve_arguments{}; // of the server, over HTTP
    std::optional<flood_plan> beside{};         // over HTTP
};

/// What PostgreSQL can write: pgbench on a bare table.
struct limit_plan {
    int rows_a_transaction = 1;
    int clients = 1;
};

enum class log_work : std::uint8_t {
    rebuild,    // `datadrop projection rebuild`
    verify,     // `datadrop projection verify`
    distinct_on // a hand-written INSERT … SELECT DISTINCT ON
};

/// The whole log, read once.
struct log_plan {
    log_work work = log_work::rebuild;
    filling log;
};

struct contender {
    std::string name;
    std::variant<load_plan, limit_plan, log_plan> how;
};

enum class judged : std::uint8_t {
    ratio,            // a second, in those of what it is compared with: at least
    latency_ratio,    // the p50: at most
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

enum class repetition : std::uint8_t { as_asked, once };

struct row {
    std::string name;
    std::string what;
    std::vector<contender> contenders; // ours first
    std::vector<target> targets{};
    repetition repeats = repetition::as_asked;
};

struct row_options {
    int partitions = 1; // of the rows that take as many as serve this machine
    double scale = 1;   // of the numbers of members and events
};

/// Raises the number of members to what a load needs that toggles them (load.hpp).
void keep_members_apart(load_plan& plan);

/// All rows, in the order in which they are measured: those that share a filled log follow one
/// another.
std::vector<row> all_rows(const row_options& o);

/// Those of the words, in the order of the rows: "W1" is W1 and all W1-…; all without words.
/// Throws usage_error for a word that is no row's.
std::vector<row> chosen_rows(std::vector<row> all, const std::vector<std::string>& words);

} // namespace datadrop::processor::trials::bench
