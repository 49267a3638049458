#pragma once
// What is handed to the log to be written, and what the log answers. Values; a command is shared
// and not changed any more; every thread.

#include "domain/dead_letter.hpp"
#include "domain/envelope.hpp"
#include "domain/ids.hpp"
#include "domain/membership.hpp"
#include "eventstore/position.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace datadrop::eventstore {

/// Where a member stands: the last version and the fold up to it.
struct head {
    domain::stream_version version{};
    domain::membership member;
    bool operator==(const head&) const = default;
};

/// The number that a submission draws for itself, and that its event keeps: so what is found under
/// a key after a connection was lost is known to be one's own writing, or another's.
enum class submission_number : std::int64_t {};

constexpr std::int64_t number_of(submission_number n) { return static_cast<std::int64_t>(n); }

/// An operator's redrive of a dead letter, carried by the step of the command that it redrives.
struct redrive {
    dead_letter_id id{};
    domain::submitter by;
    std::optional<std::string> reason{};
    std::optional<global_position> seen{}; // as letter_seen
    bool operator==(const redrive&) const = default;
};

/// A dead letter that an operator acts on. When it says at which event the operator saw it last,
/// the act is of that alone: once there is a later event it is not done.
struct letter_seen {
    letter_seen(dead_letter_id letter, std::optional<global_position> last = std::nullopt)
        : id(letter), seen(last) {}

    dead_letter_id id;
    std::optional<global_position> seen;
};

/// One command of a chain. Without an event it is only checked: its key is looked up and the
/// chain's head confirmed, nothing is written for it.
struct step {
    std::shared_ptr<const domain::envelope> command;
    std::optional<domain::event> event{};
    std::optional<redrive> redriven{}; // only in a chain of this one step
    submission_number submission{};
};

/// Commands of one member, in order, decided on `expected`. Written whole or not at all.
struct chain {
    domain::member_id who;
    head expected;
    std::vector<step> steps; // at least one
    head after;              // the head once all events are written
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
    bool operator==(const chain_fate&) const = default;
};

/// A command that spent its budget, to be parked.
struct parking {
    std::shared_ptr<const domain::envelope> command;
    std::vector<domain::attempt> attempts;
    std::string code;
    submission_number submission{};
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
