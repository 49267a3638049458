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

    TEST_CASE("the median of a row that is about the p99 is the run whose p99 is in the middle") {
        const auto run = [](double per_second, std::int64_t p99) {
            return run_figures{.per_second = per_second,
                               .answers = load_report{.accepted_after = {.p99 = p99}}};
        };
        const std::vector<std::vector<run_figures>> runs{{run(1, 30), run(2, 10), run(3, 20)},
                                                         {run(1, 10), run(3, 30), run(2, 20)}};
        const auto of = [&](judged what) {
            return result_of(with_target({.what = what, .bound = 1}), runs);
        };
        CHECK(of(judged::p99_ratio).medians.at(0).per_second == 3);
        CHECK(of(judged::ratio).medians.at(0).per_second == 2);
        CHECK(of(judged::ratio).runs.at(1) == std::vector<double>{1, 3, 2});
        CHECK(of(judged::p99_ratio).verdicts.at(0).met);
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

    TEST_CASE("costs in those of another: time of all processes, WAL, the p99") {
        auto own = with({.accepted_after = {.p99 = 300}});
        own.client_cpu = 0.01;
        own.server_cpu = 0.002;
        own.postgres_cpu = 0.008;
        own.wal_bytes = 700;
        auto theirs = with({.accepted_after = {.p99 = 100}});
        theirs.client_cpu = 0.04;
        theirs.postgres_cpu = 0.06;
        theirs.wal_bytes = 1'000;
        const auto reached = [&](judged what) {
            return judged_as({.what = what, .bound = 1}, {own, theirs}).reached;
        };
        CHECK(reached(judged::cpu_ratio) == doctest::Approx(0.2));
        CHECK(reached(judged::wal_ratio) == doctest::Approx(0.7));
        CHECK(reached(judged::p99_ratio) == doctest::Approx(3));
        CHECK(judged_as({.what = judged::wal_ratio, .bound = 0.7}, {own, theirs}).met);
        CHECK_FALSE(judged_as({.what = judged::p99_ratio, .bound = 2.9}, {own, theirs}).met);
    }

    TEST_CASE("a cost that is not known meets no target") {
        auto own = with({.accepted_after = {.p99 = 300}});
        own.client_cpu = 0.01; // of a PostgreSQL that was named the time is not known
        for (const auto what : {judged::cpu_ratio, judged::wal_ratio, judged::p99_ratio})
            CHECK_FALSE(judged_as({.what = what, .bound = 9}, {own, with({})}).met);
    }

    TEST_CASE("a rate is met from its bound on") {
        const target wanted{.what = judged::a_second, .bound = 100};
        CHECK(judged_as(wanted, {at_rate(100)}).met);
        const auto missed = judged_as(wanted, {at_rate(99)});
        CHECK_FALSE(missed.met);
        CHECK(target_text(missed, with_target(wanted)) == "99 a second (at least 100)");
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
