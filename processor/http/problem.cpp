#include "processor/http/problem.hpp"

#include <boost/json/serialize.hpp>

#include <cstddef>

namespace datadrop::processor::http {

namespace {

struct description {
    problem_code code{};
    std::string_view name;
    status answered{};
    std::string_view title;
};

/// Names and statuses are the contract; titles and details are for people.
constexpr description descriptions[] = {
    {problem_code::malformed_request, "malformed_request", status::bad_request,
     "The request is malformed"},
    {problem_code::request_timeout, "request_timeout", status::request_timeout,
     "The request took too long"},
    {problem_code::header_too_large, "header_too_large", status::request_header_fields_too_large,
     "The request's header is too large"},
    {problem_code::body_too_large, "body_too_large", status::payload_too_large,
     "The request's body is too large"},
    {problem_code::route_not_found, "route_not_found", status::not_found, "There is no such route"},
    {problem_code::method_not_allowed, "method_not_allowed", status::method_not_allowed,
     "The method is not allowed here"},
    {problem_code::unauthenticated, "unauthenticated", status::unauthorized,
     "A token in force is needed"},
    {problem_code::token_expired, "token_expired", status::unauthorized,
     "The token is past its end"},
    {problem_code::forbidden, "forbidden", status::forbidden, "The token lacks a scope"},
    {problem_code::operator_needed, "operator_needed", status::forbidden,
     "A token of an operator is needed"},
    {problem_code::unsupported_media_type, "unsupported_media_type", status::unsupported_media_type,
     "The media type is not supported"},
    {problem_code::malformed_json, "malformed_json", status::bad_request, "The body is no JSON"},
    {problem_code::malformed_flatbuffers, "malformed_flatbuffers", status::bad_request,
     "The body is no FlatBuffers request"},
    {problem_code::array_size, "array_size", status::bad_request,
     "The array has too few or too many items"},
    {problem_code::missing_field, "missing_field", status::bad_request, "A field is missing"},
    {problem_code::unknown_field, "unknown_field", status::bad_request, "A field is unknown"},
    {problem_code::invalid_field, "invalid_field", status::bad_request,
     "A field's value is invalid"},
    {problem_code::unknown_parameter, "unknown_parameter", status::bad_request,
     "A parameter is unknown"},
    {problem_code::invalid_parameter, "invalid_parameter", status::bad_request,
     "A parameter's value is invalid"},
    {problem_code::member_not_found, "member_not_found", status::not_found,
     "There is no such member"},
    {problem_code::dead_letter_not_found, "dead_letter_not_found", status::not_found,
     "There is no such dead letter"},
    {problem_code::dead_letter_closed, "dead_letter_closed", status::conflict,
     "The dead letter is closed"},
    {problem_code::dead_letter_changed, "dead_letter_changed", status::precondition_failed,
     "The dead letter is not as it was looked at"},
    {problem_code::rebuild_under_way, "rebuild_under_way", status::conflict,
     "The read model is being worked on"},
    {problem_code::rebuild_refused, "rebuild_refused", status::conflict,
     "The read model cannot be worked on so"},
    {problem_code::run_not_found, "run_not_found", status::not_found, "There is no such run"},
    {problem_code::run_changed, "run_changed", status::conflict,
     "The run is not what was confirmed"},
    {problem_code::projection_behind, "projection_behind", status::gateway_timeout,
     "The projection is behind"},
    {problem_code::position_unknown, "position_unknown", status::conflict,
     "The log has no such position"},
    {problem_code::history_changed, "history_changed", status::conflict,
     "The log's history is another one now"},
    {problem_code::too_many_connections, "too_many_connections", status::service_unavailable,
     "Too many connections"},
    {problem_code::database_unavailable, "database_unavailable", status::service_unavailable,
     "The database is away"},
    {problem_code::internal_error, "internal_error", status::internal_server_error,
     "Something went wrong here"},
};

/// In the order of the codes, with a row for each.
constexpr bool are_complete() {
    std::size_t next = 0;
    for (const auto& row : descriptions)
        if (static_cast<std::size_t>(row.code) != next++) return false;
    return next == static_cast<std::size_t>(problem_code::internal_error) + 1;
}
static_assert(are_complete());

const description& describe(problem_code code) {
    return descriptions[static_cast<std::size_t>(code)];
}

} // namespace

std::string_view name_of(problem_code code) { return describe(code).name; }
status status_of(problem_code code) { return describe(code).answered; }

boost::json::object problem_json(const problem& what) {
    const auto& its = describe(what.code);
    boost::json::object body{{"type", "urn:datadrop:problem:" + std::string{its.name}},
                             {"title", its.title},
                             {"status", static_cast<int>(its.answered)},
                             {"detail", what.detail.empty() ? its.title : what.detail},
                             {"code", its.name}};
    // Where a reader can go on from, for programs: the sentence has it for people.
    if (!what.head.empty()) body["head"] = what.head;
    return body;
}

response to_response(const problem& what) {
    return make_response(status_of(what.code), problem_type,
                         boost::json::serialize(problem_json(what)));
}

} // namespace datadrop::processor::http
