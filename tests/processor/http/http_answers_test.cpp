// Outcomes as clients read them, in both formats, and the status that goes with them.

#include "processor/http/answers.hpp"

#include "processor/http/outcome_detail.hpp"
#include "schemas/outcomes_generated.h"
#include "tests/processor/http/http_commands.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace datadrop;
using namespace datadrop::processor;
using namespace datadrop::processor::http;

namespace {

outcome settled(outcome_kind kind) {
    outcome o;
    o.kind = kind;
    o.who = {domain::guild_id{288659194737983489}, domain::user_id{7}};
    o.state = domain::state::banned;
    o.version = domain::stream_version{7};
    o.lifecycle = 3;
    o.attempts = 2;
    return o;
}

outcome accepted() {
    auto o = settled(outcome_kind::accepted);
    o.position = eventstore::global_position{10423};
    return o;
}

outcome with_code(outcome_kind kind, outcome_code code) {
    auto o = settled(kind);
    o.code = code;
    return o;
}

outcome parked() {
    auto o = with_code(outcome_kind::dead_lettered, outcome_code::retry_budget_spent);
    o.dead_letter = eventstore::dead_letter_id{99};
    o.replayed = true;
    return o;
}

const refused_command bad{{problem_code::invalid_field, "guild_id must be a snowflake"}};
const refused_command named{{problem_code::missing_field, "command is missing"}, 5, 7, "key-1"};

std::string json_of(const outcome& o) { return boost::json::serialize(to_json(o)); }

unsigned single_status(item_answer answer) {
    return static_cast<unsigned>(status_of(batch_answer{batch_form::single, {std::move(answer)}}));
}

struct shown_outcome {
    outcome what;
    std::string kind;
    std::string fields; // behind those that each has
};

std::vector<shown_outcome> shown_outcomes() {
    return {
        {accepted(), "accepted", R"("position":"10423","attempts":2,"replayed":false)"},
        {with_code(outcome_kind::rejected, outcome_code::transition_not_allowed), "rejected",
         R"("attempts":2,"code":"transition_not_allowed","allowed":["LiftBan"],)"
         R"("detail":"not allowed in the state Banned, which allows LiftBan")"},
        {with_code(outcome_kind::rejected, outcome_code::actor_required), "rejected",
         R"("attempts":2,"code":"actor_required",)"
         R"("detail":"actor is missing: say who asked for it")"},
        {with_code(outcome_kind::conflict, outcome_code::stale_expectation), "conflict",
         R"("attempts":2,"code":"stale_expectation","detail":"the member is Banned at version 7, )"
         R"(lifecycle 3, and not what was expected; nothing was written")"},
        {parked(), "dead_lettered",
         R"("attempts":2,"code":"retry_budget_spent","dead_letter_id":"99","replayed":true,)"
         R"("detail":"the budget was spent in 2 attempts; operators redrive or discard the )"
         R"(command as dead letter 99")"},
    };
}

} // namespace

