// `datadrop doctor`, as a person at a terminal and a program that watches meet it. What each check
// says of a server is tested below (tests/eventstore/postgres/doctor).

#include "tests/e2e/support/verbs.hpp"
#include "tests/support/pgbouncer.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace datadrop::test {
namespace {

using domain::state;

/// The doctor with a memory of its own. The server of the tests does not wait for the disk.
struct visits {
    explicit visits(environment variables_) : variables(std::move(variables_)) {}

    program_result look(const arguments& more = {}) const {
        arguments all{"doctor", "--memory", memory(), "--accept", "durability", "--accept", "disk"};
        all.insert(all.end(), more.begin(), more.end());
        return run(all, {.variables = variables});
    }
    std::string memory() const { return (folder.path() / "end").string(); }

    /// What the check says, "severity: what", and the first line of its remedy.
    std::string told(const std::string& check, int exit_code) const {
        const auto found = look({"--format", "json"});
        CHECK(found.exit_code == exit_code);
        remedy.clear();
        const auto report = object_of(found);
        for (const auto& one : report.at("findings").as_array()) {
            const auto& f = one.as_object();
            if (f.at("check") != json::value(check)) continue;
            for (const auto& line : f.at("remedy").as_array())
                remedy.emplace_back(line.as_string());
            return fields(f, {"severity", "what"});
        }
        return "nothing";
    }

    /// The last line of what was told last, which is a command of ours; as the owner.
    void mend(const environment& owner) const {
        REQUIRE(!remedy.empty());
        auto words = words_of(remedy.back());
        REQUIRE(words.front() == "datadrop");
        words.erase(words.begin());
        const auto done = run(words, {.variables = owner});
        CAPTURE(done.err);
        CHECK(done.exit_code == 0);
    }

    temporary_folder folder{};
    environment variables;
    mutable std::vector<std::string> remedy{};
};

bool is_ok(const std::string& told) { return told.starts_with("ok "); }

} // namespace

TEST_CASE("doctor: a database that serves is well, and each finding has all its fields") {
    const auto& at = shared_world();
    const visits of(at.variables);
    const auto text = of.look();
    CAPTURE(text.out);
    CHECK(text.exit_code == 0);
    CHECK(contains(text.out, "errors: 0, warnings: 0"));
    const auto report = object_of(of.look({"--format", "json"}));
    CHECK(fields(report, {"errors", "warnings", "role"}) == "0 0 datadrop");
    CHECK(report.at("findings").as_array().size() >= 20);
    for (const auto& one : report.at("findings").as_array()) {
        const auto& f = one.as_object();
        const bool is_well = f.at("severity") == "ok";
        CHECK(!fields(f, {"check", "what"}).empty());
        CHECK(f.at("why").is_null() == is_well);
        CHECK(f.at("remedy").is_array());
    }
}

TEST_CASE("doctor: exit code 1 when something is wrong, and what mends it is told") {
    auto homeless = shared_world().variables; // of a server that does not wait for the disk
    homeless["HOME"] = homeless["XDG_STATE_HOME"] = "";
    const auto found = run({"doctor"}, {.variables = homeless});
    CHECK(found.exit_code == 1);
    CHECK(contains(found.out, "mend: ALTER SYSTEM SET fsync = 'on';"));
    CHECK(contains(found.out, "name a file with --memory FILE")); // without a home
}

TEST_CASE("doctor: a private PostgreSQL is found, and is well") {
    const temporary_folder parent;
    const environment here{{"DATADROP_DATA_DIR", (parent.path() / "private").string()}};
    const server front(here);
    const auto found =
        run({"doctor", "--accept", "disk", "--memory", (parent.path() / "end").string()},
            {.variables = here});
    CAPTURE(found.out);
    CHECK(found.exit_code == 0);
}

TEST_CASE("doctor: no schema") {
    const scratch_database bare({.partitions = {}});
    const visits of(on(bare));
    CHECK(contains(of.told("schema", 1), "error the database has no datadrop schema"));
    of.mend(of.variables);
    CHECK(is_ok(of.told("schema", 0)));
}

