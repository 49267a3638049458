// The commands that work on the database, beside a running server.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

namespace datadrop::test {
namespace {

using domain::state;

std::string verify(const world& at) {
    const auto found = at.run_here({"projection", "verify", "--format", "json"});
    std::string lines = std::to_string(found.exit_code) + "\n";
    const auto report = object_of(found);
    for (const auto& d : report.at("differences").as_array())
        lines += fields(d.as_object(), {"table", "row"}) + "\n";
    return lines;
}

/// A row that is wrong, one that is missing, one of nobody, and a dead letter that is wrong.
void damage(const world& at, const member& wrong, const member& missing,
            const parked_command& parked) {
    auto db = at.database.connect();
    db.run("UPDATE datadrop.membership SET state = 'Banned' WHERE guild_id = " + wrong.guild);
    db.run("DELETE FROM datadrop.membership WHERE guild_id = " + missing.guild);
    db.run("INSERT INTO datadrop.membership SELECT partition, guild_id, 4711, state, version, "
           "lifecycle, has_email, updated_at, position FROM datadrop.membership WHERE guild_id = " +
           wrong.guild);
    db.run("UPDATE datadrop.dead_letters SET status = 'discarded' WHERE id = " + parked.id);
}

} // namespace

TEST_CASE("projection: status, verify and rebuild leave a right read model as it is") {
    const world at;
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::verified);
    const auto parked = park(bot);
    shown(at, parked.who);
    const auto row = shown(at, who);
    const auto status = object_of(at.run_here({"projection", "status", "--format", "json"}));
    CHECK(fields(status, {"position", "head", "lag_events", "rebuild"}) ==
          log_head(at) + " " + log_head(at) + " 0 null");
    CHECK(verify(at) == "0\n");
    const auto rebuilt = at.run_here({"projection", "rebuild", "--format", "json"});
    CHECK(rebuilt.exit_code == 0);
    CHECK(fields(object_of(rebuilt), {"members", "dead_letters", "mended"}) == "2 1 0");
    CHECK(verify(at) == "0\n");
    CHECK(shown(at, who) == row);
    CHECK(submit(bot, command(who, "Leave")).at("outcome") == "accepted");
    CHECK(shown(at, who).at("state") == "LeftGuild");
}

TEST_CASE("projection: verify names each row that differs, and a rebuild mends it") {
    const world at(2);
    auto bot = at.front.connect(at.bot);
    const auto wrong = somebody_in(bot, state::verified);
    const auto missing = somebody_in(bot, state::banned);
    const auto parked = park(bot);
    for (const auto& who : {wrong, missing, parked.who})
        shown(at, who);
    CHECK(at.front.connect(at.operator_one).get("/v1/dead-letters").status == 200);
    damage(at, wrong, missing, parked);
    const auto found = at.run_here({"projection", "verify"});
    CHECK(found.exit_code == 1);
    for (const auto& row : {wrong.user, missing.user, std::string("4711"), parked.id})
        CHECK(contains(found.out, row));
    CHECK(contains(found.out, "4 rows differ"));
    CHECK(object_of(at.run_here({"projection", "rebuild", "--format", "json"})).at("mended") == 4);
    CHECK(verify(at) == "0\n");
    CHECK(shown(at, wrong).at("state") == "Verified");
    CHECK(shown(at, missing).at("state") == "Banned");
}

TEST_CASE("projection: commands go on while it is rebuilt") {
    const world at;
    auto bot = at.front.connect(at.bot);
    json::array many;
    for (int i = 0; i < 1000; ++i)
        many.push_back(command(somebody(), "Join"));
    submit_all(bot, many);
    process rebuild({"projection", "rebuild"}, at.variables);
    const auto who = somebody_in(bot, state::verification_pending);
    while (!rebuild.wait(std::chrono::milliseconds{0}))
        CHECK(submit(bot, command(who, "RecordEmail")).at("outcome") == "accepted");
    CHECK(rebuild.wait() == 0);
    CHECK(fields(shown(at, who), {"version"}) ==
          ask(at, "SELECT max(version) FROM datadrop.membership_events"));
    CHECK(verify(at) == "0\n");
}

