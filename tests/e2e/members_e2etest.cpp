// What readers see: members, pages, the audit trail, the projection's standing.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <future>
#include <set>

namespace datadrop::test {
namespace {

using domain::state;

/// Walks all pages; the user ids in the order in which they came.
std::vector<std::string> walk(connection& to, const std::string& query) {
    std::vector<std::string> users;
    std::string after;
    for (int pages = 0; pages < 100; ++pages) {
        const auto page = to.get("/v1/members?" + query + after).json();
        for (const auto& row : page.at("members").as_array())
            users.push_back(fields(row.as_object(), {"user_id"}));
        if (page.at("next").is_null()) return users;
        after = "&after=" + std::string(page.at("next").as_string());
    }
    FAIL("the pages do not end");
    return users;
}

} // namespace

TEST_CASE("members: one is shown as its last event left it") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::verification_pending);
    auto row = shown(at, who);
    CHECK(std::string(row.at("updated_at").as_string()).ends_with("Z"));
    row.erase("updated_at");
    CHECK(fields(row, {"position"}) ==
          ask(at, "SELECT max(position) FROM datadrop.membership_events WHERE guild_id = " +
                      who.guild));
    row.erase("position");
    CHECK(row == json::object{{"guild_id", who.guild},
                              {"user_id", who.user},
                              {"state", "VerificationPending"},
                              {"version", 6},
                              {"lifecycle", 1},
                              {"has_email", true}});
}

TEST_CASE("members: a new lifecycle starts without an e-mail, in the same trail") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::verified);
    submit_all(bot, {command(who, "Leave"), command(who, "Join")});
    CHECK(fields(shown(at, who), {"state", "version", "lifecycle", "has_email"}) ==
          "InvitedOrJoined 9 2 false");
    CHECK(history(bot, who).size() == 9);
}

TEST_CASE("members: one whose first event is not projected yet is answered from the log") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody();
    auto projector = at.database.connect();
    projector.begin(); // nobody moves the checkpoint meanwhile
    projector.run("SELECT FROM datadrop.projection_checkpoints FOR UPDATE");
    submit_all(bot, {command(who, "Join"), command(who, "BeginOnboarding")});
    const auto seen = bot.get(who.path());
    CHECK(ask(at, "SELECT count(*) FROM datadrop.membership WHERE user_id = " + who.user) == "0");
    CHECK(bot.get(somebody_of(who.guild).path()).status == 404);
    projector.rollback();
    REQUIRE(seen.status == 200);
    CHECK(seen.json() == shown(at, who));
}

TEST_CASE("members: nobody is 404, and what is no snowflake is refused") {
    const auto& at = shared_world();
    auto reader = at.front.connect(at.reader);
    for (const auto* behind : {"", "/history"}) {
        const auto answer = reader.get(somebody().path() + behind);
        CHECK(answer.status == 404);
        CHECK(answer.type() == "application/problem+json");
        CHECK(answer.field("code") == "member_not_found");
    }
    for (const auto* bad :
         {"abc", "0", "-1", "007", "9223372036854775808", "1%20", "%00", "1%27--"}) {
        CAPTURE(bad);
        const auto answer = reader.get("/v1/members/" + std::string(bad) + "/5");
        CHECK((answer.status == 400 || answer.status == 404));
        CHECK(answer.type() == "application/problem+json");
    }
}

