// What follows from sign-ins that fail: how long their answers are held back, and what the log is
// told.

#include "processor/http/sign_in_watch.hpp"

#include "processor/http/http_limits.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace datadrop::processor::http;
using namespace std::chrono_literals;

namespace {

using clock_type = sign_in_watch::clock;

const clock_type::time_point began{100h};
constexpr int at_once = static_cast<int>(failures_at_once);

sign_in_watch::failure from(const std::string& address,
                            sign_in_failure how = sign_in_failure::unknown,
                            std::string_view token = {}) {
    return {.how = how, .from = boost::asio::ip::make_address(address), .token = token};
}

/// How long the last of so many at once is held.
clock_type::duration hold_of_last(sign_in_watch& watch, const std::string& address, int count,
                                  clock_type::time_point now = began) {
    clock_type::duration hold{};
    for (int i = 0; i < count; ++i)
        hold = watch.failed(from(address), now).hold;
    return hold;
}

} // namespace

TEST_SUITE("sign_in_watch") {
    TEST_CASE(
        "a few are answered at once, more in their turn, and none is held for longer than 5 s") {
        sign_in_watch watch;
        CHECK(hold_of_last(watch, "192.0.2.1", at_once) == 0s);
        CHECK(hold_of_last(watch, "192.0.2.1", 1) == 100ms);
        CHECK(hold_of_last(watch, "192.0.2.1", 1) == 200ms);
        CHECK(hold_of_last(watch, "192.0.2.1", 10'000) == failure_hold_max);
        CHECK(hold_of_last(watch, "192.0.2.1", 1, began + 1min) == 0s);
    }

    TEST_CASE("others are not held, but those of the same network are") {
        sign_in_watch watch;
        hold_of_last(watch, "192.0.2.1", 10'000);
        hold_of_last(watch, "2001:db8::1", 10'000);
        CHECK(hold_of_last(watch, "::ffff:192.0.2.1", 1) == failure_hold_max);
        CHECK(hold_of_last(watch, "2001:db8::2", 1) == failure_hold_max);
        // Of four thousand places two may fall together: not most of them.
        int held = 0;
        for (int i = 0; i < 100; ++i) {
            held += hold_of_last(watch, "198.51.100." + std::to_string(i), 1) > 0s ? 1 : 0;
            held += hold_of_last(watch, "2001:db8:" + std::to_string(i + 1) + "::1", 1) > 0s;
        }
        CHECK(held < 5);
    }

    TEST_CASE("who showed no token tried nothing: no hold and no line") {
        sign_in_watch watch;
        for (int i = 0; i < 1'000; ++i) {
            const auto follows = watch.failed(from("192.0.2.1", sign_in_failure::missing), began);
            CHECK(follows.hold == 0s);
            CHECK_FALSE(follows.line);
        }
    }

    TEST_CASE("the log is told who, and why, and of a token that is known its name") {
        sign_in_watch watch;
        CHECK(watch.failed(from("192.0.2.1"), began).line ==
              "a sign-in from 192.0.2.1 failed: nobody has such a token");
        CHECK(watch.failed(from("2001:db8::1", sign_in_failure::revoked, "bot"), began).line ==
              "a sign-in from 2001:db8::1 failed: the token \"bot\" is revoked");
        CHECK(
            watch.failed(from("198.51.100.1", sign_in_failure::expired, "api"), began).line ==
            "a sign-in from 198.51.100.1 failed: the secret of the token \"api\" is past its end");
    }

    TEST_CASE("a line a minute of one network, with how many there were meanwhile") {
        sign_in_watch watch;
        CHECK(watch.failed(from("192.0.2.1"), began).line);
        for (int i = 1; i < 60; ++i)
            CHECK_FALSE(watch.failed(from("192.0.2.1"), began + std::chrono::seconds(i)).line);
        CHECK(watch.failed(from("192.0.2.1"), began + 60s).line ==
              "a sign-in from 192.0.2.1 failed: nobody has such a token; 59 more from there since "
              "the last such line");
    }

    TEST_CASE("many networks do not fill the log") {
        sign_in_watch watch;
        int lines = 0;
        for (int i = 0; i < 10'000; ++i) {
            const auto address = "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250);
            lines += watch.failed(from(address), began + i * 1ms).line ? 1 : 0;
        }
        CHECK(lines >= 10);
        CHECK(lines <= 20);
    }
}
