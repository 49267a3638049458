#pragma once
// Members and their events as JSON objects. Pure; every thread.

#include "eventstore/log.hpp"
#include "projections/read_model.hpp"

#include <boost/json/object.hpp>

namespace datadrop::processor::http {

boost::json::object to_json(const projections::member_row& member);

/// The history's fields: version, position, event, from_state, to_state, source, actor, reason,
/// idempotency_key, correlation_id, occurred_at, recorded_at; null for what was not said.
boost::json::object to_json(const eventstore::stored_membership_event& event);

} // namespace datadrop::processor::http
