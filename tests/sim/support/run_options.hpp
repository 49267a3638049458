#pragma once
// What a seed chooses before a run begins: the size of the world, the processors' limits, and how
// much of each fault there is. Most faults are off in most runs, so that each run is about a few of
// them (swarm testing). Values.

#include "domain/ids.hpp"
#include "processor/core/limits.hpp"
#include "tests/sim/support/dice.hpp"

#include <cstdint>
#include <string>

namespace datadrop::sim {

/// Chances for each statement of a connection.
struct statement_faults {
    double slow = 0;         // takes up to `slow_max`
    double refused = 0;      // fails, and nothing of it is done
    double request_lost = 0; // the connection breaks before the server has it
    double reply_lost = 0;   // the connection breaks while the server works on it
    double unfenced = 0;     // a lost connection's backend does not end in time
    double late = 0;         // the answer takes up to `late_max` to reach the core
};

/// Mean time between two, over the whole run; 0 = never.
struct disturbances {
    milliseconds restart{};
    milliseconds away{};
    milliseconds kill{};
    milliseconds freeze{};
    milliseconds wall_jump{};
};

/// One more guild, of which members nobody has seen come all at once. Such a run has no faults and
/// one processor, so that what others wait for is the flood and nothing else.
struct flood {
    static constexpr domain::guild_id guild{1'000'000};
    int commands = 0;      // 0: none
    bool hopeless = false; // each expects what never comes true
};

/// After everything has come to rest the log is restored from a backup of before, others write to
/// it, and the clients come again.
struct restore {
    int commands = 0; // of theirs then; 0: none is restored
};

/// Chances for each step of the clients.
struct habits {
    double expects_state = 0;
    double expects_version = 0;
    double expects_lifecycle = 0;
    double expects_wrongly = 0; // a stated expectation is invented
    double fails_fast = 0;      // on_conflict = fail
    double sends_again = 0;     // a key that was sent before, answered or not
    double reuses_key = 0;      // for another command
    double sends_batch = 0;
    double operates = 0; // an operator redrives or discards
    double plain = 0;    // the state stays: RecordEmail after RecordEmail
};

struct run_options {
    std::uint64_t seed = 0;
    bool faulty = false; // any of the faults below may happen
    int processors = 1;
    int partitions = 1;
    int connections = 2; // of each processor
    int guilds = 1;
    int members = 1;
    int commands = 100;
    microseconds pace{}; // mean time between two submissions
    processor::core_limits limits{};
    statement_faults statements{};
    milliseconds slow_max{};
    milliseconds late_max{};
    disturbances world{};
    habits clients{};
    sim::flood raid{};
    std::int64_t followed_max = 0; // events behind a tail that the log tells
    sim::restore back{};
};

/// Everything that the seed chooses.
run_options draw_options(std::uint64_t seed);

/// On a few lines, for a person.
std::string text(const run_options& o);

} // namespace datadrop::sim