TEST_CASE("doctor: as a role that lacks rights, and as one that has what serving needs") {
    const scratch_database database;
    const visits of(
        environment{{"DATADROP_DATABASE", database.url() + " options='-c role=examined'"}});
    auto owner = database.connect();
    owner.run_script("DROP ROLE IF EXISTS examined;"
                     "CREATE ROLE examined IN ROLE pg_read_all_stats");
    CHECK(contains(of.told("schema", 1), "may not read the schema"));
    of.mend(on(database));
    CHECK(is_ok(of.told("rights", 0)));
    CHECK(is_ok(of.told("read-model", 0)));
    CHECK(contains(of.told("sight", 0), "note"));
    owner.run_script("REVOKE SELECT ON datadrop.tokens FROM examined");
    CHECK(contains(of.told("rights", 1), "datadrop.tokens"));
    of.mend(on(database));
    CHECK(is_ok(of.told("rights", 0)));
    owner.run_script("DROP OWNED BY examined; DROP ROLE examined");
}

TEST_CASE("doctor: rows of the read model that are not what the log says") {
    const world at(2);
    auto bot = at.front.connect(at.bot);
    const auto wrong = somebody_in(bot, state::verified);
    shown(at, wrong);
    const visits of(at.variables);
    CHECK(is_ok(of.told("read-model", 0)));
    at.database.connect().run("UPDATE datadrop.membership SET state = 'Banned'");
    CHECK(contains(of.told("read-model", 1), wrong.user));
    of.mend(at.variables);
    CHECK(is_ok(of.told("read-model", 0)));
}

TEST_CASE("doctor: a read model that is ahead of the log") {
    world at;
    auto bot = at.front.connect(at.bot);
    shown(at, somebody_in(bot, state::verified));
    CHECK(at.front.stop() == 0);
    const visits of(at.variables);
    at.database.connect().run("UPDATE datadrop.projection_checkpoints SET position = 500");
    CHECK(contains(of.told("read-model", 1), "is at position 500, and the log ends at 7"));
    of.mend(at.variables);
    CHECK(is_ok(of.told("read-model", 0)));
}

TEST_CASE("doctor: a log that was set back since the last look is told until that is known") {
    world at;
    auto bot = at.front.connect(at.bot);
    const visits of(at.variables);
    somebody_in(bot, state::onboarding_completed);
    CHECK(contains(of.told("end", 0), "for the first time"));
    CHECK(at.front.stop() == 0);
    const scratch_database backup({.partitions = {}, .copy_of = &at.database});
    {
        const server front(at.variables);
        auto again = front.connect(at.bot);
        somebody_in(again, state::onboarding_completed);
    }
    CHECK(is_ok(of.told("end", 0)));
    at.database.replace_with(backup);
    for (int i = 0; i < 2; ++i)
        CHECK(contains(of.told("end", 1), "error the log ended at 6~"));
    const server front(at.variables); // other events take the place of those that are lost
    auto again = front.connect(at.bot);
    somebody_in(again, state::verified);
    CHECK(contains(of.told("end", 1), "error the log ended at 6~"));
    CHECK(
        run({"-c", of.remedy.back()}, {.input = {}, .variables = {}, .program = "sh"}).exit_code ==
        0);
    CHECK(is_ok(of.told("end", 0)));
}

TEST_CASE("doctor: a pooler that swaps sessions, and one that does not") {
    const scratch_database database;
    const pgbouncer swapping(database, {.pool_mode = "transaction"});
    const visits behind(environment{{"DATADROP_DATABASE", swapping.url()}});
    CHECK(contains(behind.told("pooler", 1), "error a connection pooler stands"));
    CHECK(contains(behind.remedy.front(), "pool_mode = session"));
    const pgbouncer faithful(database, {.pool_mode = "session"});
    CHECK(is_ok(visits(environment{{"DATADROP_DATABASE", faithful.url()}}).told("pooler", 0)));
}

TEST_CASE("doctor: a database that takes no writes is looked at all the same") {
    const scratch_database database;
    const visits of(on(database));
    auto owner = database.connect();
    const auto name = std::string(owner.run("SELECT current_database()::text").text());
    owner.run_script("ALTER DATABASE " + name + " SET default_transaction_read_only = on");
    CHECK(contains(of.told("settings", 1), "error default_transaction_read_only is on"));
    CHECK(contains(of.remedy.back(), "ALTER DATABASE \"" + name + "\""));
}

TEST_CASE("doctor: what cannot be reached is 3") {
    const auto found = run({"doctor", "--database", "host=/nowhere dbname=x"});
    CHECK(found.exit_code == 3);
    CHECK(contains(found.err, "cannot be reached"));
}

} // namespace datadrop::test
