// Problems and feed texts as they stand on the wire.

#include "processor/http/feed.hpp"
#include "processor/http/problem.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <set>
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

} // namespace

TEST_SUITE("http_problem") {
    TEST_CASE("a problem has type, title, status, detail and code") {
        const auto answer = to_response({problem_code::invalid_field, "reason is too long"});
        CHECK_EQ(answer.result_int(), 400);
        CHECK_EQ(answer[field::content_type], "application/problem+json");
        CHECK_EQ(answer.body(), R"({"type":"urn:datadrop:problem:invalid_field",)"
                                R"("title":"A field's value is invalid","status":400,)"
                                R"("detail":"reason is too long","code":"invalid_field"})");
    }

    TEST_CASE("a problem without a sentence of its own says its title") {
        const auto answer = to_response({problem_code::internal_error});
        CHECK_EQ(boost::json::parse(answer.body()).at("detail").as_string(),
                 "Something went wrong here");
        CHECK_EQ(answer.result_int(), 500);
    }

    TEST_CASE("codes are distinct") {
        std::set<std::string_view> names;
        const auto count = static_cast<int>(problem_code::internal_error) + 1;
        for (int i = 0; i < count; ++i)
            names.insert(name_of(static_cast<problem_code>(i)));
        CHECK_EQ(names.size(), static_cast<std::size_t>(count));
    }

    TEST_CASE("who is to come again is told when") {
        CHECK_EQ(to_response({problem_code::database_unavailable})[field::retry_after], "1");
        CHECK_EQ(make_response(status::too_many_requests, json_type, "{}")[field::retry_after],
                 "1");
        CHECK_EQ(to_response({problem_code::forbidden}).count(field::retry_after), 0);
    }
}

TEST_SUITE("http_message") {
    TEST_CASE("a head has its status, its fields and a blank line") {
        auto answer = make_response(status::ok, json_type, "{}");
        answer.prepare_payload();
        CHECK_EQ(head_text(answer), "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                    "Cache-Control: no-store\r\nContent-Length: 2\r\n\r\n");
        answer.version(10);
        CHECK_EQ(head_text(answer).rfind("HTTP/1.0 200 OK\r\n", 0), 0);
    }
}

TEST_SUITE("http_feed") {
    TEST_CASE("an event is id, event and data, and moves the cursor") {
        eventstore::cursor at{1};
        const eventstore::stored_event page[] = {joined(3)};
        CHECK_EQ(feed_text(page, at),
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
        CHECK_EQ(feed_text(page, at), "");
        CHECK_EQ(at.text(), "4~5a5625cb");
    }

    TEST_CASE("with several partitions an id says how far each has come") {
        eventstore::cursor at{2};
        const auto there = eventstore::position_at(eventstore::partition_number{1}, 1);
        at.advance(there);
        const eventstore::stored_event page[] = {joined(7)};
        const auto id = "id: 7~25e29d66," + std::to_string(number_of(there)) + "\n";
        CHECK_EQ(feed_text(page, at).rfind(id, 0), 0);
    }
}
