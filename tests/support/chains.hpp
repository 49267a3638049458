#pragma once
// Chains and what becomes of them, for tests of logs.

#include "eventstore/log.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/print_eventstore.hpp"

#include <vector>

namespace datadrop::test {

using eventstore::fate;

/// The events that the commands cause on a member who stands at `expected`.
eventstore::chain decided(const eventstore::head& expected, std::vector<domain::envelope> commands);

/// A new member's first event, of a command with a key of its own.
eventstore::chain joined(domain::member_id who);

/// The commands as checks, without an event.
eventstore::chain checked(const eventstore::head& expected, std::vector<domain::envelope> commands);

/// An operator's redrive of a dead letter's command.
eventstore::chain redriven(const eventstore::head& expected, const domain::envelope& command,
                           eventstore::dead_letter_id letter);

eventstore::partition_number partition_for(const eventstore::log& log, domain::member_id who);

// Calls for one member.
eventstore::chain_fate append(eventstore::log& log, const eventstore::chain& one);
eventstore::park_fate park(eventstore::log& log, const domain::envelope& command);
eventstore::head head_of(eventstore::log& log, domain::member_id who);

/// Writes the shortest way to a state, the member being new, and gives the head.
eventstore::head bring_to(eventstore::log& log, domain::member_id who, domain::state goal);

/// One attempt that met version 0.
domain::attempt an_attempt();

/// What a key that a fate has found, and that was written, must be.
eventstore::recorded recorded_as(const eventstore::chain& written, std::size_t step,
                                 eventstore::global_position position);

/// The parked command as the log tells of it.
eventstore::parked parked_as(const domain::envelope& command, eventstore::dead_letter_id id,
                             domain::dead_letter_status status);

inline const domain::submitter an_operator{.from = domain::source::operator_, .name = "ops"};

} // namespace datadrop::test