TEST_SUITE("http_answers") {
    TEST_CASE("each outcome shows the fields of its kind and no other") {
        for (const auto& [what, kind, fields] : shown_outcomes()) {
            CAPTURE(fields);
            CHECK_EQ(json_of(what),
                     R"({"outcome":")" + kind +
                         R"(","guild_id":"288659194737983489","user_id":"7","state":"Banned",)"
                         R"("version":7,"lifecycle":3,)" +
                         fields + "}");
        }
    }

    TEST_CASE("every code has a sentence of its own, and what is accepted has none") {
        std::set<std::string> sentences;
        for (std::size_t i = 0; i < domain::count_of<outcome_code>; ++i)
            sentences.insert(
                detail_of(with_code(outcome_kind::rejected, static_cast<outcome_code>(i))));
        CHECK_EQ(sentences.size(), domain::count_of<outcome_code>);
        CHECK_FALSE(sentences.contains(""));
        CHECK_EQ(detail_of(accepted()), "");
    }

    TEST_CASE("what was not settled says that the same key is safe, and nothing of a state") {
        for (const auto kind : {outcome_kind::overloaded, outcome_kind::unavailable}) {
            const auto shown = to_json(with_code(kind, outcome_code::queue_full));
            CHECK_NE(shown.at("detail").as_string().find("safe to send again"), std::string::npos);
            CHECK_FALSE(shown.contains("state"));
            CHECK_FALSE(shown.contains("version"));
            CHECK_FALSE(shown.contains("lifecycle"));
        }
    }

    TEST_CASE("a single's status is its outcome's or its problem's") {
        CHECK_EQ(single_status(accepted()), 200);
        CHECK_EQ(single_status(settled(outcome_kind::rejected)), 422);
        CHECK_EQ(single_status(settled(outcome_kind::conflict)), 409);
        CHECK_EQ(single_status(parked()), 409);
        CHECK_EQ(single_status(settled(outcome_kind::overloaded)), 429);
        CHECK_EQ(single_status(settled(outcome_kind::unavailable)), 503);
        CHECK_EQ(single_status(bad), 400);
    }

    TEST_CASE("an array is 200 whatever its items are, but 429 when there was no room") {
        batch_answer mixed{batch_form::array, {accepted(), bad, parked()}};
        CHECK(status_of(mixed) == status::ok);
        mixed.items = {bad, settled(outcome_kind::overloaded)};
        CHECK(status_of(mixed) == status::too_many_requests);
    }

    TEST_CASE("an array keeps each answer in its place") {
        const batch_answer answer{batch_form::array, {bad, accepted()}};
        CHECK_EQ(to_json_text(answer), R"([{"outcome":"invalid","code":"invalid_field",)"
                                       R"("detail":"guild_id must be a snowflake"},)" +
                                           json_of(accepted()) + "]");
    }

    TEST_CASE("an invalid item is named as far as it could be read, in both formats") {
        CHECK_EQ(to_json_text({batch_form::array, {named}}),
                 R"([{"outcome":"invalid","guild_id":"5","user_id":"7","idempotency_key":"key-1",)"
                 R"("code":"missing_field","detail":"command is missing"}])");
        const auto bytes = to_flatbuffers({batch_form::array, {named}});
        const auto& item = *wire::GetOutcomeResponse(bytes.data())->outcomes()->Get(0);
        CHECK(item.outcome() == wire::OutcomeKind::invalid);
        CHECK(item.guild_id() == 5);
        CHECK(item.user_id() == 7);
        CHECK_EQ(item.idempotency_key()->string_view(), "key-1");
    }

    TEST_CASE("a detail is escaped") {
        const refused_command quoting{{problem_code::unknown_field, "\"a\\b\" is unknown"}};
        CHECK_EQ(to_json_text({batch_form::array, {quoting}}),
                 R"([{"outcome":"invalid","code":"unknown_field",)"
                 R"("detail":"\"a\\b\" is unknown"}])");
    }

    TEST_CASE("FlatBuffers say the same of a single") {
        const auto bytes = to_flatbuffers({batch_form::single, {parked()}});
        flatbuffers::Verifier verifier{reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                       bytes.size()};
        REQUIRE(wire::VerifyOutcomeResponseBuffer(verifier));
        const auto& o = *wire::GetOutcomeResponse(bytes.data())->outcome();
        CHECK(o.outcome() == wire::OutcomeKind::dead_lettered);
        CHECK(o.guild_id() == 288659194737983489);
        CHECK(o.state() == wire::State::Banned);
        CHECK(o.version()->value() == 7);
        CHECK(o.lifecycle()->value() == 3);
        CHECK(o.attempts() == 2);
        CHECK(o.replayed()->value());
        CHECK(o.dead_letter_id() == 99);
        CHECK_EQ(o.code()->string_view(), "retry_budget_spent");
        CHECK_EQ(o.detail()->string_view(), detail_of(parked()));
        CHECK_EQ(o.position(), 0);
        CHECK(o.allowed() == nullptr);
    }

    TEST_CASE("FlatBuffers tell a 0 from what is missing") {
        auto nobody = with_code(outcome_kind::rejected, outcome_code::transition_not_allowed);
        nobody.state = domain::state::none;
        nobody.version = {};
        nobody.lifecycle = 0;
        auto first = accepted();
        const auto bytes = to_flatbuffers({batch_form::array, {nobody, first}});
        const auto& all = *wire::GetOutcomeResponse(bytes.data())->outcomes();
        CHECK(all[0]->state() == wire::State::None);
        REQUIRE_NE(all[0]->version(), nullptr);
        CHECK_EQ(all[0]->version()->value(), 0);
        REQUIRE_NE(all[0]->lifecycle(), nullptr);
        CHECK_EQ(all[0]->lifecycle()->value(), 0);
        CHECK_EQ(all[0]->replayed(), nullptr);
        REQUIRE_NE(all[1]->replayed(), nullptr);
        CHECK_FALSE(all[1]->replayed()->value());
    }

    TEST_CASE("FlatBuffers say the same of an array") {
        const auto rejected =
            with_code(outcome_kind::rejected, outcome_code::transition_not_allowed);
        const auto overloaded = with_code(outcome_kind::overloaded, outcome_code::queue_full);
        const auto bytes = to_flatbuffers({batch_form::array, {bad, rejected, overloaded}});
        const auto& all = *wire::GetOutcomeResponse(bytes.data())->outcomes();
        REQUIRE_EQ(all.size(), 3);
        CHECK(all[0]->outcome() == wire::OutcomeKind::invalid);
        CHECK_EQ(all[0]->detail()->string_view(), bad.why.detail);
        CHECK_EQ(all[0]->guild_id(), 0);
        REQUIRE_EQ(all[1]->allowed()->size(), 1);
        CHECK(all[1]->allowed()->Get(0) == wire::CommandKind::LiftBan);
        CHECK(all[2]->state() == wire::State::missing);
        CHECK_EQ(all[2]->version(), nullptr);
        CHECK_EQ(all[2]->lifecycle(), nullptr);
        CHECK_EQ(all[2]->replayed(), nullptr);
        CHECK_NE(all[2]->detail(), nullptr);
    }

    TEST_CASE("outcomes have the same names on the wire") {
        for (std::size_t i = 0; i < domain::count_of<outcome_kind>; ++i)
            CHECK_EQ(wire::EnumNameOutcomeKind(static_cast<wire::OutcomeKind>(i + 1)),
                     domain::names<outcome_kind>[i]);
    }
}
