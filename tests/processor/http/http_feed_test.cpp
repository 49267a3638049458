// The feed's texts as they stand on the wire.

#include "processor/http/feed_events.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string>

using namespace datadrop;
using namespace datadrop::processor::http;

namespace {

eventstore::stored_membership_event joined(std::int64_t position) {
    eventstore::stored_membership_event e;
    e.position = eventstore::global_position{position};
    e.who = {domain::guild_id{5}, domain::user_id{6}};
    e.version = domain::stream_version{1};
    e.what = {domain::event_kind::member_joined,
              domain::state::none,
              domain::state::invited_or_joined,
              {}};
    e.from = domain::source::bot;
    e.idempotency_key = "k";
    return e;
}

eventstore::stored_dead_letter_event discarded(std::int64_t position) {
    return {.position = eventstore::global_position{position},
            .letter = {},
            .who = {},
            .what = domain::command_discarded{{}, "x"}};
}

eventstore::stored_membership_event left(std::int64_t position) {
    auto e = joined(position);
    e.what.kind = domain::event_kind::member_left;
    return e;
}

std::string told(std::span<const eventstore::stored_event> page, eventstore::cursor& at,
                 const eventstore::event_filter& wanted = {}) {
    return tell(feed_events(page), wanted, 1'000'000, at).text;
}

} // namespace

TEST_SUITE("http_feed") {
    TEST_CASE("an event is id, event and data, and moves the cursor") {
        eventstore::cursor at{1};
        const eventstore::stored_event page[] = {joined(3)};
        CHECK_EQ(told(page, at),
                 "id: 3~25e29d66\nevent: MemberJoined\ndata: "
                 R"({"version":1,"position":"3","event":"MemberJoined","from_state":"None",)"
                 R"("to_state":"InvitedOrJoined","source":"bot","actor":null,"reason":null,)"
                 R"("idempotency_key":"k","correlation_id":null,"occurred_at":null,)"
                 R"("recorded_at":"1970-01-01T00:00:00.000000Z","guild_id":"5","user_id":"6"})"
                 "\n\n");
        CHECK_EQ(at.text(), "3~25e29d66");
    }

    TEST_CASE("a dead letter's event moves the cursor unseen") {
        eventstore::cursor at{1};
        const eventstore::stored_event page[] = {discarded(4)};
        CHECK_EQ(told(page, at), "");
        CHECK_EQ(at.text(), "4~5a5625cb");
    }

    TEST_CASE("with several partitions an id says how far each has come") {
        eventstore::cursor at{2};
        const auto there = eventstore::position_at(eventstore::partition_number{1}, 1);
        at.advance(there);
        const eventstore::stored_event page[] = {joined(7)};
        const auto id = "id: 7~25e29d66," + std::to_string(number_of(there)) + "\n";
        CHECK_EQ(told(page, at).rfind(id, 0), 0);
    }

    TEST_CASE("what is not wanted moves the cursor unseen") {
        eventstore::cursor at{1};
        const eventstore::stored_event page[] = {joined(3), joined(4), left(5)};
        const eventstore::event_filter others{.guild = domain::guild_id{6}};
        CHECK_EQ(told(page, at, others), "");
        CHECK_EQ(at.at(eventstore::partition_number{}), eventstore::global_position{5});
        eventstore::cursor again{1};
        const eventstore::event_filter leavers{.guild = domain::guild_id{5},
                                               .kinds = {domain::event_kind::member_left}};
        CHECK_EQ(told(page, again, leavers).rfind("id: 5~", 0), 0);
    }

    TEST_CASE("a text ends with the event that fills it, and the rest is told next") {
        eventstore::cursor at{1};
        const eventstore::stored_event page[] = {joined(1), joined(2), left(3)};
        const auto events = feed_events(page);
        CHECK_EQ(tell(events, {}, 1, at).taken, 1);
        CHECK_EQ(at.at(eventstore::partition_number{}), eventstore::global_position{1});
        const auto rest = tell(std::span(events).subspan(1), {}, 1'000'000, at);
        CHECK_EQ(rest.taken, 2);
        CHECK_EQ(rest.text.rfind("id: 2~", 0), 0);
    }
}
