// Connections on real sockets: how long one may be silent, who has to go when all places are taken,
// and who gets in nevertheless.

#include "processor/http/date.hpp"
#include "processor/http/open_files.hpp"
#include "tests/processor/http/http_house.hpp"

using namespace datadrop::processor::http;
using namespace datadrop::test;

namespace {

using namespace std::chrono_literals;

const std::string members = "GET /v1/members HTTP/1.1\r\nHost: x\r\n\r\n";

} // namespace

TEST_SUITE("http_connections") {
    TEST_CASE_TEMPLATE("a silent connection has 10 s, an idle one 75 s, and is told 60", Wire,
                       plain_wire, tls_wire) {
        one_session<Wire> one;
        one.begin();
        CHECK_FALSE(one.is_late_in(9s));
        CHECK(one.is_late_in(11s));
        const auto head = one.ask(ask_health);
        CHECK_NE(head.find("\r\nKeep-Alive: timeout=60\r\n"), head.npos);
        CHECK_NE(head.find("\r\nConnection: keep-alive\r\n"), head.npos);
        CHECK_FALSE(one.is_late_in(74s));
        CHECK(one.is_late_in(76s));
        one.receive(half_a_header);
        CHECK_FALSE(one.is_late_in(9s));
        CHECK(one.is_late_in(11s));
    }

    TEST_CASE_TEMPLATE("who is late with a request is told, who is late with nothing is not", Wire,
                       plain_wire, tls_wire) {
        one_session<Wire> one;
        one.begin();
        std::string told;
        SUBCASE("silent") {}
        SUBCASE("half a header") {
            one.receive(half_a_header);
            told = "HTTP/1.1 408";
        }
        SUBCASE("half a body") {
            one.receive("POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n123");
            told = "HTTP/1.1 408";
        }
        one.what->time_out();
        const auto head = one.answer();
        CHECK(head.starts_with(told));
        CHECK_EQ(head.find("Connection: close") != head.npos, !told.empty());
    }

    TEST_CASE_TEMPLATE("an answer that ends the connection promises nothing", Wire, plain_wire,
                       tls_wire) {
        one_session<Wire> one;
        one.begin();
        const auto head = one.ask("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        CHECK_EQ(head.find("Keep-Alive"), head.npos);
        CHECK_NE(head.find("\r\nConnection: close\r\n"), head.npos);
    }

    TEST_CASE_TEMPLATE("when all places are taken, the longest idle one makes room", Wire,
                       plain_wire, tls_wire) {
        const house<Wire> full{{.ordinary = 3, .spare = 1}};
        auto busy = full.enter_and_say(half_a_header);
        auto first = full.enter_and_idle();
        auto second = full.enter_and_idle();
        auto third = full.enter_and_idle();
        CHECK_EQ(first.read(), "");
        CHECK(busy.is_open());
        CHECK(second.ask(ask_health).starts_with("HTTP/1.1 200"));
        auto fourth = full.enter_and_idle();
        CHECK_EQ(third.read(), "");
        CHECK(second.is_open());
        CHECK(busy.is_open());
    }

    TEST_CASE_TEMPLATE("when none is idle, whoever is longest about a request without a token goes",
                       Wire, plain_wire, tls_wire) {
        const house<Wire> full{{.ordinary = 2, .spare = 1}};
        auto slow = full.enter_and_say(half_a_header);
        auto body = full.enter_and_say(
            "POST /v1/commands HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n123");
        CHECK(full.enter().ask(members).starts_with("HTTP/1.1 401"));
        CHECK_EQ(slow.read(), "");
    }

    TEST_CASE_TEMPLATE("what needs no token has a spare place, and the oldest makes room there",
                       Wire, plain_wire, tls_wire) {
        const house<Wire> full{{.ordinary = 0, .spare = 2}};
        const auto answer = full.enter().ask(ask_health);
        CHECK(answer.starts_with("HTTP/1.1 200"));
        CHECK_NE(answer.find("Connection: close"), answer.npos);
        const auto refused = full.enter().ask(members);
        CHECK(refused.starts_with("HTTP/1.1 503"));
        CHECK_NE(refused.find("Retry-After: 1"), refused.npos);
        CHECK_NE(refused.find("Connection: close"), refused.npos);

        auto slow = full.enter();
        auto silent = full.enter();
        CHECK(full.enter().ask(ask_health).starts_with("HTTP/1.1 200"));
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
        one_session<plain_wire> one;
        const auto head = one.ask("hello\r\n\r\n");
        CHECK(head.starts_with("HTTP/1.1 400"));
        CHECK_NE(head.find("\r\nDate: " + std::string{http_date_now()}.substr(0, 17)), head.npos);
    }
}
