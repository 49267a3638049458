// POST /v1/commands, as a client sees it: every outcome's shape and status, arrays, replays.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

namespace datadrop::test {
namespace {

using domain::state;

struct item {
    json::value sent;
    std::string told;
};

/// Each item of an array is told what stands beside it.
void check_fates(connection& to, const std::vector<item>& items) {
    json::array all;
    for (const auto& one : items)
        all.push_back(one.sent);
    const auto outcomes = submit_all(to, all);
    for (std::size_t i = 0; i < items.size(); ++i) {
        CAPTURE(json::serialize(items[i].sent));
        CHECK(fields(outcomes[i], {"outcome", "code", "version", "replayed"}) == items[i].told);
    }
}

/// The outcome without what differs from run to run, and without its sentence, which only what is
/// not accepted has.
json::object settled(json::object outcome, const member& who) {
    CHECK(outcome.at("guild_id") == json::value(who.guild));
    CHECK(outcome.at("user_id") == json::value(who.user));
    CHECK(outcome.contains("detail") == (outcome.at("outcome") != "accepted"));
    for (const auto* name : {"guild_id", "user_id", "position", "detail"})
        outcome.erase(name);
    return outcome;
}

} // namespace

TEST_CASE("commands: an accepted one is 200, with version, state and position") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody();
    const auto outcome =
        submit(bot, command(who, "Join", {{"expected_version", 0}, {"expected_state", "None"}}));
    CHECK(fields(outcome, {"position"}) ==
          ask(at, "SELECT position FROM datadrop.membership_events WHERE guild_id = " + who.guild));
    CHECK(settled(outcome, who) == json::object{{"outcome", "accepted"},
                                                {"state", "InvitedOrJoined"},
                                                {"version", 1},
                                                {"lifecycle", 1},
                                                {"attempts", 1},
                                                {"replayed", false},
                                                {"status", 200}});
    CHECK(trail(at, who) == "MemberJoined None>InvitedOrJoined by bot");
}

TEST_CASE("commands: a refused transition is 422, with the commands that the state allows") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::banned);
    CHECK(settled(submit(bot, command(who, "Join")), who) ==
          json::object{{"outcome", "rejected"},
                       {"state", "Banned"},
                       {"version", 2},
                       {"lifecycle", 1},
                       {"attempts", 1},
                       {"code", "transition_not_allowed"},
                       {"allowed", json::array{"LiftBan"}},
                       {"status", 422}});
}

TEST_CASE("commands: the override's guards come in order: state, e-mail, actor") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const json::object nobody{{"actor", nullptr}};
    const auto rules = somebody_in(bot, state::rules_accepted);
    const auto code_of = [&](const json::object& more) {
        return fields(submit(bot, command(rules, "OverrideVerification", more)),
                      {"status", "code"});
    };
    CHECK(code_of(nobody) == "422 transition_not_allowed");
    CHECK(submit(bot, command(rules, "RequestVerification")).at("outcome") == "accepted");
    CHECK(code_of(nobody) == "422 email_missing");
    CHECK(submit(bot, command(rules, "RecordEmail")).at("outcome") == "accepted");
    CHECK(code_of(nobody) == "422 actor_required");
    CHECK(fields(submit(bot, command(rules, "OverrideVerification")), {"status", "state"}) ==
          "200 Verified");
}

TEST_CASE("commands: on_conflict fail is answered at once: 409 with what was found") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::role_eligible);
    for (const json::object& stale :
         {json::object{{"expected_version", 2}}, json::object{{"expected_version", 0}},
          json::object{{"expected_state", "Verified"}}}) {
        auto more = stale;
        more["on_conflict"] = "fail";
        CHECK(settled(submit(bot, command(who, "AcceptRules", more)), who) ==
              json::object{{"outcome", "conflict"},
                           {"state", "RoleEligible"},
                           {"version", 4},
                           {"lifecycle", 1},
                           {"attempts", 1},
                           {"code", "stale_expectation"},
                           {"status", 409}});
    }
}

