#pragma once
// What is refused by a request's header alone, before its body is looked at. In this order:
// malformed_request, route_not_found, method_not_allowed, too_many_connections, unauthenticated or
// token_expired, forbidden or operator_needed, unsupported_media_type, body_too_large. One thread.

#include "processor/http/auth.hpp"
#include "processor/http/message.hpp"
#include "processor/http/reply.hpp"
#include "processor/http/request_parser.hpp"
#include "processor/http/router.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace datadrop::processor::http {

/// A request after its header: where it goes and who asks, or why it goes nowhere. `arguments`
/// points into `where`, `seen` is the connection's.
struct passage {
    shown_token& seen;
    boost::asio::ip::address from;     // the client's, or a proxy's
    std::function<bool()> claim_place; // false: only what needs no token has a place here
    request_target where{};
    const route* to = nullptr;
    std::vector<std::string_view> arguments{};
    credential who{};
    std::optional<response> refusal{};
    std::chrono::steady_clock::duration hold{}; // the refusal back
    bool ends_connection = false; // where the next request begins is unknown, or is not waited for

    /// The route's path, for metrics.
    std::string_view route_name() const { return to == nullptr ? unknown_route : to->path; }

    /// Somebody showed a token that is in force and good for this.
    bool is_trusted() const { return to != nullptr && to->needs && !refusal; }
    bool wants_body() const { return !refusal && to->body != body_rule::none; }
};

/// Fills `result`, which stays where it is until the request is answered.
boost::asio::awaitable<void> pass_gate(server_context& server, const request_header& header,
                                       const announced_body& body, passage& result);

} // namespace datadrop::processor::http
