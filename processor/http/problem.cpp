#include "processor/http/problem.hpp"

#include <boost/json/serialize.hpp>

namespace datadrop::processor::http {

namespace {

struct description {
    std::string_view name;
    status code{};
    std::string_view title;
};

/// One row a code, so that none has a name without a status. Names and statuses are the contract;
/// titles and details are for people.
description describe(problem_code code) {
    switch (code) {
    case problem_code::malformed_request:
        return {"malformed_request", status::bad_request, "The request is malformed"};
    case problem_code::request_timeout:
        return {"request_timeout", status::request_timeout, "The request took too long"};
    case problem_code::header_too_large:
        return {"header_too_large", status::request_header_fields_too_large,
                "The request's header is too large"};
    case problem_code::body_too_large:
        return {"body_too_large", status::payload_too_large, "The request's body is too large"};
    case problem_code::route_not_found:
        return {"route_not_found", status::not_found, "There is no such route"};
    case problem_code::method_not_allowed:
        return {"method_not_allowed", status::method_not_allowed, "The method is not allowed here"};
    case problem_code::unauthenticated:
        return {"unauthenticated", status::unauthorized, "A token in force is needed"};
    case problem_code::token_expired:
        return {"token_expired", status::unauthorized, "The token is past its end"};
    case problem_code::forbidden:
        return {"forbidden", status::forbidden, "The token lacks a scope"};
    case problem_code::operator_needed:
        return {"operator_needed", status::forbidden, "A token of an operator is needed"};
    case problem_code::unsupported_media_type:
        return {"unsupported_media_type", status::unsupported_media_type,
                "The media type is not supported"};
    case problem_code::malformed_json:
        return {"malformed_json", status::bad_request, "The body is no JSON"};
    case problem_code::malformed_flatbuffers:
        return {"malformed_flatbuffers", status::bad_request, "The body is no FlatBuffers request"};
    case problem_code::array_size:
        return {"array_size", status::bad_request, "The array has too few or too many items"};
    case problem_code::missing_field:
        return {"missing_field", status::bad_request, "A field is missing"};
    case problem_code::unknown_field:
        return {"unknown_field", status::bad_request, "A field is unknown"};
    case problem_code::invalid_field:
        return {"invalid_field", status::bad_request, "A field's value is invalid"};
    case problem_code::unknown_parameter:
        return {"unknown_parameter", status::bad_request, "A parameter is unknown"};
    case problem_code::invalid_parameter:
        return {"invalid_parameter", status::bad_request, "A parameter's value is invalid"};
    case problem_code::member_not_found:
        return {"member_not_found", status::not_found, "There is no such member"};
    case problem_code::dead_letter_not_found:
        return {"dead_letter_not_found", status::not_found, "There is no such dead letter"};
    case problem_code::dead_letter_closed:
        return {"dead_letter_closed", status::conflict, "The dead letter is closed"};
    case problem_code::dead_letter_changed:
        return {"dead_letter_changed", status::precondition_failed,
                "The dead letter is not as it was looked at"};
    case problem_code::rebuild_under_way:
        return {"rebuild_under_way", status::conflict, "The read model is being worked on"};
    case problem_code::rebuild_refused:
        return {"rebuild_refused", status::conflict, "The read model cannot be worked on so"};
    case problem_code::run_not_found:
        return {"run_not_found", status::not_found, "There is no such run"};
    case problem_code::run_changed:
        return {"run_changed", status::conflict, "The run is not what was confirmed"};
    case problem_code::projection_behind:
        return {"projection_behind", status::gateway_timeout, "The projection is behind"};
    case problem_code::position_unknown:
        return {"position_unknown", status::conflict, "The log has no such position"};
    case problem_code::history_changed:
        return {"history_changed", status::conflict, "The log's history is another one now"};
    case problem_code::too_many_connections:
        return {"too_many_connections", status::service_unavailable, "Too many connections"};
    case problem_code::database_unavailable:
        return {"database_unavailable", status::service_unavailable, "The database is away"};
    case problem_code::internal_error:
        break;
    }
    return {"internal_error", status::internal_server_error, "Something went wrong here"};
}

} // namespace

std::string_view name_of(problem_code code) { return describe(code).name; }
status status_of(problem_code code) { return describe(code).code; }

boost::json::object problem_json(const problem& what) {
    const auto [name, code, title] = describe(what.code);
    boost::json::object body{{"type", "urn:datadrop:problem:" + std::string{name}},
                             {"title", title},
                             {"status", static_cast<int>(code)},
                             {"detail", what.detail.empty() ? title : what.detail},
                             {"code", name}};
    // Where a reader can go on from, for programs: the sentence has it for people.
    if (!what.head.empty()) body["head"] = what.head;
    return body;
}

response to_response(const problem& what) {
    return make_response(status_of(what.code), problem_type,
                         boost::json::serialize(problem_json(what)));
}

} // namespace datadrop::processor::http
