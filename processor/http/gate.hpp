#pragma once
// What is refused by a request's header alone, before its body is looked at. In this order:
// malformed_request, route_not_found, method_not_allowed, unauthenticated, forbidden,
// unsupported_media_type, body_too_large. One thread.

#include "processor/http/auth.hpp"
#include "processor/http/message.hpp"
#include "processor/http/reply.hpp"
#include "processor/http/router.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace datadrop::processor::http {

using request_header = boost::beast::http::request_header<>;

/// What the header says of the body that follows.
struct announced_body {
    std::optional<std::uint64_t> length{};
    bool chunked = false;

    bool any() const { return chunked || length.value_or(0) > 0; }
    bool too_large() const;
};

/// A request after its header: where it goes and who asks, or why it goes nowhere. `arguments`
/// points into `where`, `seen` is the connection's.
struct admission {
    shown_token& seen;
    target where{};
    const route* to = nullptr;
    std::vector<std::string_view> arguments{};
    credential who{};
    std::optional<response> refusal{};

    /// The route's path, for metrics.
    std::string_view route_name() const { return to == nullptr ? "unknown" : to->path; }
};

/// Fills `result`, which stays where it is until the request is answered.
boost::asio::awaitable<void> admit(server_context& server, const request_header& header,
                                   const announced_body& body, admission& result);

} // namespace datadrop::processor::http