TEST_CASE("commands: one made for an earlier stay never hits the next") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::left_guild);
    const auto stays = [&](std::string_view name, const json::object& more) {
        return fields(submit(bot, command(who, name, more)),
                      {"status", "outcome", "code", "state", "version", "lifecycle", "attempts"});
    };
    CHECK(stays("Kick", {{"expected_lifecycle", 1}}) == "200 accepted - Kicked 3 1 1");
    CHECK(stays("Join", {{"expected_lifecycle", 0}}) == "422 rejected lifecycle_over Kicked 3 1 1");
    CHECK(stays("Join", {{"expected_lifecycle", 1}}) == "200 accepted - InvitedOrJoined 4 2 1");
    for (const auto* on_conflict : {"retry", "fail"})
        CHECK(stays("Leave", {{"expected_lifecycle", 1},
                              {"expected_state", "Banned"},
                              {"on_conflict", on_conflict}}) ==
              "422 rejected lifecycle_over InvitedOrJoined 4 2 1");
    CHECK(stays("Leave", {{"expected_lifecycle", 9'007'199'254'740'991}}) ==
          "422 rejected lifecycle_over InvitedOrJoined 4 2 1");
    CHECK(stays("Leave", {{"expected_lifecycle", 2}}) == "200 accepted - LeftGuild 5 2 1");
    CHECK(shown(at, who).at("lifecycle") == 2);
}

TEST_CASE("commands: a replayed outcome tells the stay of then") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody();
    const auto join = command(who, "Join");
    CHECK(fields(submit(bot, join), {"lifecycle", "replayed"}) == "1 false");
    for (const auto* name : {"Leave", "Join"})
        CHECK(submit(bot, command(who, name)).at("outcome") == "accepted");
    CHECK(fields(submit(bot, join), {"lifecycle", "replayed"}) == "1 true");
}

TEST_CASE("commands: the same key answers the recorded outcome, whatever came after") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody();
    const auto join = command(who, "Join");
    const auto first = submit(bot, join);
    CHECK(submit(bot, command(who, "Leave")).at("outcome") == "accepted");
    const auto head = log_head(at);

    auto again = join;
    again["reason"] = "not compared";
    again["expected_version"] = 7;
    auto replayed = first;
    replayed["replayed"] = true;
    CHECK(submit(bot, again) == replayed);

    again["command"] = "Ban";
    CHECK(fields(submit(bot, again), {"status", "outcome", "code", "state", "version"}) ==
          "422 rejected idempotency_key_reused LeftGuild 2");
    CHECK(log_head(at) == head);
}

TEST_CASE("commands: what the submitter said stands in the audit trail") {
    const auto& at = shared_world();
    auto api = at.front.connect(at.api);
    const auto who = somebody();
    const auto what = command(who, "Join",
                              {{"reason", "invited by a friend –\n\tça va\r\n\\."},
                               {"actor", "80351110224678912"},
                               {"correlation_id", "trace 4 of 7"},
                               {"occurred_at", "2024-09-01T12:11:12.345+02:00"}});
    CHECK(submit(api, what).at("outcome") == "accepted");
    const auto event = history(api, who).at(0).as_object();
    for (const auto* name : {"reason", "actor", "correlation_id", "idempotency_key"})
        CHECK(event.at(name) == what.at(name));
    CHECK(fields(event, {"source", "event", "from_state", "to_state", "version", "occurred_at"}) ==
          "api MemberJoined None InvitedOrJoined 1 2024-09-01T10:11:12.345000Z");
}

TEST_CASE("commands: each item of an array has its own fate, in its own place") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody();
    const auto banned = somebody_in(bot, state::banned);
    const auto join = command(who, "Join");
    auto other = join;
    other["command"] = "Leave";
    const json::object stale{{"expected_version", 1}, {"on_conflict", "fail"}};
    check_fates(bot, {
                         {join, "accepted - 1 false"},
                         {command(who, "Verify"), "invalid invalid_field - -"},
                         {command(banned, "Join"), "rejected transition_not_allowed 2 -"},
                         {17, "invalid invalid_field - -"},
                         {command(banned, "LiftBan", stale), "conflict stale_expectation 2 -"},
                         {command(who, "BeginOnboarding"), "accepted - 2 false"},
                         {join, "accepted - 1 true"},
                         {other, "rejected idempotency_key_reused 2 -"},
                     });
}

TEST_CASE("commands: an array of 1,000 keeps its order") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto guild = somebody().guild;
    json::array all;
    for (int i = 0; i < 250; ++i) {
        const auto who = somebody_of(guild);
        for (const auto* name : {"Join", "BeginOnboarding", "CompleteOnboarding", "Join"})
            all.push_back(command(who, name));
    }
    const auto outcomes = submit_all(bot, all);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const auto version = std::min<std::size_t>(i % 4 + 1, 3);
        CHECK(fields(outcomes[i], {"user_id", "outcome", "version"}) ==
              fields(all[i].as_object(), {"user_id"}) + (i % 4 == 3 ? " rejected " : " accepted ") +
                  std::to_string(version));
    }
}

TEST_CASE("commands: the largest snowflake is taken and shown unchanged") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const member who{.guild = "9223372036854775807", .user = "9223372036854775807"};
    CHECK(submit(bot, command(who, "Join")).at("outcome") == "accepted");
    CHECK(fields(shown(at, who), {"guild_id", "user_id"}) == who.guild + " " + who.user);
}

TEST_CASE("commands: parameters of the media type are no obstacle, its case neither") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    for (const auto* type : {"application/json; charset=utf-8", "Application/JSON"})
        CHECK(bot.send({.method = "POST",
                        .target = "/v1/commands",
                        .body = json::serialize(command(somebody(), "Join")),
                        .type = type})
                  .status == 200);
}

} // namespace datadrop::test
