#include "processor/http/gate.hpp"

#include "processor/http/auth.hpp"
#include "processor/http/limits.hpp"
#include "processor/http/routes.hpp"

#include <fmt/format.h>

#include <utility>

namespace datadrop::processor::http {

namespace {

response refuse_method(const method_refused& refused) {
    auto answer = to_response(
        {problem_code::method_not_allowed, fmt::format("allowed here: {}", refused.allow)});
    answer.set(field::allow, refused.allow);
    return answer;
}

/// Where the request goes, or malformed_request, route_not_found, method_not_allowed.
void find_way(const request_header& header, admission& result) {
    auto where = target::parse(header.target());
    if (!where) {
        result.refusal = to_response({problem_code::malformed_request, "the target is no URL"});
        return;
    }
    result.where = *std::move(where);
    auto found = find_route(routes(), header.method(), result.where.path);
    if (auto* match = std::get_if<route_match>(&found)) {
        result.to = match->found;
        result.arguments = std::move(match->arguments);
    } else if (const auto* refused = std::get_if<method_refused>(&found)) {
        result.refusal = refuse_method(*refused);
    } else {
        result.refusal = to_response({problem_code::route_not_found, "no route has this path"});
    }
}

boost::asio::awaitable<void> find_out_who(server_context& server, std::string_view authorization,
                                          admission& result) {
    auto found = co_await authorize(server.behind, authorization, *result.to->needs, result.seen);
    if (auto* who = std::get_if<credential>(&found))
        result.who = std::move(*who);
    else
        result.refusal = std::get<response>(std::move(found));
}

bool takes(body_rule rule, std::string_view type, const announced_body& body) {
    switch (rule) {
    case body_rule::none:
        return true;
    case body_rule::json:
        return names_type(type, json_type) || (type.empty() && !body.any());
    case body_rule::commands:
        break;
    }
    return names_type(type, json_type) || names_type(type, flatbuffers_type);
}

std::string_view types_of(body_rule rule) {
    return rule == body_rule::commands ? "application/json or application/x-flatbuffers"
                                       : "application/json";
}

void judge_body(const request_header& header, const announced_body& body, admission& result) {
    const auto rule = result.to->body;
    if (!takes(rule, header[field::content_type], body))
        result.refusal = to_response({problem_code::unsupported_media_type,
                                      fmt::format("Content-Type must be {}", types_of(rule))});
    else if (body.too_large())
        result.refusal = to_response({problem_code::body_too_large,
                                      fmt::format("a body has at most {} bytes", body_bytes_max)});
}

} // namespace

bool announced_body::too_large() const { return length.value_or(0) > body_bytes_max; }

boost::asio::awaitable<void> admit(server_context& server, const request_header& header,
                                   const announced_body& body, admission& result) {
    find_way(header, result);
    if (!result.refusal && result.to->needs)
        co_await find_out_who(server, header[field::authorization], result);
    if (!result.refusal) judge_body(header, body, result);
}

} // namespace datadrop::processor::http
