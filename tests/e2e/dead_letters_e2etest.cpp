// What operators see of parked commands and what they can do.

#include "tests/e2e/support/verbs.hpp"
#include "tests/support/at_once.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

#include <map>
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

/// The letter after a redrive; the answer must be 200.
json::object redrive(connection& to, const parked_command& what, const json::object& more = {}) {
    const auto answer = to.post(what.path("/redrive"), more);
    CHECK(answer.status == 200);
    return answer.json().as_object();
}

std::string outcome(const json::object& letter, const std::vector<std::string>& names) {
    return fields(letter.at("outcome").as_object(), names);
}

/// Id and status of each letter of a page, and where the next page begins.
std::string listed(connection& to, const std::string& query) {
    std::string line;
    const auto page = to.get("/v1/dead-letters?" + query).json();
    for (const auto& letter : page.at("dead_letters").as_array())
        line += fields(letter.as_object(), {"id", "status"}) + " ";
    return line + fields(page.as_object(), {"next"});
}

/// As it was sent, with a fingerprint in the place of the address.
void check_payload_shown(const json::object& shown, const json::object& sent) {
    const auto& there = shown.at("payload").as_object();
    const auto* given = sent.if_contains("payload");
    auto expected = given == nullptr ? json::object{} : given->as_object();
    CHECK(there.contains("email_fingerprint") == (expected.erase("email") > 0));
    for (const auto& [name, value] : expected)
        CHECK(there.at(name) == value);
}

/// Everybody who asks again for what was redriven is told the same.
void check_told_again(const world& at, const parked_command& what, const json::object& letter) {
    auto operators = at.front.connect(at.operator_one);
    auto bot = at.front.connect(at.bot);
    const auto head = log_head(at);
    const auto again = redrive(operators, what);
    const std::vector<std::string> told{"outcome", "state", "version", "position"};
    CHECK(outcome(again, told) == outcome(letter, told));
    CHECK(deeds(again) == deeds(letter));
    CHECK(fields(submit(bot, what.command), {"status", "outcome", "version", "replayed"}) ==
          "200 accepted 5 true");
    const auto refused = operators.post(what.path("/discard"), {{"reason", "too late"}});
    CHECK(refused.status == 409);
    CHECK(refused.field("code") == "dead_letter_closed");
    CHECK(log_head(at) == head);
}

/// Nothing was written for the member, and it can be redriven once its state has come.
void check_is_there_still(const world& at, const parked_command& what) {
    auto operators = at.front.connect(at.operator_one);
    auto bot = at.front.connect(at.bot);
    CHECK(history(bot, what.who).size() == 3);
    CHECK(operators.get(what.path()).field("status") == "parked");
    check_accepted(submit(bot, command(what.who, "GrantEligibility")));
    CHECK(redrive(operators, what).at("status") == "redriven");
}

constexpr const char* discards_without_reason[] = {
    "",
    "{}",
    R"({"reason":null})",
    R"({"reason":""})",
    R"({"reason":"  "})",
    R"({"reason":7})",
    R"({"reason":"x","colour":"red"})",
    "[]",
    "{",
};

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

    const auto of_first = "guild_id=" + parked.who.guild, of_other = "guild_id=" + closed.who.guild;
    CHECK(listed(operators, of_first) == parked.id + " parked null");
    CHECK(listed(operators, "status=discarded&" + of_other) == closed.id + " discarded null");
    CHECK(listed(operators, "status=parked&" + of_other) == "null");
    const auto before = std::to_string(std::stoll(parked.id) - 1);
    CHECK(listed(operators, "limit=1&after=" + before) == parked.id + " parked " + parked.id);
}

TEST_CASE("dead letters: a parameter that cannot be understood is named") {
    const auto& at = shared_world();
    auto operators = at.front.connect(at.operator_one);
    for (const std::string bad : {"status=lost", "guild_id=x", "user_id=0", "command=Jump",
                                  "code=No!", "parked_before=yesterday", "parked_after=2024-09-01",
                                  "after=x", "limit=0", "colour=red"}) {
        CAPTURE(bad);
        check_names(operators.get("/v1/dead-letters?" + bad), bad.substr(0, bad.find('=')));
    }
}

