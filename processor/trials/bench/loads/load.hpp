#pragma once
// One load of the benchmark: what is sent at what, and what came of it. A load runs in a process of
// its own (`datadrop bench load`), so that its processor time and memory are its own, and several
// can run at once: it reads a load_spec as one JSON line from stdin, gets ready (connected, the
// members' versions read), says "ready", and waits for a line "go" before it begins; it says
// "measuring" when the warm-up is over and "measured" at the end, and then its load_report as one
// JSON line. The database, the server and the token come through the environment, as for every
// command; every kind needs the database.
// Values; every thread.

#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace datadrop::processor::trials::bench {

enum class load_kind : std::uint8_t {
    processor,        // datadrop's own core and writers, in the load's process
    guarded,          // the yardstick: one guarded statement per command, on 32 connections
    http_json,        // a running server, by JSON
    http_flatbuffers, // … by FlatBuffers
    feed              // readers of a running server's feed, which send nothing
};

enum class load_commands : std::uint8_t {
    toggle,      // Join, Leave, Join, …: the member's version says which
    record_email // RecordEmail without end, behind the commands that lead there
};

// clang-format off

constexpr std::string_view name_of(load_kind value) {
    using enum load_kind;
    switch (value) {
    case processor:        return "processor";
    case guarded:          return "guarded";
    case http_json:        return "http_json";
    case http_flatbuffers: return "http_flatbuffers";
    case feed:             return "feed";
    }
    return {};
}

constexpr std::string_view name_of(load_commands value) {
    using enum load_commands;
    switch (value) {
    case toggle:       return "toggle";
    case record_email: return "record_email";
    }
    return {};
}

// clang-format on

/// The members are numbers 0 … members - 1, spread over `guilds`. Every command is accepted.
///
/// toggle: who sends the next command must know the last one, so other loads keep away from the
/// members meanwhile. The processor keeps the order of a member's commands; the other kinds send a
/// member one at a time, which takes four times as many members as commands in flight.
///
/// record_email: a member in VerificationPending stays there, so several loads and any number of
/// commands in flight may share it. Commands bring a fingerprint and no address; not over HTTP. The
/// commands that lead there depend on each other as those of toggle.
///
/// A closed loop of toggle by the clock begins with one command to each member in turn, and warms
/// up until all have been sent theirs, for a minute at most: then datadrop has read every member,
/// as by hand has before the load. Behind that the members are drawn.
///
/// feed: as many readers as there may be in flight. From the log's beginning until they have seen
/// commands_max events in all; by the clock from its end. What they see counts as accepted, by the
/// clock from when it was recorded.
struct load_spec {
    load_kind kind = load_kind::processor;
    load_commands commands = load_commands::toggle;
    int in_flight = 64;           // commands (processor, guarded), or requests, a connection each
    int commands_a_request = 1;   // HTTP: 1 = one object, more = an array
    double commands_a_second = 0; // HTTP, open loop; 0: closed loop, the next when one is answered
    std::int64_t members = 100'000;
    int guilds = 100;
    int guild_first = 0;           // the number of the first of them: another guild, another member
    std::int64_t commands_max = 0; // that many, to the members in turn, no warm-up; 0: by the clock
    std::string key_prefix;        // of the idempotency keys: its own for each load on a database
    std::chrono::milliseconds warm_up{3'000}; // at least
    std::chrono::milliseconds measured{10'000};
    std::filesystem::path answers{}; // where each answer goes; empty: nowhere, none is kept
};

/// How many commands a member is sent until it is where the measured ones begin: a load of
/// commands_max = members * this prepares them all, in order.
constexpr std::int64_t preparing_commands(load_commands which) {
    return which == load_commands::toggle ? 1 : 6;
}

struct latencies {
    std::int64_t p50 = 0, p95 = 0, p99 = 0, p999 = 0, max = 0; // microseconds
    bool operator==(const latencies&) const = default;
};

/// Of the measured time, but for what is said of the whole load.
struct load_report {
    double seconds = 0;
    std::int64_t accepted = 0;
    std::int64_t first_half = 0; // accepted in the first half of the time; 0 with commands_max
    std::int64_t rejected = 0;
    std::int64_t conflicts = 0;
    std::int64_t dead_lettered = 0;
    std::int64_t overloaded = 0;
    std::int64_t unavailable = 0;
    std::int64_t retries = 0;     // attempts beyond the first
    latencies accepted_after{};   // from the sending; open loop: from when it was to be sent
    latencies overloaded_after{}; // from the sending
    double cpu_seconds = 0;       // user and system
    std::int64_t peak_memory = 0; // bytes, of the whole load
    std::int64_t sent = 0;        // of the whole load; each has an answer in the file
    bool operator==(const load_report&) const = default;
};

boost::json::value to_json(const load_spec& spec);
boost::json::value to_json(const load_report& report);

/// A field that is left out has its default. Throws std::invalid_argument, naming the field: it is
/// unknown, of another type, out of its range, or does not go with another one.
load_spec load_spec_from(const boost::json::value& json);
/// No field may be left out. Throws as above.
load_report load_report_from(const boost::json::value& json);

} // namespace datadrop::processor::trials::bench
