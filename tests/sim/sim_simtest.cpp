// Fixed seeds of the simulator: every promise holds in each of them, everything that can happen
// did, and a seed does the same whenever it is run.
#include "tests/sim/support/campaign.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using namespace datadrop::sim;

TEST_SUITE_BEGIN("simulator");

TEST_CASE("every promise holds in every seed, and everything that can go wrong went wrong") {
    const auto result = run({.seeds = 3000, .threads = cores()}, [](std::uint64_t) {});
    for (const auto& r : result.failed)
        FAIL_CHECK(describe(r));
    for (std::size_t i = 0; i < sight_names.size(); ++i) {
        INFO(sight_names[i]);
        CHECK_GT(result.seen.of(static_cast<sight>(i)), 0);
    }
}

TEST_CASE("a seed runs the same way each time") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed ", seed);
        const auto first = run(draw_options(seed), story::mode::told);
        const auto again = run(draw_options(seed), story::mode::told);
        CHECK_GT(first.lines, 100);
        CHECK_EQ(first.lines, again.lines);
        CHECK_EQ(first.digest, again.digest);
    }
}

TEST_CASE("a seed does not depend on whether its story is told") {
    const auto silent = run(draw_options(7));
    const auto told = run(draw_options(7), story::mode::told);
    for (std::size_t i = 0; i < sight_names.size(); ++i)
        CHECK_EQ(silent.seen.of(static_cast<sight>(i)), told.seen.of(static_cast<sight>(i)));
}

TEST_CASE("another seed is another run") {
    const auto one = run(draw_options(1), story::mode::told);
    const auto other = run(draw_options(2), story::mode::told);
    CHECK_NE(one.digest, other.digest);
}

TEST_SUITE_END();
