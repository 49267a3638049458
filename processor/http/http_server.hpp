#pragma once
// The HTTP front door: listens, runs a session for each connection, and stops in good order.
//
// The room: what travels on the wire, and nothing else. Connections and their requests
// (http_session, gate, router), what they say (decoders, validate) and what they are told (routes,
// answers, the feed, metrics). It asks the service and the domain. `serve` opens it; the rooms
// above take a few of its words (limits, JSON, wire_enums), those below know nothing of it.
//
// Thread rule: every member function is called on the io_context's only thread.

#include "processor/http/connections.hpp"
#include "processor/service/command_rates.hpp"
#include "processor/service/service.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace datadrop::processor::http {

class server_certificate;

class http_server {
  public:
    struct options {
        std::string host;
        std::uint16_t port = 0;
        connections::places places{};
        std::size_t feeds_max = http::feeds_max;
        command_limits rates{};
        /// How often the private PostgreSQL was started again, for /metrics. The server's thread.
        std::function<std::uint64_t()> restarts{};
        /// Shown to connections as it is when they come; it outlives the sessions. Without one they
        /// are plain.
        const server_certificate* certificate = nullptr;
    };

    /// Opens nothing yet. `behind` outlives the sessions, which end with the io_context at latest.
    http_server(boost::asio::io_context& io, service& behind, options o);
    ~http_server();
    http_server(const http_server&) = delete;
    http_server& operator=(const http_server&) = delete;

    /// Binds and accepts from now on; port 0 takes a free one. Throws std::runtime_error with the
    /// address and the reason.
    void start();

    /// The port that is listened on, once started.
    std::uint16_t port() const;

    /// Accepts no more, ends feeds and answers the requests that were read whole; a connection
    /// without one is closed. Completes when all are answered, or after stop_max with the rest
    /// closed.
    boost::asio::awaitable<void> stop();

  private:
    struct impl;
    std::shared_ptr<impl> impl_;
};

} // namespace datadrop::processor::http