TEST_CASE("members: min_position waits for the projection, and says when it does not come") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody();
    const auto position = fields(submit(bot, command(who, "Join")), {"position"});
    CHECK(bot.get(who.path() + "?min_position=" + position).field("version") == "1");

    auto projector = at.database.connect();
    projector.begin(); // nobody moves the checkpoint meanwhile
    projector.run("SELECT FROM datadrop.projection_checkpoints FOR UPDATE");
    const auto next = fields(submit(bot, command(who, "Leave")), {"position"});
    const auto late = bot.get(who.path() + "?min_position=" + next);
    projector.rollback();
    CHECK(late.status == 504);
    CHECK(late.field("code") == "projection_behind");
    const auto beyond =
        bot.get(who.path() + "?min_position=" + std::to_string(std::stoll(position) + 1'000'000));
    CHECK(beyond.status == 409);
    CHECK(beyond.field("code") == "position_unknown");
    for (const auto* bad : {"x", "-1", "1,2", "", "99999999999999999999"}) {
        const auto refused = bot.get(who.path() + "?min_position=" + bad);
        CHECK(refused.status == 400);
        CHECK(refused.field("detail").find("min_position") != std::string::npos);
    }
}

TEST_CASE("members: pages show each member once, by guild and state") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto guild = somebody().guild;
    std::set<std::string> all;
    std::set<std::string> left;
    json::array commands;
    for (int i = 0; i < 25; ++i) {
        const auto who = somebody_of(guild);
        commands.push_back(command(who, "Join"));
        all.insert(who.user);
        if (i % 5 != 0) continue;
        commands.push_back(command(who, "Leave"));
        left.insert(who.user);
    }
    const auto last = fields(submit_all(bot, commands).back(), {"position"});
    CHECK(bot.get(somebody().path() + "?min_position=" + last).status == 404);

    const auto seen = walk(bot, "limit=7&guild_id=" + guild);
    CHECK(seen.size() == 25);
    CHECK(std::set(seen.begin(), seen.end()) == all);
    const auto gone = walk(bot, "limit=2&state=LeftGuild&guild_id=" + guild);
    CHECK(gone.size() == 5);
    CHECK(std::set(gone.begin(), gone.end()) == left);
    CHECK(walk(bot, "state=Banned&guild_id=" + guild).empty());
    CHECK(walk(bot, "limit=1000").size() ==
          std::stoul(ask(at, "SELECT count(*) FROM datadrop.membership")));
}

TEST_CASE("members: a parameter that cannot be understood is named") {
    const auto& at = shared_world();
    auto reader = at.front.connect(at.reader);
    for (const std::string name :
         {"guild_id=x", "guild_id=0", "state=Nowhere", "limit=0", "limit=1001", "limit=x",
          "after=x", "colour=red", "limit=1&limit=2"}) {
        CAPTURE(name);
        const auto answer = reader.get("/v1/members?" + name);
        CHECK(answer.status == 400);
        CHECK(answer.field("detail").find(name.substr(0, name.find('='))) != std::string::npos);
    }
}

TEST_CASE("projection: stands at the log's head once it has caught up") {
    const auto& at = shared_world();
    auto operators = at.front.connect(at.operator_one);
    const auto who = somebody();
    CHECK(submit(operators, command(who, "Join")).at("outcome") == "accepted");
    shown(at, who);
    const auto head = log_head(at);
    const auto standing = operators.get("/v1/projection").json().as_object();
    CHECK(fields(standing, {"position", "head", "lag_events", "rebuild"}) ==
          head + " " + head + " 0 null");
    CHECK(standing.at("lag_seconds").to_number<double>() == 0);
}

// It was 500, which no client tries again.
TEST_CASE("members: a read that the database cuts off is 503, and safe to send again") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::verified);
    CHECK(shown(at, who).at("state") == "Verified");
    auto holder = at.database.connect();
    holder.begin();
    holder.run("LOCK datadrop.membership");
    auto reading =
        std::async(std::launch::async, [&] { return at.front.connect(at.reader).get(who.path()); });
    CHECK(eventually([&] {
        return !ask(at, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = "
                        "current_database() AND wait_event_type = 'Lock' LIMIT 1")
                    .empty();
    }));
    const auto answer = reading.get();
    holder.rollback();
    CHECK(answer.status == 503);
    CHECK(answer.field("code") == "database_unavailable");
    CHECK_FALSE(answer.header("retry-after").empty());
    CHECK(at.front.connect(at.reader).get(who.path()).status == 200);
}

} // namespace datadrop::test
