// The program on a database that is reached through a pooler, and whose owner has set everything
// that decides how values are written otherwise.

#include "tests/e2e/support/verbs.hpp"
#include "tests/support/hostile_settings.hpp"
#include "tests/support/pgbouncer.hpp"

#include <doctest/doctest.h>

namespace datadrop::test {
namespace {

using domain::state;

environment through(const pgbouncer& pool) { return {{"DATADROP_DATABASE", pool.url()}}; }

} // namespace

TEST_CASE("pooler: in session mode, and on hostile settings, everything works") {
    const scratch_database database({.partitions = std::nullopt});
    set_hostile(database);
    const pgbouncer pool(database, {.pool_mode = "session"});
    const auto variables = through(pool);
    CHECK(run({"migrate", "--partitions", "2"}, {.variables = variables}).exit_code == 0);
    const auto token = create_token(variables, "bot", "bot", "submit,read");
    const server front(variables);
    auto bot = front.connect(token);
    const auto who = somebody_in(bot, state::verified);
    const auto leave = command(who, "Leave");
    const auto left = submit(bot, leave);
    CHECK(fields(left, {"outcome", "state", "replayed"}) == "accepted LeftGuild false");
    const auto again = submit(bot, leave);
    CHECK(fields(again, {"outcome", "state", "replayed"}) == "accepted LeftGuild true");
    CHECK(history(bot, who).size() == 8);
    const auto path = who.path() + "?min_position=" + std::string(left.at("position").as_string());
    CHECK(bot.get(path).status == 200);
    CHECK(run({"projection", "verify"}, {.variables = variables}).exit_code == 0);
}

TEST_CASE("pooler: in transaction or statement mode every command refuses, with the remedy") {
    const scratch_database database;
    std::string mode;
    SUBCASE("transaction") { mode = "transaction"; }
    SUBCASE("statement") { mode = "statement"; }
    const pgbouncer pool(database, {.pool_mode = mode});
    for (const arguments& asked : std::vector<arguments>{{"serve", "--listen", "127.0.0.1:0"},
                                                         {"migrate"},
                                                         {"projection", "status"},
                                                         {"projection", "rebuild"},
                                                         {"token", "list"}}) {
        CAPTURE(asked.front());
        const auto refused = run(asked, {.variables = through(pool)});
        CHECK(refused.exit_code == 1);
        CHECK(refused.err.find("pool_mode = session") != std::string::npos);
    }
}

} // namespace datadrop::test
