#pragma once
// What the routes of one dead letter have in common. Pure; every thread.

#include "processor/http/reply.hpp"

#include <boost/json/object.hpp>

#include <optional>

namespace datadrop::processor::http {

/// The id in the path: a position that the log can have; any other text names no dead letter.
std::optional<eventstore::dead_letter_id> parse_letter_id(const call& asked);

problem unknown_letter();

/// A record, with its etag for the header.
response letter_response(status code, const boost::json::object& record);

} // namespace datadrop::processor::http
