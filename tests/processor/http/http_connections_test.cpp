// Connections on real sockets: how long one may be silent, who has to go when all places are taken,
// and who gets in nevertheless.

#include "processor/http/date.hpp"
#include "processor/http/http_server.hpp"
#include "processor/http/http_session.hpp"
#include "processor/http/open_files.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <thread>

using namespace datadrop::processor;
using namespace datadrop::processor::http;

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using namespace std::chrono_literals;

const std::string healthz = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string half = "GET /healthz HTTP/1.1\r\nHo";
const std::string members = "GET /v1/members HTTP/1.1\r\nHost: x\r\n\r\n";

/// A client that blocks.
class client {
  public:
    explicit client(std::uint16_t port) {
        socket_.connect({asio::ip::address_v4::loopback(), port});
    }

    void write(std::string_view bytes) { asio::write(socket_, asio::buffer(bytes)); }
    /// The head of the next answer, and "" when the server ends the connection instead.
    std::string read() {
        boost::system::error_code ec;
        const auto end = asio::read_until(socket_, asio::dynamic_buffer(received_), "\r\n\r\n", ec);
        if (ec) return "";
        const auto head = received_.substr(0, end);
        const auto body = std::stoul(head.substr(head.find("Content-Length: ") + 16));
        if (const auto all = end + body; received_.size() < all)
            asio::read(socket_, asio::dynamic_buffer(received_),
                       asio::transfer_exactly(all - received_.size()));
        received_.erase(0, end + body);
        return head;
    }
    std::string ask(std::string_view request) {
        write(request);
        return read();
    }
    bool is_open() {
        socket_.non_blocking(true);
        boost::system::error_code ec;
        char byte = 0;
        socket_.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, ec);
        socket_.non_blocking(false);
        return ec == asio::error::would_block;
    }

  private:
    std::unique_ptr<asio::io_context> io_ = std::make_unique<asio::io_context>(1);
    tcp::socket socket_{*io_};
    std::string received_{};
};

/// A server on a service that was not started: what needs no token works.
class house {
  public:
    explicit house(connections::places places)
        : server_(io_, behind_, {.host = "127.0.0.1", .places = places}) {
        server_.start();
        thread_ = std::jthread([this] { io_.run(); });
    }
    ~house() { io_.stop(); }

    client enter() const { return client{server_.port()}; }
    client enter_and_say(std::string_view bytes) const {
        auto who = enter();
        who.write(bytes);
        return who;
    }
    client enter_and_idle() const {
        auto who = enter();
        CHECK(who.ask(healthz).starts_with("HTTP/1.1 200"));
        return who;
    }

  private:
    asio::io_context io_{1};
    service behind_{io_, {}};
    http_server server_;
    std::jthread thread_{};
};

/// One session, whose thread is the test's.
struct one_session {
    one_session() {
        tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
        other = std::make_unique<client>(acceptor.local_endpoint().port());
        what = std::make_shared<http_session>(acceptor.accept(), server);
        asio::co_spawn(io, what->run(), asio::detached);
        go_on();
    }
    void go_on() { io.poll(); }
    bool is_late_in(std::chrono::seconds time) const {
        return what->is_late(http_session::clock::now() + time);
    }

    asio::io_context io{1};
    service behind{io, {}};
    server_context server{behind};
    std::unique_ptr<client> other{};
    std::shared_ptr<http_session> what{};
};

} // namespace

