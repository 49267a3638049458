#pragma once
// What the log answers to those who write to it. Values; every thread.

#include "eventstore/expectation.hpp"
#include "eventstore/writes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace datadrop::eventstore {

/// Members as they stood at one moment.
struct members_seen {
    std::vector<head> heads; // in the order asked for
    std::vector<bool>
        has_parked_keys;           // of each, whether a key of the member is parked or discarded
    std::optional<log_point> at{}; // nothing when nobody was asked for
    /// The connection was made since the log's last answer: what was learned over others before
    /// may be of another history.
    bool over_new_connection = false;
    bool operator==(const members_seen&) const = default;
};

/// What the log holds under an idempotency key that was written.
struct recorded {
    domain::event_kind event{};
    domain::payload data{};
    domain::state state{};            // after the event
    domain::stream_version version{}; // of the event
    global_position position{};
    std::int64_t lifecycle = 0;     // after the event
    submission_number submission{}; // that wrote it; 0 when that is not known
    bool operator==(const recorded&) const = default;
};

/// What the log holds under an idempotency key that was parked and has not been redriven.
struct parked {
    dead_letter_id id{};
    domain::dead_letter_status status{}; // parked or discarded
    domain::command_kind command{};
    domain::payload data{};
    int attempts = 0;               // made before it was parked
    submission_number submission{}; // as recorded
    bool operator==(const parked&) const = default;
};

using key_holder = std::variant<recorded, parked>;

struct found_key {
    std::size_t step = 0; // index into the chain
    key_holder holder;
    bool operator==(const found_key&) const = default;
};

enum class fate : std::uint8_t {
    appended,    // the events are durable: the first at `first`, the others behind it
    confirmed,   // there was none to write, and the head is as expected
    conflict,    // the head was another: `found`; nothing is written
    key_found,   // one key or more is used or parked: `keys`; nothing is written
    not_written, // a lost connection was settled: nothing is written and never will be
};

/// The outcome of one chain. Keys are looked at first, then the head; `found` is the head under the
/// lock for every fate but appended (then it is the chain's `after`) and not_written (unknown).
struct chain_fate {
    fate what{};
    head found{};
    global_position first{};
    std::vector<found_key> keys{};
    bool has_parked_keys = false; // a key of the member is parked or discarded, or may be
    bool operator==(const chain_fate&) const = default;
};

/// A member whom others wrote something of.
struct moved_member {
    domain::member_id who;
    std::optional<head> now{}; // nothing: a dead letter's event, so a key may be parked
    bool operator==(const moved_member&) const = default;
};

/// What came of an append, and where it found the partition.
struct append_result {
    std::vector<chain_fate> fates{}; // in the order of the chains
    /// The tail that it left; nothing when that is not told, and then nothing is said of others.
    std::optional<log_point> at{};
    /// `moved` tells all that others wrote behind the expected tail. Otherwise it is not known, for
    /// none was expected, it was of another history, or it lies too far back.
    bool followed = false;
    std::vector<moved_member> moved{};
    bool over_new_connection = false; // as in members_seen
    bool operator==(const append_result&) const = default;
};

/// Where a key is parked now, or who holds it already. Nothing is parked when the member's stream
/// holds the key (`recorded`) or a dead letter does (`parked`).
struct park_fate {
    dead_letter_id id{};                // when parked by this call
    std::optional<key_holder> holder{}; // when not
    head found{};                       // the member's head under the lock
    bool operator==(const park_fate&) const = default;
};

/// Outcome of an operator's step on a dead letter.
enum class remediation_fate : std::uint8_t {
    done,
    already_done, // the same was done before
    closed,       // the other thing was done before
    unknown,      // there is no such dead letter
    changed,      // it has a later event than was seen
};

} // namespace datadrop::eventstore
