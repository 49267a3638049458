#pragma once
// What every log reads out of a chain and a dead letter's status, whatever keeps it. Pure; every
// thread.

#include "eventstore/log.hpp"

namespace datadrop::eventstore {

std::size_t count_events(const chain& c);

/// It writes to a dead letter's stream too, with a statement of its own.
bool is_redrive(const chain& c);

/// What an append of the chains writes, if all of them pass; nothing when one is a redrive.
std::optional<append_plan> plan_of(std::span<const chain> chains);

/// The member's address on record changes to this when the chain is written: outer nothing, it
/// stays; inner nothing, it is erased, since a new lifecycle begins. An address that waits for a
/// redrive is not looked at.
std::optional<std::optional<std::string>> address_change(const chain& c);

/// What a key's holder tells of a dead letter: `first` is its first event, `by` the submission that
/// it parked.
parked parked_as(dead_letter_id id, domain::dead_letter_status status,
                 const domain::command_parked& first, submission_number by);

/// What came of an operator's step on a dead letter that stood at `status`; nothing = there is
/// none.
remediation_fate fate_of(std::optional<domain::dead_letter_status> status,
                         domain::remediation asked);

} // namespace datadrop::eventstore
