#pragma once
// What a submitter is told of a command, as values made from what is known of it. Pure.

#include "processor/core/lane.hpp"
#include "processor/core/outcome.hpp"

namespace datadrop::processor {

/// Its last attempt is over, and the member stood there then.
outcome told_at_end(const entry& command, const eventstore::head& met, outcome_kind how,
                    outcome_code code);

/// The log confirmed the head that the command was decided on: accepted, with the position of its
/// event, or rejected. Not for a stale expectation.
outcome told_confirmed(const flight& f, eventstore::global_position position);

/// The key was used before: what became of it, given again, or a refusal when it was another
/// command's.
outcome told_of_holder(const entry& command, const eventstore::key_holder& holder,
                       const eventstore::head& found);

} // namespace datadrop::processor