TEST_CASE("dead letters: they are counted by code, those that wait unless said otherwise") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot);
    const auto of = "/v1/dead-letters/counts?guild_id=" + parked.who.guild;
    const auto since = operators.get(parked.path()).field("parked_at");
    CHECK(operators.get(of).json() ==
          json::value{
              {"count", 1},
              {"oldest_parked_at", since},
              {"by_code",
               {{{"code", "retry_budget_spent"}, {"count", 1}, {"oldest_parked_at", since}}}}});
    CHECK(operators.get(of + "&command=AcceptRules&parked_before=" + since).field("count") == "0");
    CHECK(operators.get(of + "&status=discarded").json() ==
          json::value{{"count", 0}, {"oldest_parked_at", nullptr}, {"by_code", json::array{}}});
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
    check_accepted(submit(bot, command(parked.who, "GrantEligibility")));

    const auto letter = redrive(operators, parked, {{"reason", "state is there now"}});
    CHECK(outcome(letter, {"outcome", "state", "version", "replayed"}) ==
          "accepted RulesAccepted 5 false");
    CHECK(letter.at("status") == "redriven");
    CHECK(deeds(letter) == "CommandRedriven operator-one state is there now\n");
    const auto event = history(bot, parked.who).at(4).as_object();
    CHECK(event.at("idempotency_key") == parked.command.at("idempotency_key"));
    CHECK(event.at("reason") == "rules_clicked");
    check_told_again(at, parked, letter);
}

TEST_CASE("dead letters: each command is shown with what it came with, but no address") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody();
    json::array sent;
    for (std::size_t i = 0; i < domain::count_of<domain::command_kind>; ++i)
        sent.push_back(command(somebody_of(who.guild), domain::names<domain::command_kind>[i],
                               { {"expected_state", "Verified"} }));
    for (const auto& outcome : submit_all(bot, sent))
        CHECK(outcome.at("outcome") == "dead_lettered");
    const auto page =
        at.front.connect(at.operator_one).get("/v1/dead-letters?guild_id=" + who.guild).json();
    std::map<std::string, json::value> shown;
    for (const auto& letter : page.at("dead_letters").as_array())
        shown[fields(letter.at("command").as_object(), {"user_id"})] = letter.at("command");
    for (const auto& one : sent) {
        const auto& there = shown.at(fields(one.as_object(), {"user_id"})).as_object();
        const std::vector<std::string> names{"command", "idempotency_key", "expected_state"};
        CHECK(fields(there, names) == fields(one.as_object(), names));
        check_payload_shown(there, one.as_object());
    }
}

TEST_CASE("dead letters: a redrive that is not accepted leaves it parked, with the new attempts") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot);

    SUBCASE("the expectation still does not hold") {
        const auto letter = redrive(operators, parked, {{"reason", "try"}});
        CHECK(letter.at("status") == "parked");
        CHECK(outcome(letter, {"outcome", "state", "dead_letter_id"}) ==
              "dead_lettered OnboardingCompleted " + parked.id);
        CHECK(deeds(letter) == "RedriveFailed operator-one try\n");
        CHECK(letter.at("events").at(0).at("attempts").as_array().size() >= 2);
    }
    SUBCASE("without the expectation a rule refuses it") {
        const auto letter = redrive(operators, parked, {{"expected_state", nullptr}});
        CHECK(outcome(letter, {"outcome", "code"}) == "rejected transition_not_allowed");
        CHECK(letter.at("status") == "parked");
        CHECK(letter.at("command").at("expected_state") == "RoleEligible"); // as received, still
    }
    check_is_there_still(at, parked);
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

TEST_CASE("dead letters: discarding needs a reason") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot);
    for (const auto* body : discards_without_reason) {
        CAPTURE(body);
        CHECK(operators.post_text(parked.path("/discard"), body).status == 400);
    }
    CHECK(stream_length(at, parked) == "1");
}

TEST_CASE("dead letters: discarding closes for good, and is idempotent") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot);
    const auto letter = operators.post(parked.path("/discard"), {{"reason", "left long ago"}});
    CHECK(letter.status == 200);
    CHECK(letter.field("status") == "discarded");
    CHECK(deeds(letter.json()) == "CommandDiscarded operator-one left long ago\n");
    auto other = at.front.connect(at.operator_two);
    CHECK(other.post(parked.path("/discard"), {{"reason", "me too"}}).body == letter.body);
    CHECK(other.post(parked.path("/redrive"), json::object{}).status == 409);
    CHECK(stream_length(at, parked) == "2");
    const auto again = submit(bot, parked.command);
    CHECK(fields(again, {"status", "outcome", "dead_letter_id", "replayed"}) ==
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
    const std::vector<std::string> told(4, "accepted RulesAccepted 5");
    for (int round = 0; round < 10; ++round) {
        const auto parked = park(bot);
        check_accepted(submit(bot, command(parked.who, "GrantEligibility")));
        CHECK(at_once(told.size(), [&](std::size_t i) {
                  auto to = i % 2 == 0 ? at.front.connect(at.operator_one)
                                       : other.connect(at.operator_two);
                  return outcome(redrive(to, parked), {"outcome", "state", "version"});
              }) == told);
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
