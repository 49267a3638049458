#pragma once
// The dead-letter aggregate: a command that spent its budget, parked whole until an operator
// redrives or discards it. Its events stand in the guild's dead-letter stream. Pure; every thread.

#include "domain/envelope.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace datadrop::domain {

/// Which expectations of an attempt somebody stated, the submitter or the operator of a redrive.
/// The others are what the processor itself had read.
struct stated_expectations {
    bool state = false;
    bool version = false;
    bool operator==(const stated_expectations&) const = default;
};

/// One try of a command: what it was guarded with, and what it met or why nobody answered it.
struct attempt {
    int number = 0; // from 1
    std::optional<state> expected_state{};
    std::optional<stream_version> expected_version{};
    std::optional<state> found_state{}; // nothing when the database did not answer, as the next
    std::optional<stream_version> found_version{};
    timestamp at{};
    std::optional<std::string> why{}; // what kept the database from answering, when it did not
    std::optional<stated_expectations> stated{}; // nothing in those of before it was recorded
    bool operator==(const attempt&) const = default;
};

struct command_parked {
    envelope command; // as received; its address is not part of the event
    std::vector<attempt> attempts;
    std::string code; // why it ended: retry_budget_spent
    bool operator==(const command_parked&) const = default;
};

/// An operator's redrive that wrote the member's event.
struct command_redriven {
    submitter by;
    std::optional<std::string> reason{};
    bool operator==(const command_redriven&) const = default;
};

/// An operator's redrive that did not: the dead letter stays parked.
struct redrive_failed {
    submitter by;
    std::optional<std::string> reason{};
    std::string code; // a rejection's, stale_expectation or retry_budget_spent
    std::vector<attempt> attempts{};
    bool operator==(const redrive_failed&) const = default;
};

struct command_discarded {
    submitter by;
    std::string reason;
    bool operator==(const command_discarded&) const = default;
};

/// Alternatives stand in the order of dead_letter_event_kind.
using dead_letter_event =
    std::variant<command_parked, command_redriven, redrive_failed, command_discarded>;

constexpr dead_letter_event_kind kind_of(const dead_letter_event& e) {
    return static_cast<dead_letter_event_kind>(e.index());
}

enum class remediation : std::uint8_t { redrive, discard };

enum class remediation_verdict : std::uint8_t {
    allowed,
    already_done, // the same was done before: the same answer again
    closed,       // the other thing was done: nothing is left to do
};

/// What of a command's expectations holds for attempt `number` (from 1). A version is what its
/// submitter saw: it holds for the first attempt, and later ones go by the fresh read. For
/// on_conflict = fail there is no later one.
[[nodiscard]] stated_expectations stated_in(const envelope& command, int number);

/// Where a dead letter stands after an event.
[[nodiscard]] dead_letter_status evolve(dead_letter_status current,
                                        const dead_letter_event& happened);

/// Whether an operator may still do this to a dead letter.
[[nodiscard]] remediation_verdict decide(dead_letter_status current, remediation asked);

} // namespace datadrop::domain
