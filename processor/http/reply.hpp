#pragma once
// What a route's handler is given and gives back. One thread.

#include "processor/http/connections.hpp"
#include "processor/http/live_events.hpp"
#include "processor/http/message.hpp"
#include "processor/http/metrics.hpp"
#include "processor/http/problem.hpp"
#include "processor/http/request_target.hpp"
#include "processor/http/sign_in_watch.hpp"
#include "processor/service/command_rates.hpp"
#include "processor/service/service.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace datadrop::processor::http {

class client_stream;
class server_certificate;

/// What all connections share. Outlives them all.
struct server_context {
    service& behind;
    connections open{};
    std::size_t feeds_max = http::feeds_max; // open at once
    metrics counted{};
    bool stopping = false;                     // feeds end, connections take no further request
    std::function<std::uint64_t()> restarts{}; // of the private PostgreSQL; none without one
    std::shared_ptr<live_events> live = std::make_shared<live_events>(behind);
    const server_certificate* certificate = nullptr; // without one, connections are plain
    command_rates rates{};
    sign_in_watch sign_ins{};
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
/// connection ends; that the client went is told to `gone`.
struct reply {
    response message;
    std::function<boost::asio::awaitable<void>(client_stream&)> body{};
    std::function<void()> gone{};

    reply(response m) : message(std::move(m)) {}
    reply(const problem& what) : message(to_response(what)) {}
};

} // namespace datadrop::processor::http
