// What operators see of parked commands and what they can do.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

#include <thread>

namespace datadrop::test {
namespace {

/// "EventType by reason", a line for each thing that operators did.
std::string deeds(const json::value& letter) {
    std::string lines;
    for (const auto& event : letter.at("events").as_array())
        lines += fields(event.as_object(), {"type", "by", "reason"}) + "\n";
    return lines;
}

std::string status_of(connection& to, const parked_command& what) {
    return to.get(what.path()).field("status");
}

/// Events in the guild's dead-letter stream, CommandParked included.
std::string stream_length(const world& at, const parked_command& what) {
    return ask(at, "SELECT count(*) FROM datadrop.events WHERE kind = 1 AND guild_id = " +
                       what.who.guild);
}

} // namespace

TEST_CASE("dead letters: the list is by guild and status, in pages") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot);
    const auto closed = park(bot);
    CHECK(operators.post(closed.path("/discard"), {{"reason", "no longer wanted"}}).status == 200);

    const auto ids = [&](const std::string& query) {
        std::string line;
        const auto page = operators.get("/v1/dead-letters?" + query).json();
        for (const auto& letter : page.at("dead_letters").as_array())
            line += fields(letter.as_object(), {"id", "status"}) + " ";
        return line + fields(page.as_object(), {"next"});
    };
    CHECK(ids("guild_id=" + parked.who.guild) == parked.id + " parked null");
    CHECK(ids("status=discarded&guild_id=" + closed.who.guild) == closed.id + " discarded null");
    CHECK(ids("status=parked&guild_id=" + closed.who.guild) == "null");
    const auto before = std::to_string(std::stoll(parked.id) - 1);
    CHECK(ids("limit=1&after=" + before) == parked.id + " parked " + parked.id);
    for (const std::string bad :
         {"status=lost", "guild_id=x", "after=x", "limit=0", "colour=red"}) {
        CAPTURE(bad);
        const auto answer = operators.get("/v1/dead-letters?" + bad);
        CHECK(answer.status == 400);
        CHECK(answer.field("detail").find(bad.substr(0, bad.find('='))) != std::string::npos);
    }
}

TEST_CASE("dead letters: each is a line in the log, which tells nothing of what was sent") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto parked = park(bot, {{"reason", "told in confidence"}});
    const auto line = "parked: dead letter " + parked.id + ", guild " + parked.who.guild +
                      ", user " + parked.who.user + ", AcceptRules, retry_budget_spent\n";
    CHECK(eventually([&] { return at.front.log().find(line) != std::string::npos; }));
    CHECK(at.front.log().find("in confidence") == std::string::npos);
}

TEST_CASE("dead letters: what there is not is 404") {
    const auto& at = shared_world();
    auto operators = at.front.connect(at.operator_one);
    for (const auto* id :
         {"999999999", "x", "0", "1", "-1", "00000000-0000-4000-8000-000000000000"}) {
        CAPTURE(id);
        const auto path = "/v1/dead-letters/" + std::string(id);
        CHECK(operators.get(path).status == 404);
        CHECK(operators.post(path + "/redrive", json::object{}).status == 404);
        CHECK(operators.post(path + "/discard", {{"reason", "why"}}).field("code") ==
              "dead_letter_not_found");
    }
}

TEST_CASE("dead letters: a redrive runs the command under the guards, with its key and submitter") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot, {{"reason", "rules_clicked"}});
    CHECK(submit(bot, command(parked.who, "GrantEligibility")).at("outcome") == "accepted");

    const auto first = operators.post(parked.path("/redrive"), {{"reason", "state is there now"}});
    CHECK(first.status == 200);
    const auto letter = first.json().as_object();
    CHECK(fields(letter.at("outcome").as_object(), {"outcome", "state", "version", "replayed"}) ==
          "accepted RulesAccepted 5 false");
    CHECK(letter.at("status") == "redriven");
    CHECK(deeds(letter) == "CommandRedriven operator-one state is there now\n");
    const auto event = history(bot, parked.who).at(4).as_object();
    CHECK(event.at("idempotency_key") == parked.command.at("idempotency_key"));
    CHECK(event.at("reason") == "rules_clicked");

    // Everybody who asks again is told the same.
    const auto head = log_head(at);
    auto again = operators.post(parked.path("/redrive"), json::object{}).json().as_object();
    CHECK(fields(again.at("outcome").as_object(), {"outcome", "state", "version", "position"}) ==
          fields(letter.at("outcome").as_object(), {"outcome", "state", "version", "position"}));
    CHECK(deeds(again) == deeds(letter));
    CHECK(fields(submit(bot, parked.command), {"status", "outcome", "version", "replayed"}) ==
          "200 accepted 5 true");
    const auto refused = operators.post(parked.path("/discard"), {{"reason", "too late"}});
    CHECK(refused.status == 409);
    CHECK(refused.field("code") == "dead_letter_closed");
    CHECK(log_head(at) == head);
}

