#pragma once
// A dead letter as people and programs see it: one JSON object, the same in the API, in the
// table datadrop.dead_letters and on the command line. Field names are a contract. Pure.

#include "eventstore/log.hpp"
#include "projections/rfc3339.hpp"
#include "projections/winners.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <span>

namespace datadrop::projections {

/// id, guild_id, user_id, status, code, parked_at, source, submitted_by, command (as received; an
/// e-mail as its fingerprint), attempts, events (what operators did: type, by, reason, at, and of
/// a failed redrive code and attempts). An attempt tells what was expected, which of it was stated
/// (null where no event says it), what was found, and the event that had won. `events` are all
/// events of one dead letter in order, at least its CommandParked. Throws eventstore::corrupt_event
/// for any other events.
boost::json::object dead_letter_json(std::span<const eventstore::stored_dead_letter_event> events,
                                     const winners& won);

boost::json::object to_json(const domain::envelope& command);

} // namespace datadrop::projections
