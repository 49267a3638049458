#pragma once
// What is told of a request, or an item of an array, that never reached the processor: a stable
// code and a sentence that names the field and what is wrong with it. Pure; every thread.

#include "processor/http/message.hpp"

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace datadrop::processor::http {

enum class problem_code {
    // The request as a whole.
    malformed_request, // no HTTP, or a target that is no URL
    request_timeout,   // not there whole within request_max
    header_too_large,  // more than header_bytes_max
    body_too_large,    // more than body_bytes_max
    route_not_found,
    method_not_allowed, // the answer's Allow names the methods
    unauthenticated,    // no token, or none in force
    token_expired,      // it is past its end: told to nobody but who shows it
    forbidden,          // the token lacks the scope
    operator_needed,    // it is no token of a person
    unsupported_media_type,
    malformed_json,
    malformed_flatbuffers,
    array_size, // no item or more than array_items_max

    // A value in it.
    missing_field,
    unknown_field,
    invalid_field,
    unknown_parameter, // of the query
    invalid_parameter,

    // What was asked for.
    member_not_found,
    dead_letter_not_found,
    dead_letter_closed,  // the other thing was done before
    dead_letter_changed, // it is not what If-Match says was looked at
    rebuild_under_way,   // of the read model, here or elsewhere, or another work on it
    rebuild_refused,     // it cannot be done here, and why
    run_not_found,
    run_changed,       // it is not about as many as were named, or is not to be started
    projection_behind, // min_position was not reached in time
    position_unknown,  // min_position is beyond the log's end
    history_changed,   // a cursor is not of this log's history

    // The server.
    too_many_connections, // the same request is safe to send again
    database_unavailable, // the same request is safe to send again
    internal_error,
};

struct problem {
    problem_code code{};
    std::string detail{};
    std::string head{}; // of history_changed: the cursor of the log's end
    bool operator==(const problem&) const = default;
};

/// A value, or what is wrong with it.
template <typename T>
using checked = boost::system::result<T, problem>;

/// The code that clients read.
std::string_view name_of(problem_code code);
status status_of(problem_code code);

/// RFC 9457: type, title, status, detail, code, and the head where there is one.
boost::json::object problem_json(const problem& what);
response to_response(const problem& what);

} // namespace datadrop::processor::http
