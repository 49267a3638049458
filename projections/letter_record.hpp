#pragma once
// A dead letter's whole record: what dead_letter_json shows, which the log alone says and the table
// keeps, and beside it what is true when somebody looks. Field names are a contract. Pure.

#include "eventstore/log.hpp"
#include "projections/dead_letter_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <span>
#include <string>

namespace datadrop::projections {

/// Says which look at a dead letter it was: the position of its last event, with the event's check,
/// since a restored log may give the position to another. In quotes, as HTTP's entity tags are.
std::string letter_tag(const eventstore::stored_dead_letter_event& last);

/// Adds etag, summary, and member: where the member stands (state, version, lifecycle).
void complete(boost::json::object& letter, const eventstore::stored_dead_letter_event& last,
              const eventstore::head& now);

/// The record of a letter by its events. Throws as dead_letter_json.
boost::json::object letter_record(std::span<const eventstore::stored_dead_letter_event> events,
                                  const winners& won, const eventstore::head& now);

/// The member's events behind the letter (version, event, to_state, source, actor, recorded_at,
/// position), in order.
boost::json::array since_json(std::span<const eventstore::stored_membership_event> events,
                              eventstore::dead_letter_id letter);

} // namespace datadrop::projections