TEST_CASE("tokens: made once, listed without the secret, revoked by name") {
    const auto& at = shared_world();
    const auto made = at.run_here({"token", "create", "--name", "listed", "--source", "api",
                                   "--scopes", "read,submit", "--format", "json"});
    CHECK(made.exit_code == 0);
    const auto token = fields(object_of(made), {"token"});
    CHECK(at.front.connect(token).get("/v1/members").status == 200);
    const auto again =
        at.run_here({"token", "create", "--name", "listed", "--source", "bot", "--scopes", "read"});
    CHECK(again.exit_code == 1);
    CHECK(again.out.empty());
    CHECK(contains(again.err, "listed"));

    const auto listed = at.run_here({"token", "list"});
    CHECK(listed.exit_code == 0);
    CHECK(contains(listed.out, "listed"));
    CHECK(!contains(listed.out, token));
    CHECK(at.run_here({"token", "revoke", "--name", "listed"}).exit_code == 0);
    CHECK(at.run_here({"token", "revoke", "--name", "listed"}).exit_code == 1);
    CHECK(at.run_here({"token", "revoke", "--name", "nobody"}).exit_code == 1);
}

TEST_CASE("tokens: one that cannot be written is in force, and that is said") {
    const auto& at = shared_world();
    const auto create =
        "exec " + the_built_one + " token create --source bot --scopes read --name lost-";
    for (const auto* to : {"1 >/dev/full", "2 >&-", "3 --format json >/dev/full"}) {
        CAPTURE(to);
        const auto lost =
            run({"-c", create + to}, {.input = {}, .variables = at.variables, .program = "sh"});
        CHECK(lost.exit_code == 1);
        CHECK(contains(lost.err, "is in force"));
        CHECK(contains(lost.err, "datadrop token revoke --name lost-"));
    }
    CHECK(at.run_here({"token", "revoke", "--name", "lost-1"}).exit_code == 0);
    CHECK(run({"-c", "exec " + the_built_one + " token list >/dev/full"},
              {.input = {}, .variables = at.variables, .program = "sh"})
              .exit_code == 1);
}

TEST_CASE(
    "tokens: rotated, both secrets are good until the overlap is over, and all end together") {
    const auto& at = shared_world();
    const auto first = create_token(at.variables, "rotated", "bot", "read");
    const auto rotated = at.run_here({"token", "rotate", "--name", "rotated"});
    REQUIRE(rotated.exit_code == 0);
    const auto second = rotated.out.substr(0, rotated.out.size() - 1);
    auto one = at.front.connect(first), other = at.front.connect(second);
    CHECK(one.get("/v1/members").status == 200);
    CHECK(other.get("/v1/members").status == 200);
    CHECK(at.run_here({"token", "rotate", "--name", "nobody"}).exit_code == 1);
    CHECK(at.run_here({"token", "rotate", "--name", "rotated", "--overlap", "1w"}).exit_code == 2);

    CHECK(at.run_here({"token", "revoke", "--name", "rotated"}).exit_code == 0);
    for (auto* who : {&one, &other})
        CHECK(eventually([&] { return who->get("/v1/members").status == 401; }));
    CHECK(at.run_here({"token", "rotate", "--name", "rotated"}).exit_code == 1);
}

TEST_CASE(
    "tokens: a secret that was rotated away without an overlap ends at once, the new one lasts") {
    const auto& at = shared_world();
    auto one = at.front.connect(create_token(at.variables, "stolen", "bot", "read"));
    CHECK(one.get("/v1/members").status == 200);
    const auto made = object_of(at.run_here({"token", "rotate", "--name", "stolen", "--overlap",
                                             "0s", "--expires", "90d", "--format", "json"}));
    CHECK(fields(made, {"name", "overlap"}) == "stolen 0s");
    CHECK(eventually([&] { return one.get("/v1/members").status == 401; }));
    CHECK(at.front.connect(fields(made, {"token"})).get("/v1/members").status == 200);
}

