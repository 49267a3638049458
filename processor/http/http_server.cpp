#include "processor/http/http_server.hpp"

#include "processor/http/http_limits.hpp"
#include "processor/http/http_session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <stdexcept>
#include <utility>

namespace datadrop::processor::http {

namespace asio = boost::asio;
using asio::awaitable;
using tcp = asio::ip::tcp;

namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

} // namespace

/// Shared by the listener's and the sessions' coroutines, so it outlives them.
struct http_server::impl : std::enable_shared_from_this<impl> {
    impl(asio::io_context& i, service& behind, options o)
        : io(i), server{.behind = behind,
                        .open = connections{o.places},
                        .feeds_max = std::min(o.feeds_max, o.places.ordinary),
                        .restarts = std::move(o.restarts),
                        .certificate = o.certificate,
                        .rates = command_rates{o.rates}},
          host(std::move(o.host)), port(o.port), acceptor(i), session_ended(i), look(i) {}

    void listen();
    awaitable<void> accept_all();
    awaitable<void> close_late_sessions();
    awaitable<void> run_session(tcp::socket socket);
    awaitable<void> wait_for_session_end(std::chrono::steady_clock::duration wait_max);

    asio::io_context& io;
    server_context server;
    std::string host;
    std::uint16_t port;
    tcp::acceptor acceptor;
    asio::steady_timer session_ended; // cancelled whenever one does
    asio::steady_timer look;          // at the sessions' deadlines
};

void http_server::impl::listen() {
    tcp::resolver resolver{io};
    const auto where = resolver.resolve(host, std::to_string(port)).begin()->endpoint();
    acceptor.open(where.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true)); // of a server that has just ended
    acceptor.bind(where);
    acceptor.listen();
    port = acceptor.local_endpoint().port();
}

/// While the system has no descriptor left, clients wait in the backlog.
awaitable<void> http_server::impl::accept_all() {
    constexpr std::chrono::milliseconds look_again{100};
    const auto self = shared_from_this();
    while (!server.stopping) {
        auto [ec, socket] = co_await acceptor.async_accept(as_tuple);
        if (!ec)
            asio::co_spawn(io, run_session(std::move(socket)), asio::detached);
        else if (!server.stopping)
            co_await wait_for_session_end(look_again);
    }
}

awaitable<void> http_server::impl::close_late_sessions() {
    constexpr std::chrono::milliseconds look_again{250};
    const auto self = shared_from_this();
    while (!server.stopping) {
        look.expires_after(look_again);
        co_await look.async_wait(as_tuple);
        const auto now = http_session::clock::now();
        for (auto* connection : server.open.all())
            if (connection->is_late(now)) connection->time_out();
    }
}

awaitable<void> http_server::impl::run_session(tcp::socket socket) {
    const auto self = shared_from_this();
    const auto connection = std::make_shared<http_session>(std::move(socket), server);
    server.open.enter(*connection);
    // One connection's failure is its own: the others and the listener go on.
    try {
        co_await connection->run();
    } catch (const std::exception&) {
        spdlog::error("a connection ended by an unexpected failure");
    }
    server.open.leave(*connection);
    session_ended.cancel();
}

/// Until a session ends or the time has come; whoever waits looks again.
awaitable<void>
http_server::impl::wait_for_session_end(std::chrono::steady_clock::duration wait_max) {
    session_ended.expires_after(wait_max);
    co_await session_ended.async_wait(as_tuple);
}

http_server::http_server(asio::io_context& io, service& behind, options o)
    : impl_(std::make_shared<impl>(io, behind, std::move(o))) {}

http_server::~http_server() = default;

void http_server::start() {
    try {
        impl_->listen();
    } catch (const boost::system::system_error& e) {
        throw std::runtime_error{fmt::format("cannot listen on {}:{}: {}", impl_->host, impl_->port,
                                             e.code().message())};
    }
    asio::co_spawn(impl_->io, impl_->accept_all(), asio::detached);
    asio::co_spawn(impl_->io, impl_->close_late_sessions(), asio::detached);
}

std::uint16_t http_server::port() const { return impl_->port; }

awaitable<void> http_server::stop() {
    const auto shared = impl_;
    shared->server.stopping = true;
    // First whatever brings or closes connections ends; then those that are left are waited for.
    shared->acceptor.close();
    shared->look.cancel();
    for (auto* connection : shared->server.open.all())
        connection->finish();
    const auto deadline = std::chrono::steady_clock::now() + stop_max;
    while (shared->server.open.count() > 0 && std::chrono::steady_clock::now() < deadline)
        co_await shared->wait_for_session_end(deadline - std::chrono::steady_clock::now());
    for (auto* connection : shared->server.open.all())
        connection->close();
}

} // namespace datadrop::processor::http
