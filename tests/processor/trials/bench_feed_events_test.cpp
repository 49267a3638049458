// What a load's reader finds in the bytes of a feed, wherever they are cut.

#include "processor/trials/bench/loads/feed_events.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using namespace datadrop;
using processor::trials::bench::feed_events;

const std::string some_feed = "retry: 2000\n\nid: 0\n\n"
                              "id: 1~9f\nevent: MemberJoined\n"
                              R"(data: {"version":1,"recorded_at":"1970-01-01T00:00:01.500000Z"})"
                              "\n\n: still here\n\n"
                              "id: 2~9f\nevent: MemberLeft\ndata: {}\n\n";

using times = std::vector<std::optional<domain::timestamp>>;

times taken(feed_events& from, std::string_view bytes) {
    times all;
    from.feed(bytes, [&](auto recorded_at) { all.push_back(recorded_at); });
    return all;
}

} // namespace

TEST_SUITE("bench feed events") {
    TEST_CASE("events are taken with their times; comments, and ids alone, are none") {
        feed_events from;
        const auto all = taken(from, some_feed);
        REQUIRE(all.size() == 2);
        CHECK(all[0] == domain::timestamp(std::chrono::microseconds(1'500'000)));
        CHECK_FALSE(all[1].has_value());
    }

    TEST_CASE("an event is taken once, when it is complete, wherever the bytes are cut") {
        for (std::size_t cut = 0; cut <= some_feed.size(); ++cut) {
            feed_events from;
            const auto before = taken(from, std::string_view(some_feed).substr(0, cut));
            const auto after = taken(from, std::string_view(some_feed).substr(cut));
            CHECK(before.size() + after.size() == 2);
        }
    }
}
