#include "processor/http/gate.hpp"

#include "processor/http/auth.hpp"
#include "processor/http/framing.hpp"
#include "processor/http/http_limits.hpp"
#include "processor/http/routes.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace datadrop::processor::http {

namespace {

response refuse_method(const method_refused& refused) {
    // RFC 9110, 15.5.6, wants the methods in a field of their own.
    auto answer = to_response(
        {problem_code::method_not_allowed, fmt::format("allowed here: {}", refused.allow)});
    answer.set(field::allow, refused.allow);
    return answer;
}

/// Where the request goes, or malformed_request, route_not_found, method_not_allowed.
void find_way(const request_header& header, passage& result) {
    auto where = request_target::parse(header.target());
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

/// A standard reader of a feed gives up for good at any other status than 200.
response crowded(const route& to) {
    if (to.handler == get_events)
        return make_response(status::ok, event_stream_type, "retry: 10000\n\n");
    return to_response({problem_code::too_many_connections,
                        "all connections are busy; the same request is safe to send again"});
}

/// The connection ends with it, so that its place is free for the next.
void refuse_crowded(passage& result) {
    result.refusal = crowded(*result.to);
    result.ends_connection = true;
}

void note_failure(server_context& server, sign_in_failure how, std::string_view token,
                  passage& result) {
    server.counted.count_failed_sign_in(how);
    auto follows = server.sign_ins.failed({.how = how, .from = result.from, .token = token},
                                          std::chrono::steady_clock::now());
    result.hold = follows.hold;
    if (follows.line) spdlog::warn("{}", *follows.line);
}

boost::asio::awaitable<void> find_out_who(server_context& server, std::string_view authorization,
                                          passage& result) {
    auto found = co_await authorize(server.behind, authorization, *result.to, result.seen);
    if (auto* who = std::get_if<credential>(&found)) {
        result.who = std::move(*who);
        co_return;
    }
    auto& refused = std::get<not_authorized>(found);
    result.refusal = std::move(refused.answer);
    if (refused.how) note_failure(server, *refused.how, refused.token, result);
}

/// An operator's act may come without a body, and then without a type.
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

/// A compressed body would be bounded by what it was packed into, not by what it holds.
response refuse_coding() {
    auto answer = to_response(
        {problem_code::unsupported_media_type, "send the body without a Content-Encoding"});
    answer.set(field::accept_encoding, "identity");
    return answer;
}

void check_body(const request_header& header, const announced_body& body, passage& result) {
    const auto rule = result.to->body;
    if (body.any() && header.count(field::content_encoding) > 0)
        result.refusal = refuse_coding();
    else if (!takes(rule, header[field::content_type], body))
        result.refusal = to_response({problem_code::unsupported_media_type,
                                      fmt::format("Content-Type must be {}", types_of(rule))});
    else if (body.too_large())
        result.refusal = to_response({problem_code::body_too_large,
                                      fmt::format("a body has at most {} bytes", body_bytes_max)});
}

} // namespace

boost::asio::awaitable<void> pass_gate(server_context& server, const request_header& header,
                                       const announced_body& body, passage& result) {
    // Before anything is made of it: it may not be what a proxy in front took it for.
    if (const auto doubt = framing_doubt(header)) {
        result.refusal = to_response({problem_code::malformed_request, std::string{*doubt}});
        result.ends_connection = true;
        co_return;
    }
    find_way(header, result);
    // A place before the token: who finds none is not worth a question to the database.
    if (!result.refusal && result.to->needs) {
        if (result.claim_place())
            co_await find_out_who(server, header[field::authorization], result);
        else
            refuse_crowded(result);
    }
    // The body last, so that nobody without a token learns what would be taken.
    if (!result.refusal) check_body(header, body, result);
}

} // namespace datadrop::processor::http
