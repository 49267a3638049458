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

/// Nobody moves the checkpoint while it is there.
class held_projection {
  public:
    explicit held_projection(const world& at) : db_(at.database.connect()) {
        db_.begin();
        db_.run("SELECT FROM datadrop.projection_checkpoints FOR UPDATE");
    }
    void release() { db_.rollback(); }

  private:
    eventstore::postgres::session db_;
};

struct guild_of_25 {
    std::string guild = somebody().guild;
    std::set<std::string> all{};
    std::set<std::string> left{}; // each fifth of them
};

/// All are shown when it returns.
guild_of_25 make_guild(connection& to) {
    guild_of_25 made;
    json::array commands;
    for (int i = 0; i < 25; ++i) {
        const auto who = somebody_of(made.guild);
        commands.push_back(command(who, "Join"));
        made.all.insert(who.user);
        if (i % 5 != 0) continue;
        commands.push_back(command(who, "Leave"));
        made.left.insert(who.user);
    }
    const auto last = fields(submit_all(to, commands).back(), {"position"});
    CHECK(to.get(somebody().path() + "?min_position=" + last).status == 404);
    return made;
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
    held_projection held(at);
    submit_all(bot, {command(who, "Join"), command(who, "BeginOnboarding")});
    const auto seen = bot.get(who.path());
    CHECK(ask(at, "SELECT count(*) FROM datadrop.membership WHERE user_id = " + who.user) == "0");
    CHECK(bot.get(somebody_of(who.guild).path()).status == 404);
    held.release();
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
    const auto from = [&](const std::string& position) {
        return bot.get(who.path() + "?min_position=" + position);
    };
    const auto position = fields(submit(bot, command(who, "Join")), {"position"});
    CHECK(from(position).field("version") == "1");
    held_projection held(at);
    const auto late = from(fields(submit(bot, command(who, "Leave")), {"position"}));
    held.release();
    check_problem(late, 504, "projection_behind");
    check_problem(from(std::to_string(std::stoll(position) + 1'000'000)), 409, "position_unknown");
    for (const auto* bad : {"x", "-1", "1,2", "", "99999999999999999999"}) {
        CAPTURE(bad);
        check_names(from(bad), "min_position");
    }
}

TEST_CASE("members: min_position=latest shows all that is in the log, of one member and in pages") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody();
    const auto page = "/v1/members?min_position=latest&guild_id=" + who.guild;
    submit(bot, command(who, "Join"));
    CHECK(bot.get(page).json().at("members").as_array().size() == 1);
    held_projection held(at);
    submit(bot, command(who, "Leave"));
    const auto late = bot.get(page);
    held.release();
    check_problem(late, 504, "projection_behind");
    const auto row = bot.get(page).json().at("members").as_array().at(0);
    CHECK(row == bot.get(who.path() + "?min_position=latest").json());
    CHECK(row.at("state") == "LeftGuild");
}

TEST_CASE("members: pages show each member once, by guild and state") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto [guild, all, left] = make_guild(bot);
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
    for (const std::string bad :
         {"guild_id=x", "guild_id=0", "state=Nowhere", "limit=0", "limit=1001", "limit=x",
          "after=x", "min_position=newest", "colour=red", "limit=1&limit=2"}) {
        CAPTURE(bad);
        check_names(reader.get("/v1/members?" + bad), bad.substr(0, bad.find('=')));
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

TEST_CASE("projection: shows a rebuild as far as it has come") {
    const auto& at = shared_world();
    auto rebuilding = at.database.connect();
    // As a rebuild at work holds it; what a dead one left behind is not shown.
    rebuilding.run("SELECT pg_advisory_lock(1684108385, 64)");
    rebuilding.run("INSERT INTO datadrop.projection_rebuilds VALUES (0, 5, 10, now())");
    const auto shown = at.front.connect(at.operator_one).get("/v1/projection").json();
    rebuilding.run("DELETE FROM datadrop.projection_rebuilds");
    const auto& rebuild = shown.at("rebuild").as_object();
    CHECK(fields(rebuild, {"done", "of"}) == "5 10");
    CHECK(!rebuild.at("started_at").as_string().empty());
    CHECK(rebuild.at("partitions") ==
          json::array{json::object{{"partition", 0}, {"done", 5}, {"of", 10}}});
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
