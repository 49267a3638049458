#pragma once
// What a route's handler is given and gives back. One thread.

#include "processor/http/connections.hpp"
#include "processor/http/message.hpp"
#include "processor/http/metrics.hpp"
#include "processor/http/problem.hpp"
#include "processor/http/request_target.hpp"
#include "processor/service/service.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace datadrop::processor::http {

/// What all connections share. Outlives them all.
struct server_context {
    service& behind;
    connections open{};
    metrics counted{};
    std::size_t feeds = 0; // open now
    bool stopping = false; // feeds end, connections take no further request
};

/// A request that passed its route's refusals.
struct call {
    server_context& server;
    const request& message;
    const request_target& where;
    std::vector<std::string_view> arguments; // what stands for the {} of the route's path
    credential who;                          // empty on a route without a scope
};

/// An answer. With a `body`, `message` is only its header, and the body is written until it or the
/// connection ends.
struct reply {
    response message;
    std::function<boost::asio::awaitable<void>(boost::beast::tcp_stream&)> body{};

    reply(response m) : message(std::move(m)) {}
    reply(const problem& what) : message(to_response(what)) {}
};

} // namespace datadrop::processor::http
