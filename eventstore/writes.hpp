#pragma once
// What is handed to the log to be written. Values; a command is shared and not changed any more;
// every thread.

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

/// How well the writer of a chain knows its member.
enum class knowledge : std::uint8_t {
    hint,  // perhaps `expected` is so: the log looks it up
    exact, // it was so, and no key of the member was parked, when the partition's tail was the
           // expected one or later
};

/// Commands of one member, in order, decided on `expected`. Written whole or not at all.
struct chain {
    domain::member_id who;
    head expected;
    std::vector<step> steps; // at least one
    head after;              // the head once all events are written
    knowledge known = knowledge::hint;
};

/// A command that spent its budget, to be parked.
struct parking {
    std::shared_ptr<const domain::envelope> command;
    std::vector<domain::attempt> attempts;
    std::string code;
    submission_number submission{};
};

} // namespace datadrop::eventstore