TEST_SUITE("http_connections") {
    TEST_CASE("a silent connection has 10 s, an idle one 75 s, and is told 60") {
        one_session one;
        CHECK_FALSE(one.is_late_in(9s));
        CHECK(one.is_late_in(11s));
        one.other->write(healthz);
        one.go_on();
        const auto head = one.other->read();
        CHECK_NE(head.find("\r\nKeep-Alive: timeout=60\r\n"), head.npos);
        CHECK_NE(head.find("\r\nConnection: keep-alive\r\n"), head.npos);
        CHECK_FALSE(one.is_late_in(74s));
        CHECK(one.is_late_in(76s));
        one.other->write(half);
        one.go_on();
        CHECK_FALSE(one.is_late_in(9s));
        CHECK(one.is_late_in(11s));
    }

    TEST_CASE("who is late with a request is told, who is late with nothing is not") {
        one_session one;
        std::string told;
        SUBCASE("silent") {}
        SUBCASE("half a header") {
            one.other->write(half);
            told = "HTTP/1.1 408";
        }
        SUBCASE("half a body") {
            one.other->write("POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n123");
            told = "HTTP/1.1 408";
        }
        one.go_on();
        one.what->time_out();
        one.go_on();
        const auto head = one.other->read();
        CHECK(head.starts_with(told));
        CHECK_EQ(head.find("Connection: close") != head.npos, !told.empty());
    }

    TEST_CASE("an answer that ends the connection promises nothing") {
        one_session one;
        one.other->write("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        one.go_on();
        const auto head = one.other->read();
        CHECK_EQ(head.find("Keep-Alive"), head.npos);
        CHECK_NE(head.find("\r\nConnection: close\r\n"), head.npos);
    }

    TEST_CASE("when all places are taken, the longest idle one makes room") {
        const house full{{.ordinary = 3, .spare = 1}};
        auto busy = full.enter_and_say(half);
        auto first = full.enter_and_idle();
        auto second = full.enter_and_idle();
        auto third = full.enter_and_idle();
        CHECK_EQ(first.read(), "");
        CHECK(busy.is_open());
        CHECK(second.ask(healthz).starts_with("HTTP/1.1 200"));
        auto fourth = full.enter_and_idle();
        CHECK_EQ(third.read(), "");
        CHECK(second.is_open());
        CHECK(busy.is_open());
    }

    TEST_CASE("when none is idle, whoever is longest about a request without a token goes") {
        const house full{{.ordinary = 2, .spare = 1}};
        auto slow = full.enter_and_say(half);
        auto body = full.enter_and_say(
            "POST /v1/commands HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n123");
        CHECK(full.enter().ask(members).starts_with("HTTP/1.1 401"));
        CHECK_EQ(slow.read(), "");
    }

    TEST_CASE("what needs no token has a spare place, and the oldest makes room there") {
        const house full{{.ordinary = 0, .spare = 2}};
        const auto answer = full.enter().ask(healthz);
        CHECK(answer.starts_with("HTTP/1.1 200"));
        CHECK_NE(answer.find("Connection: close"), answer.npos);
        const auto refused = full.enter().ask(members);
        CHECK(refused.starts_with("HTTP/1.1 503"));
        CHECK_NE(refused.find("Retry-After: 1"), refused.npos);
        CHECK_NE(refused.find("Connection: close"), refused.npos);

        auto slow = full.enter_and_say(half);
        auto silent = full.enter();
        CHECK(full.enter().ask(healthz).starts_with("HTTP/1.1 200"));
        CHECK_EQ(slow.read(), "");
    }

    TEST_CASE("the limit of open files leaves room for what is not a connection") {
        CHECK_EQ(places_within(1024, 2000, 100).ordinary, 900);
        CHECK_EQ(places_within(100'000, 2000, 100).ordinary, 2000);
        CHECK_EQ(places_within(100'000, 50, 100).ordinary, 50);
        CHECK_EQ(places_within(256, 2000, 100).ordinary, 132);
        CHECK_EQ(places_within(100 + 24 + 16, 2000, 100).ordinary, 16);
        CHECK_EQ(places_within(100 + 24 + 15, 2000, 100).ordinary, 0);
        CHECK_EQ(places_within(10, 2000, 100).ordinary, 0);
    }

    TEST_CASE("a date is written as HTTP wants it") {
        CHECK_EQ(to_http_date(std::chrono::system_clock::from_time_t(784'111'777)),
                 "Sun, 06 Nov 1994 08:49:37 GMT");
        one_session one;
        one.other->write("hello\r\n\r\n");
        one.go_on();
        const auto head = one.other->read();
        CHECK(head.starts_with("HTTP/1.1 400"));
        CHECK_NE(head.find("\r\nDate: " + std::string{http_date_now()}.substr(0, 17)), head.npos);
    }
}
