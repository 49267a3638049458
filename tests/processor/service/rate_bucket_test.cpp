// So many a second, and some at once.

#include "processor/service/rate_bucket.hpp"

#include <doctest/doctest.h>

namespace datadrop::processor {
namespace {

using namespace std::chrono_literals;
using clock = rate_bucket::clock;

const clock::time_point began{100h};
constexpr rate ten{.a_second = 10, .at_once = 10};

/// How many of one each are taken when they come so often for so long.
int taken(rate_bucket& bucket, clock::time_point from, clock::duration length,
          clock::duration interval) {
    int count = 0;
    for (auto at = from; at < from + length; at += interval) {
        if (bucket.wait_for(1, ten, at) > 0s) continue;
        bucket.take(1, ten, at);
        ++count;
    }
    return count;
}

TEST_SUITE_BEGIN("rate_bucket");

TEST_CASE("rate_bucket: what it holds at once, and then so many a second") {
    rate_bucket bucket;
    CHECK(taken(bucket, began, 1ms, 10us) == 10);
    CHECK(taken(bucket, began + 1ms, 10s, 1ms) == 100);
}

TEST_CASE("rate_bucket: who keeps to the rate never waits") {
    rate_bucket bucket;
    CHECK(taken(bucket, began, 60s, 100ms) == 600);
}

TEST_CASE("rate_bucket: after a rest it holds as much as ever, and no more") {
    rate_bucket bucket;
    CHECK(taken(bucket, began, 1ms, 10us) == 10);
    CHECK_FALSE(bucket.is_full(began + 999ms));
    CHECK(bucket.is_full(began + 1s));
    CHECK(taken(bucket, began + 24h, 1ms, 10us) == 10);
}

TEST_CASE("rate_bucket: the wait is until there are as many, and what is refused costs nothing") {
    rate_bucket bucket;
    bucket.take(8, ten, began);
    CHECK(bucket.wait_for(2, ten, began) == 0s);
    for (int i = 0; i < 3; ++i)
        CHECK(bucket.wait_for(5, ten, began) == 300ms);
    CHECK(bucket.wait_for(5, ten, began + 299ms) == 1ms);
    CHECK(bucket.wait_for(5, ten, began + 300ms) == 0s);
}

TEST_CASE("rate_bucket: more than it holds is taken when it is full, and waited for afterwards") {
    rate_bucket bucket;
    CHECK(bucket.wait_for(1'000, ten, began) == 0s);
    bucket.take(1'000, ten, began);
    CHECK(bucket.wait_for(1, ten, began) == 99'100ms);
    CHECK(bucket.wait_for(1'000, ten, began) == 100s);
    CHECK(bucket.wait_for(1'000, ten, began + 100s) == 0s);
}

TEST_CASE("rate_bucket: less than one a second, too") {
    constexpr rate one_a_minute{.a_second = 1.0 / 60, .at_once = 1};
    rate_bucket bucket;
    bucket.take(1, one_a_minute, began);
    CHECK(bucket.wait_for(1, one_a_minute, began + 59s) > 0s);
    CHECK(bucket.wait_for(1, one_a_minute, began + 60s) == 0s);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::processor
