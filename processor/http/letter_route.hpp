#pragma once
// What the routes of one dead letter have in common. Pure; every thread.

#include "processor/http/reply.hpp"

#include <boost/json/object.hpp>

#include <optional>

namespace datadrop::processor::http {

/// The id in the path: a position that the log can have; any other text names no dead letter.
std::optional<eventstore::dead_letter_id> parse_letter_id(const call& asked);

problem unknown_letter();

/// Waits until the projection shows what the log holds, as far as it keeps up: what operators were
/// told of must be there when they look.
boost::asio::awaitable<void> catch_up(service& behind);

/// A record, with its etag for the header.
response letter_response(status code, const boost::json::object& record);

} // namespace datadrop::processor::http