TEST_CASE("tokens: the list tells each secret's times") {
    const auto& at = shared_world();
    create_token(at.variables, "times", "bot", "read");
    at.run_here({"token", "rotate", "--name", "times", "--expires", "2h"});
    const auto listed = object_of(at.run_here({"token", "list", "--format", "json"}));
    std::vector<json::object> mine;
    for (const auto& token : listed.at("tokens").as_array())
        if (token.at("name") == "times") mine.push_back(token.as_object());
    REQUIRE(mine.size() == 2);
    CHECK(mine[0].at("replaced_at").is_string());
    CHECK(mine[1].at("replaced_at").is_null());
    for (const auto& token : mine) {
        CHECK(token.at("expires_at").is_string());
        CHECK(token.at("last_used_at").is_null());
        CHECK(token.at("revoked_at").is_null());
    }
}

TEST_CASE("tokens: a program that gets the scope operate is told to look only") {
    const auto& at = shared_world();
    for (const std::string source : {"bot", "api"}) {
        const auto made = at.run_here({"token", "create", "--name", "looks-" + source, "--source",
                                       source, "--scopes", "read,operate"});
        CHECK(made.exit_code == 0);
        CHECK(made.out.find_first_of(" \n") == made.out.size() - 1);
        CHECK(contains(made.err, "--source operator"));
    }
}

TEST_CASE("migrate: makes the schema, twice is fine, and the partitions stay what they were") {
    const scratch_database bare({.partitions = {}});
    const environment here = on(bare);
    const auto too_early = run({"serve", "--listen", "127.0.0.1:0"}, {.variables = here});
    CHECK(too_early.exit_code == 1);
    CHECK(contains(too_early.err, "datadrop migrate"));
    CHECK(run({"token", "list"}, {.variables = here}).exit_code == 1);

    const auto made =
        run({"migrate", "--partitions", "3", "--format", "json"}, {.variables = here});
    CHECK(made.exit_code == 0);
    CHECK(object_of(made).at("partitions") == 3);
    CHECK(object_of(run({"migrate", "--format", "json"}, {.variables = here})) ==
          json::object{{"applied", json::array{}}, {"partitions", 3}});
    CHECK(run({"migrate", "--partitions", "3"}, {.variables = here}).exit_code == 0);
    const auto changed = run({"migrate", "--partitions", "4"}, {.variables = here});
    CHECK(changed.exit_code == 1);
    CHECK(contains(changed.err, "3"));
    CHECK(server(here).connect().get("/readyz").status == 200);
}

TEST_CASE("a read model that the log cannot have is refused by all, with both numbers") {
    world at;
    auto bot = at.front.connect(at.bot);
    shown(at, somebody_in(bot, state::verified));
    CHECK(at.front.stop() == 0);
    at.database.connect().run("UPDATE datadrop.projection_checkpoints SET position = 500");
    for (const arguments& command :
         {arguments{"serve", "--listen", "127.0.0.1:0"}, {"migrate"}, {"projection", "rebuild"}}) {
        CAPTURE(command.front());
        const auto refused = at.run_here(command);
        CHECK(refused.exit_code == 1);
        CHECK(contains(refused.err, "is at position 500, and the log ends at 7"));
        CHECK(contains(refused.err, "datadrop projection rebuild --force"));
    }
    CHECK(at.run_here({"projection", "verify"}).exit_code == 1);
    CHECK(at.run_here({"projection", "rebuild", "--force"}).exit_code == 0);
    CHECK(verify(at) == "0\n");
    CHECK(server(at.variables).connect().get("/readyz").status == 200);
}

} // namespace datadrop::test
