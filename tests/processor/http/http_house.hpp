#pragma once
// Connections on real sockets, plain or in TLS, to a server or a session on a service that was not
// started: what needs no token works.

#include "processor/http/http_server.hpp"
#include "processor/http/http_session.hpp"
#include "tests/processor/http/http_client.hpp"
#include "tests/support/wait.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>

namespace datadrop::test {

inline const std::string ask_health = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
inline const std::string half_a_header = "GET /healthz HTTP/1.1\r\nHo";

/// How a client speaks; the parameter of test cases that hold for both.
struct plain_wire {};
struct tls_wire {};
template <typename Wire>
inline constexpr bool in_tls = std::is_same_v<Wire, tls_wire>;

/// A server on a thread of its own.
template <typename Wire>
class house {
  public:
    explicit house(http::connections::places places)
        : server_(io_, behind_,
                  {.host = "127.0.0.1",
                   .places = places,
                   .certificate = in_tls<Wire> ? &the_certificate() : nullptr}) {
        server_.start();
        thread_ = std::jthread([this] { io_.run(); });
    }
    ~house() { io_.stop(); }

    /// Has connected, and says nothing yet.
    client knock() const { return client{server_.port()}; }
    client enter() const {
        auto who = knock();
        if constexpr (in_tls<Wire>) who.shake_hands();
        return who;
    }
    /// What was said is received: it came with a request that was answered.
    client enter_and_say(std::string_view bytes) const {
        auto who = enter();
        CHECK(who.ask(ask_health + std::string{bytes}).starts_with("HTTP/1.1 200"));
        return who;
    }
    client enter_and_idle() const { return enter_and_say(""); }

  private:
    boost::asio::io_context io_{1};
    processor::service behind_{io_, {}};
    http::http_server server_;
    std::jthread thread_{};
};

/// One session, whose thread is the test's.
template <typename Wire>
struct one_session {
    using standing = http::http_session::standing;

    one_session() {
        if constexpr (in_tls<Wire>) server.certificate = &the_certificate();
        boost::asio::ip::tcp::acceptor acceptor{io, {boost::asio::ip::address_v4::loopback(), 0}};
        other = std::make_unique<client>(acceptor.local_endpoint().port());
        what = std::make_shared<http::http_session>(acceptor.accept(), server);
        boost::asio::co_spawn(io, what->run(), boost::asio::detached);
        go_on();
    }
    /// The handshake, where there is one.
    void begin() {
        if constexpr (in_tls<Wire>) meanwhile([this] { other->shake_hands(); });
    }
    void go_on() { io.poll(); }
    /// Until the piece of a request is received.
    void receive(std::string_view bytes) {
        other->write(bytes);
        wait_until([this] { return go_on(), what->stands() == standing::stalled; }, "a request");
    }
    std::string ask(std::string_view bytes) {
        other->write(bytes);
        return answer();
    }
    std::string answer() {
        std::string head;
        meanwhile([&] { head = other->read(); });
        return head;
    }
    /// What the client does that needs something of the session.
    template <typename Work>
    void meanwhile(Work work) {
        std::atomic<bool> done = false;
        const std::jthread thread([&] {
            work();
            done = true;
        });
        while (!done)
            go_on();
    }
    bool is_late_in(std::chrono::seconds time) const {
        return what->is_late(http::http_session::clock::now() + time);
    }

    boost::asio::io_context io{1};
    processor::service behind{io, {}};
    http::server_context server{behind};
    std::unique_ptr<client> other{};
    std::shared_ptr<http::http_session> what{};
};

} // namespace datadrop::test