TEST_CASE("dead letters: a redrive that is not accepted leaves it parked, with the new attempts") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot);

    SUBCASE("the expectation still does not hold") {
        const auto answer = operators.post(parked.path("/redrive"), {{"reason", "try"}});
        const auto letter = answer.json();
        CHECK(answer.status == 200);
        CHECK(letter.at("status") == "parked");
        CHECK(fields(letter.at("outcome").as_object(), {"outcome", "state", "dead_letter_id"}) ==
              "dead_lettered OnboardingCompleted " + parked.id);
        CHECK(deeds(letter) == "RedriveFailed operator-one try\n");
        CHECK(letter.at("events").at(0).at("attempts").as_array().size() >= 2);
    }
    SUBCASE("without the expectation a rule refuses it") {
        const auto letter =
            operators.post(parked.path("/redrive"), {{"expected_state", nullptr}}).json();
        CHECK(fields(letter.at("outcome").as_object(), {"outcome", "code"}) ==
              "rejected transition_not_allowed");
        CHECK(letter.at("status") == "parked");
        CHECK(letter.at("command").at("expected_state") == "RoleEligible"); // as received, still
    }
    CHECK(history(bot, parked.who).size() == 3);
    CHECK(status_of(operators, parked) == "parked");
    CHECK(submit(bot, command(parked.who, "GrantEligibility")).at("outcome") == "accepted");
    CHECK(operators.post(parked.path("/redrive"), json::object{}).json().at("status") ==
          "redriven");
}

TEST_CASE("dead letters: expectations can be replaced and dropped") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    // Leave holds from every active state: only its expectations stand in its way.
    const auto parked =
        park(bot, {{"command", "Leave"}, {"expected_state", "Verified"}, {"expected_version", 9}});

    json::object more;
    SUBCASE("dropped") { more = {{"expected_state", nullptr}, {"expected_version", nullptr}}; }
    SUBCASE("the state replaced") { more = {{"expected_state", "OnboardingCompleted"}}; }
    SUBCASE("both replaced") {
        more = {{"expected_state", "OnboardingCompleted"}, {"expected_version", 3}};
    }
    const auto letter = operators.post(parked.path("/redrive"), more).json();
    CHECK(fields(letter.at("outcome").as_object(), {"outcome", "state", "version"}) ==
          "accepted LeftGuild 4");
    CHECK(fields(letter.at("command").as_object(), {"expected_state", "expected_version"}) ==
          "Verified 9");
}

TEST_CASE(
    "dead letters: a redrive hits the stay that the command was made for, or the one that the "
    "operator says, if any") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(
        bot, {{"command", "Leave"}, {"expected_state", "Verified"}, {"expected_lifecycle", 1}});
    for (const auto* name : {"Leave", "Join"})
        CHECK(submit(bot, command(parked.who, name)).at("outcome") == "accepted");
    const auto redriven = [&](json::object more) {
        more["expected_state"] = nullptr;
        const auto letter = operators.post(parked.path("/redrive"), more).json();
        CHECK(letter.at("command").at("expected_lifecycle") == 1); // as received
        return fields(letter.at("outcome").as_object(), {"outcome", "code", "state", "lifecycle"});
    };
    CHECK(redriven({}) == "rejected lifecycle_over InvitedOrJoined 2");
    CHECK(redriven({{"expected_lifecycle", 3}}) == "rejected lifecycle_over InvitedOrJoined 2");
    json::object more;
    SUBCASE("dropped") { more = {{"expected_lifecycle", nullptr}}; }
    SUBCASE("replaced") { more = {{"expected_lifecycle", 2}}; }
    CHECK(redriven(more) == "accepted - LeftGuild 2");
}

