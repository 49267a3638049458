// What operators know before they act on a dead letter, and that they act on what they saw.

#include "tests/e2e/support/verbs.hpp"
#include "tests/support/at_once.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace datadrop::test {
namespace {

http_answer act(connection& to, const parked_command& what, const std::string& verb,
                const std::string& if_match, const json::object& body = {}) {
    return to.send({.method = "POST",
                    .target = what.path("/" + verb),
                    .body = json::serialize(body),
                    .headers = {{"If-Match", if_match}}});
}

/// "accepted RulesAccepted …": what a redrive would do.
std::string would(connection& to, const parked_command& what, const json::object& more,
                  const std::vector<std::string>& names) {
    const auto answer = to.post(what.path("/preview"), more);
    CHECK(answer.status == 200);
    return fields(answer.json().at("would").as_object(), names);
}

const json::object discard_body{{"reason", "no longer wanted"}};

} // namespace

TEST_CASE("dead letters: each attempt tells what was stated and who had won") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot, {{"expected_version", 9}});
    const auto letter = operators.get(parked.path()).json().as_object();
    const auto& attempts = letter.at("attempts").as_array();
    CHECK(attempts.at(0).at("stated") == json::array{"expected_state", "expected_version"});
    CHECK(attempts.at(1).at("stated") == json::array{"expected_state"});
    const auto last = history(bot, parked.who).back().as_object();
    for (const auto& one : attempts) {
        CHECK(fields(one.at("winner").as_object(), {"version", "event", "source", "actor"}) ==
              "3 OnboardingCompleted bot null");
        CHECK(one.at("winner").at("at") == last.at("recorded_at"));
    }
    CHECK(fields(letter, {"summary"})
              .starts_with("wanted RoleEligible at version 9, found OnboardingCompleted at version "
                           "3 once, then OnboardingCompleted "));
}

TEST_CASE("dead letters: the operator of a redrive states what it expects instead") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot);
    operators.post(parked.path("/redrive"), {{"expected_state", nullptr}, {"expected_version", 3}});
    const auto letter = operators.get(parked.path()).json();
    CHECK(letter.at("events").at(0).at("attempts").at(0).at("stated") ==
          json::array{"expected_version"});
}

TEST_CASE("dead letters: where the member stands, and what happened to it since") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot);
    const auto granted = submit(bot, command(parked.who, "GrantEligibility", {{"actor", "ana"}}));
    const auto letter = operators.get(parked.path()).json().as_object();
    CHECK(fields(letter.at("member").as_object(), {"state", "version", "lifecycle"}) ==
          "RoleEligible 4 1");
    REQUIRE(letter.at("since").as_array().size() == 1);
    CHECK(fields(letter.at("since").at(0).as_object(),
                 {"version", "event", "to_state", "source", "actor", "position"}) ==
          "4 EligibilityGranted RoleEligible bot ana " + fields(granted, {"position"}));
}

TEST_CASE("dead letters: a preview tells what a redrive would do, and does nothing") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot);
    const auto head = log_head(at);
    CHECK(would(operators, parked, {}, {"outcome", "code", "state", "version"}) ==
          "dead_lettered retry_budget_spent OnboardingCompleted 3");
    CHECK(would(operators, parked, {{"expected_state", nullptr}}, {"outcome", "code", "allowed"})
              .starts_with("rejected transition_not_allowed [\"GrantEligibility\""));
    CHECK(would(operators, parked, {{"expected_lifecycle", 7}}, {"outcome", "code"}) ==
          "rejected lifecycle_over");
    CHECK(log_head(at) == head);
    check_names(operators.post(parked.path("/preview"), {{"expected_state", "Nowhere"}}),
                "expected_state");

    check_accepted(submit(bot, command(parked.who, "GrantEligibility")));
    const auto before = log_head(at);
    // A version that is stale costs an attempt, no more.
    CHECK(would(operators, parked, {{"expected_version", 3}},
                {"outcome", "event", "from_state", "to_state", "version"}) ==
          "accepted RulesAccepted RoleEligible RulesAccepted 5");
    CHECK(log_head(at) == before);
    CHECK(operators.post(parked.path("/redrive"), json::object{}).field("status") == "redriven");
    CHECK(history(bot, parked.who).back().at("event") == "RulesAccepted");
    check_problem(operators.post(parked.path("/preview"), json::object{}), 409,
                  "dead_letter_closed");
    check_problem(operators.post("/v1/dead-letters/999999999/preview", json::object{}), 404,
                  "dead_letter_not_found");
}

TEST_CASE("dead letters: an act on another than was looked at is not done") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot);
    const auto shown = operators.get(parked.path());
    const auto etag = shown.header("etag");
    CHECK(etag == shown.field("etag"));
    const auto listed = operators.get("/v1/dead-letters?guild_id=" + parked.who.guild).json();
    CHECK(listed.at("dead_letters").at(0).at("etag").as_string() == etag);

    const auto head = log_head(at);
    for (const auto& other : {std::string("\"0000\""), "W/" + etag, std::string("\"x\", \"\"")})
        for (const auto* verb : {"preview", "redrive", "discard"}) {
            CAPTURE(other);
            const auto body = verb == std::string("discard") ? discard_body : json::object{};
            check_problem(act(operators, parked, verb, other, body), 412, "dead_letter_changed");
        }
    check_problem(act(operators, parked, "redrive", "0000"), 400, "malformed_request");
    CHECK(log_head(at) == head);

    CHECK(act(operators, parked, "preview", etag).header("etag") == etag);
    CHECK(act(operators, parked, "redrive", "\"x\", " + etag).status == 200);
    const auto changed = act(operators, parked, "discard", etag, discard_body);
    check_problem(changed, 412, "dead_letter_changed");
    CHECK(changed.field("detail").find("RedriveFailed by operator-one at ") != std::string::npos);
    const auto done = act(operators, parked, "discard", "*", discard_body);
    CHECK(done.field("status") == "discarded");
    CHECK(done.header("etag") == done.field("etag"));
    CHECK(act(operators, parked, "discard", done.header("etag"), discard_body).status == 200);
}

TEST_CASE("dead letters: of those who act at once on what they saw one wins, the others are told") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const server other(at.variables);
    std::vector<int> one_of_four{200, 412, 412, 412};
    for (int round = 0; round < 10; ++round) {
        const auto parked = park(bot);
        const auto etag = at.front.connect(at.operator_one).get(parked.path()).header("etag");
        auto told = at_once(one_of_four.size(), [&](std::size_t i) {
            auto mine =
                (i % 2 == 0 ? at.front : other).connect(i < 2 ? at.operator_one : at.operator_two);
            // What is not accepted is an act as well: it changes what the others saw.
            return i == 0 ? act(mine, parked, "discard", etag, discard_body).status
                          : act(mine, parked, "redrive", etag).status;
        });
        std::ranges::sort(told);
        CHECK(told == one_of_four);
        CHECK(at.front.connect(at.operator_one)
                  .get(parked.path())
                  .json()
                  .at("events")
                  .as_array()
                  .size() == 1);
    }
}

} // namespace datadrop::test
