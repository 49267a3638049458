#include "processor/trials/bench/report/run_figures.hpp"

#include <doctest/doctest.h>

namespace {

using namespace datadrop::processor::trials::bench;

run_figures at_rate(double per_second) { return {.per_second = per_second}; }

run_figures with(const load_report& r) { return {.per_second = 1, .answers = r}; }

row with_target(const target& t) {
    return {.name = "X",
            .what = "",
            .contenders = {{"ours", load_plan{}}, {"theirs", load_plan{}}},
            .targets = {t}};
}

target_result judged_as(const target& t, const std::vector<run_figures>& found) {
    return judge(with_target(t), found).at(0);
}

} // namespace

TEST_SUITE("bench figures") {
    TEST_CASE("the median is the run in the middle") {
        CHECK(median({at_rate(3), at_rate(1), at_rate(2)}).per_second == 2);
        CHECK(median({at_rate(7)}).per_second == 7);
        CHECK_THROWS(median({}));
    }

    TEST_CASE("loads at once: numbers are added, of times the worst counts") {
        const auto sum = together({{.seconds = 2,
                                    .accepted = 10,
                                    .retries = 1,
                                    .accepted_after = {.p50 = 5, .p99 = 9},
                                    .cpu_seconds = 0.5},
                                   {.seconds = 3,
                                    .accepted = 20,
                                    .retries = 2,
                                    .accepted_after = {.p50 = 4, .p99 = 12},
                                    .cpu_seconds = 0.25}});
        CHECK(sum.seconds == 3);
        CHECK(sum.accepted == 30);
        CHECK(sum.retries == 3);
        CHECK(sum.accepted_after == latencies{.p50 = 5, .p99 = 12});
        CHECK(sum.cpu_seconds == 0.75);
    }

    TEST_CASE("shares are of the commands that were judged") {
        const load_report r{
            .accepted = 90, .dead_lettered = 10, .overloaded = 1'000, .retries = 50};
        CHECK(dead_lettered_percent(r) == doctest::Approx(10));
        CHECK(retries_a_command(r) == doctest::Approx(0.5));
        CHECK(dead_lettered_percent({}) == 0);
    }

    TEST_CASE("a ratio is met from its bound on") {
        const target wanted{.what = judged::ratio, .bound = 3};
        CHECK(judged_as(wanted, {at_rate(30), at_rate(10)}).met);
        const auto missed = judged_as(wanted, {at_rate(29), at_rate(10)});
        CHECK_FALSE(missed.met);
        CHECK(missed.reached == doctest::Approx(2.9));
        CHECK(target_text(missed, with_target(wanted)) == "2.90 times theirs (at least 3)");
    }

    TEST_CASE("what is compared with nothing, or did nothing, meets no target") {
        CHECK_FALSE(judged_as({.what = judged::ratio, .bound = 3}, {at_rate(9), at_rate(0)}).met);
        CHECK_FALSE(judged_as({.what = judged::dead_lettered}, {at_rate(0), at_rate(0)}).met);
        CHECK_FALSE(
            judged_as({.what = judged::overloaded_ms, .bound = 50}, {with({}), at_rate(1)}).met);
    }

    TEST_CASE("latencies, memory and dead letters are met up to their bound") {
        const auto own = with({.accepted = 9,
                               .first_half = 5,
                               .dead_lettered = 1,
                               .overloaded = 1,
                               .accepted_after = {.p50 = 130, .p99 = 10'000},
                               .overloaded_after = {.p99 = 50'001}});
        const auto theirs = with({.accepted_after = {.p50 = 100}});
        CHECK(judged_as({.what = judged::latency_ratio, .bound = 1.3}, {own, theirs}).met);
        CHECK_FALSE(judged_as({.what = judged::latency_ratio, .bound = 1.2}, {own, theirs}).met);
        CHECK(judged_as({.what = judged::p99_ms, .bound = 10}, {own}).met);
        CHECK_FALSE(judged_as({.what = judged::overloaded_ms, .bound = 50}, {own}).met);
        CHECK_FALSE(judged_as({.what = judged::dead_lettered, .bound = 0}, {own}).met);
        CHECK(judged_as({.what = judged::half_ratio, .bound = 0.8}, {own}).met);
        CHECK_FALSE(judged_as({.what = judged::half_ratio, .bound = 0.97}, {own}).met);
        auto server = at_rate(1);
        server.server_memory = 200'000'001;
        CHECK_FALSE(judged_as({.what = judged::memory_megabytes, .bound = 200}, {server}).met);
    }
}