TEST_CASE("dead letters: discarding needs a reason, closes for good, and is idempotent") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot);
    for (const auto* body :
         {"", "{}", R"({"reason":null})", R"({"reason":""})", R"({"reason":"  "})",
          R"({"reason":7})", R"({"reason":"x","colour":"red"})", "[]", "{"}) {
        CAPTURE(body);
        CHECK(operators.post_text(parked.path("/discard"), body).status == 400);
    }
    CHECK(stream_length(at, parked) == "1");

    const auto letter = operators.post(parked.path("/discard"), {{"reason", "left long ago"}});
    CHECK(letter.status == 200);
    CHECK(letter.field("status") == "discarded");
    CHECK(deeds(letter.json()) == "CommandDiscarded operator-one left long ago\n");
    auto other = at.front.connect(at.operator_two);
    CHECK(other.post(parked.path("/discard"), {{"reason", "me too"}}).body == letter.body);
    CHECK(other.post(parked.path("/redrive"), json::object{}).status == 409);
    CHECK(stream_length(at, parked) == "2");
    CHECK(
        fields(submit(bot, parked.command), {"status", "outcome", "dead_letter_id", "replayed"}) ==
        "409 dead_lettered " + parked.id + " true");
}

TEST_CASE(
    "dead letters: a redrive's body that cannot be understood names the field, and does nothing") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot);
    const auto head = log_head(at);
    for (const auto& [body, named] : std::vector<std::pair<std::string, std::string>>{
             {R"({"expected_state":"Nowhere"})", "expected_state"},
             {R"({"expected_version":-1})", "expected_version"},
             {R"({"expected_version":"3"})", "expected_version"},
             {R"({"expected_lifecycle":"1"})", "expected_lifecycle"},
             {R"({"reason":7})", "reason"},
             {R"({"reason":"a\u0000b"})", "reason"},
             {R"({"force":true})", "force"}}) {
        CAPTURE(body);
        const auto answer = operators.post_text(parked.path("/redrive"), body);
        CHECK(answer.status == 400);
        CHECK(answer.field("detail").find(named) != std::string::npos);
    }
    CHECK(log_head(at) == head);
}

TEST_CASE(
    "dead letters: of two operators at once one redrive is written, and both are told of it") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const server other(at.variables);
    for (int round = 0; round < 10; ++round) {
        const auto parked = park(bot);
        CHECK(submit(bot, command(parked.who, "GrantEligibility")).at("outcome") == "accepted");
        std::vector<std::string> told(4);
        std::vector<std::thread> operators;
        for (std::size_t i = 0; i < told.size(); ++i)
            operators.emplace_back([&, i] {
                auto to =
                    i % 2 == 0 ? at.front.connect(at.operator_one) : other.connect(at.operator_two);
                told[i] = fields(to.post(parked.path("/redrive"), json::object{})
                                     .json()
                                     .at("outcome")
                                     .as_object(),
                                 {"outcome", "state", "version"});
            });
        for (auto& someone : operators)
            someone.join();
        CHECK(told == std::vector<std::string>(4, "accepted RulesAccepted 5"));
        CHECK(history(bot, parked.who).size() == 5);
        CHECK(stream_length(at, parked) == "2");
    }
}

TEST_CASE("dead letters: a redrive and a discard at once: one wins, the other is told so") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const server other(at.variables);
    for (int round = 0; round < 10; ++round) {
        const auto parked = park(bot);
        CHECK(submit(bot, command(parked.who, "GrantEligibility")).at("outcome") == "accepted");
        http_answer redriven;
        std::thread redriving([&] {
            redriven =
                at.front.connect(at.operator_one).post(parked.path("/redrive"), json::object{});
        });
        const auto discarded =
            other.connect(at.operator_two).post(parked.path("/discard"), {{"reason", "no"}});
        redriving.join();
        CHECK((redriven.status == 200) != (discarded.status == 200));
        CHECK((redriven.status == 409) != (discarded.status == 409));
        CHECK(history(bot, parked.who).size() == (redriven.status == 200 ? 5 : 4));
        CHECK(stream_length(at, parked) == "2");
    }
}

} // namespace datadrop::test
