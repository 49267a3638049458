#pragma once
// What a contender of the benchmark does, as data: commands, pgbench's rows, or work on a log.
// Values; every thread.

#include "processor/trials/bench/loads/load.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace datadrop::processor::trials::bench {

/// What a database holds before a load begins: so many events of these members, to one after the
/// other in turn. It is written once, through the product or by hand, for all who want the same.
struct filling {
    load_kind by = load_kind::processor; // or guarded
    load_commands commands = load_commands::toggle;
    std::int64_t members = 0;
    int guilds = 100;
    std::int64_t events = 0;
    int partitions = 1;
    friend bool operator==(const filling&, const filling&) = default;
};

enum class existence : std::uint8_t {
    prepared, // each member is where the measured commands begin
    none      // the load itself sends the first command of each member
};

/// What is sent over HTTP beside a load. It is no part of the figures.
struct beside_plan {
    int in_flight = 64; // requests
    int commands_a_request = 1;
    double commands_a_second = 0;  // open loop
    double of_peak = 0;            // as load_plan's
    bool of_its_own_guild = false; // one more, whose members are new; else the load's own members
};

/// What was done to a log in the moments before.
struct age_plan {
    std::int64_t appends = 0;   // so many, of one command each
    bool snapshot_held = false; // from before them until the load is over, by another session
};

/// Commands, and who carries them out.
struct load_plan {
    load_kind kind = load_kind::processor;
    load_commands commands = load_commands::toggle;
    int in_flight = 64;
    int processes = 1; // each with as many in flight, on the same members
    int commands_a_request = 1;
    double commands_a_second = 0;  // open loop
    double of_peak = 0;            // open loop at so many times what is compared with has reached
    std::int64_t commands_max = 0; // that many, to the members in turn; 0: by the clock
    std::int64_t members = 100'000;
    int guilds = 100;
    int partitions = 1;
    existence before = existence::prepared;
    std::int64_t log_events = 0; // a log of that length; 0: what prepares the members
    bool after_checkpoint = false;
    std::optional<age_plan> aged{};
    std::vector<std::string> serve_arguments{}; // of the server, over HTTP
    bool in_tls = false;                        // over HTTP
    std::optional<beside_plan> beside{};        // over HTTP
};

/// What PostgreSQL can write: pgbench on a bare table.
struct limit_plan {
    int rows_a_transaction = 1;
    int clients = 1;
};

enum class log_work : std::uint8_t {
    rebuild,     // `datadrop projection rebuild`
    verify,      // `datadrop projection verify`
    distinct_on, // a hand-written INSERT … SELECT DISTINCT ON
    pages        // a hand-written SELECT by position, page after page
};

/// The whole log, read once.
struct log_plan {
    log_work work = log_work::rebuild;
    filling log;
};

enum class read_what : std::uint8_t {
    history,         // of the first member, 1,000 events a page
    members_in_state // of the first guild, who have left it, 100 a page
};

enum class read_where : std::uint8_t { first_pages, last_pages };

/// Pages as a server reads them, of the projection when it has caught up.
struct read_plan {
    read_what what{};
    read_where where{};
    filling log;
};

} // namespace datadrop::processor::trials::bench
