#include "projections/pace.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using datadrop::projections::pace_control;

TEST_SUITE_BEGIN("pace");

TEST_CASE("a wait above the bound doubles the rest, up to a second") {
    pace_control pace(5ms);
    const auto before = pace.rest();
    pace.measured(6ms);
    CHECK(pace.rest() == 2 * before);
    for (int i = 0; i < 100; ++i)
        pace.measured(1s);
    CHECK(pace.rest() == 1s);
}

TEST_CASE("waits within the bound shorten the rest, to nearly nothing") {
    pace_control pace(5ms);
    const auto before = pace.rest();
    for (int i = 0; i < 100; ++i)
        pace.measured(5ms);
    CHECK(pace.rest() < before * 6 / 10);
    CHECK(pace.rest() > before * 4 / 10);
    for (int i = 0; i < 2000; ++i)
        pace.measured(0ms);
    CHECK(pace.rest() == 100us);
}

TEST_CASE("one wait in a hundred above the bound is what it comes to rest at") {
    pace_control pace(5ms);
    for (int i = 0; i < 5000; ++i)
        pace.measured(i % 100 == 0 ? 6ms : 4ms);
    CHECK(pace.rest() > 1ms);
    CHECK(pace.rest() < 100ms);
}

TEST_SUITE_END();
