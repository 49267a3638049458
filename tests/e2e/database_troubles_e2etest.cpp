// A server whose database is away, takes no writes, gives it too little, or has something to say.

#include "tests/e2e/support/verbs.hpp"

#include "eventstore/postgres/database.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace datadrop::test {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

std::ptrdiff_t lines_with(const std::string& text, std::string_view part) {
    return std::ranges::count_if(lines_of(text), [&](const auto& l) { return contains(l, part); });
}

bool is_json(const std::string& line) {
    boost::system::error_code error;
    json::parse(line, error);
    return !error;
}

int readyz(const server& of) { return of.connect().get("/readyz").status; }

/// Nobody stays connected to the database, and nobody comes in meanwhile.
class closed_database {
  public:
    explicit closed_database(const scratch_database& of)
        : db_({.database = of.url() + " dbname=postgres"}),
          name_(of.connect().run("SELECT current_database()").text(0, 0)) {
        db_.run_script("ALTER DATABASE " + name_ + " ALLOW_CONNECTIONS false");
        db_.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
                eventstore::postgres::params{}.add(name_));
    }
    void open() { db_.run_script("ALTER DATABASE " + name_ + " ALLOW_CONNECTIONS true"); }

  private:
    eventstore::postgres::session db_;
    std::string name_;
};

/// A role that the program may connect as; it has the rights that `serve` needs.
struct serving_role {
    explicit serving_role(const scratch_database& database, const std::string& with = "")
        : owner(database.connect()) {
        owner.run_script("DROP ROLE IF EXISTS serving; CREATE ROLE serving LOGIN " + with);
        eventstore::postgres::migrate(owner, {.app_role = "serving"});
        std::ofstream(std::string(owner.run("SHOW ident_file").text(0, 0)), std::ios::app)
            << "datadrop /^.*$ serving\n";
        owner.run_script("SELECT pg_reload_conf()");
        auto url = database.url();
        const std::string_view user = "user=datadrop";
        url.replace(url.find(user), user.size(), "user=serving");
        here = {{"DATADROP_DATABASE", url}};
        wait_until(
            [&] { return run({"projection", "status"}, {.variables = here}).exit_code == 0; },
            "a connection as another role");
    }
    ~serving_role() { owner.run_script("DROP OWNED BY serving; DROP ROLE serving"); }
    eventstore::postgres::session owner;
    environment here;
};

/// Everybody's but one's own.
void end_connections(eventstore::postgres::session& db) {
    db.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
           " WHERE datname = current_database() AND pid <> pg_backend_pid()");
}

void check_does_not_start(const environment& here, std::string_view why) {
    const auto refused = run({"serve", "--listen", "127.0.0.1:0"}, {.variables = here});
    CHECK(refused.exit_code == 3);
    CHECK(contains(refused.err, why));
}

/// One line when it began and one when it ended.
void check_speaks_twice(const world& at, const std::string& speaker) {
    CAPTURE(speaker);
    auto bot = at.front.connect(at.bot);
    const auto said = [&](const std::string& what) {
        return lines_with(at.front.log(), speaker + ": " + what);
    };
    CHECK(eventually([&] {
        bot.get(somebody().path());
        return said("all is well again after ") == 1;
    }));
    CHECK(said("") == 2);
    CHECK(said("the database cannot be reached: ") +
              said("the connection to the database was lost: ") ==
          1);
}

} // namespace

TEST_SUITE_BEGIN("database troubles");

TEST_CASE("serve: opens all its connections at the start, and says how many it needs") {
    const scratch_database database;
    const serving_role role(database, "CONNECTION LIMIT 6");
    const auto refused = run({"serve", "--listen", "127.0.0.1:0"}, {.variables = role.here});
    CHECK(refused.exit_code == 1);
    CHECK(contains(refused.err, "needs 8 connections"));
    CHECK(contains(refused.err, "too many connections for role \"serving\""));
    CHECK(contains(refused.err, "--readers (2)"));
    const server smaller(role.here, {"--readers", "1", "--writers", "1"});
    CHECK(readyz(smaller) == 200);
}

TEST_CASE("serve: refuses a role that lacks a right, and names the remedy") {
    const scratch_database database;
    serving_role role(database);
    const auto serve = [&] {
        return run({"serve", "--listen", "127.0.0.1:0"}, {.variables = role.here});
    };
    for (const std::string lost : {"EXECUTE ON FUNCTION datadrop.park", "SELECT ON datadrop.tokens",
                                   "USAGE ON SCHEMA datadrop"}) {
        CAPTURE(lost);
        role.owner.run_script("REVOKE " + lost + " FROM serving");
        const auto refused = serve();
        CHECK(refused.exit_code == 1);
        CHECK(contains(refused.err, "datadrop migrate --app-role"));
        eventstore::postgres::migrate(role.owner, {.app_role = "serving"});
    }
    server well(role.here);
    role.owner.run_script("REVOKE EXECUTE ON FUNCTION datadrop.append FROM serving");
    CHECK(eventually([&] { return readyz(well) == 503; }));
    CHECK(eventually([&] { return contains(well.log(), "lacks EXECUTE on datadrop.append"); }));
    eventstore::postgres::migrate(role.owner, {.app_role = "serving"});
    CHECK(eventually([&] { return readyz(well) == 200; }));
}

TEST_CASE("serve: an outage is a line when it begins and one when it ends, of each that speaks") {
    world at(64, {"--log-format", "json"});
    auto bot = at.front.connect(at.bot);
    closed_database away(at.database);
    CHECK(eventually([&] { return readyz(at.front) == 503; }));
    for (int i = 0; i < 10; ++i) {
        CHECK(bot.get(somebody().path()).status == 503);
        CHECK(bot.post("/v1/commands", command(somebody(), "Join")).status == 503);
    }
    // The projector's turn comes once a second.
    CHECK(eventually([&] { return contains(at.front.log(), "projector: "); }));
    CHECK(lines_of(at.front.log()).size() < 20);
    away.open();
    CHECK(eventually([&] { return readyz(at.front) == 200; }));
    check_accepted(submit(bot, command(somebody(), "Join")));
    for (const auto* speaker : {"writers", "readers", "projector", "log watch"})
        check_speaks_twice(at, speaker);
    CHECK(contains(at.front.log(), "is not currently accepting connections"));
    CHECK(std::ranges::all_of(lines_of(at.front.log()), is_json));
}

TEST_CASE("serve: is not ready while the database takes no writes") {
    const world at;
    auto db = at.database.connect();
    const std::string name(db.run("SELECT current_database()").text(0, 0));
    CHECK(readyz(at.front) == 200);
    db.run_script("ALTER DATABASE " + name + " SET default_transaction_read_only = on");
    end_connections(db);
    CHECK(eventually([&] { return readyz(at.front) == 503; }));
    CHECK(eventually([&] {
        return contains(at.front.log(), "writers: the database takes no writes: "
                                        "default_transaction_read_only is on");
    }));
    check_does_not_start(at.variables, "the database takes no writes");
    check_does_not_start({{"DATADROP_DATABASE", at.database.url() + " target_session_attrs=any"}},
                         "the database is set to read only");
    db.run_script("ALTER DATABASE " + name + " RESET default_transaction_read_only");
    CHECK(eventually([&] { return readyz(at.front) == 200; }));
    auto bot = at.front.connect(at.bot);
    check_accepted(submit(bot, command(somebody(), "Join")));
}

TEST_CASE("serve: what asks on a connection that was ended meanwhile is answered on a new one") {
    const world at;
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, domain::state::verified);
    shown(at, who);
    auto db = at.database.connect();
    // The server's own statement on a reader's connection, for the next minute.
    CHECK(eventually([&] {
        return db.run("SELECT count(*) FROM datadrop.tokens WHERE last_used_at IS NOT NULL")
                   .number() > 0;
    }));
    for (int round = 0; round < 5; ++round) {
        end_connections(db);
        CHECK(bot.get(who.path()).status == 200);
        CHECK(bot.get(who.path() + "/history").status == 200);
        CHECK(bot.get("/v1/members").status == 200);
        CHECK(submit(bot, command(somebody(), "Join")).at("outcome") == "accepted");
        CHECK(readyz(at.front) == 200);
    }
    CHECK(!contains(at.front.log(), "readers: "));
}

TEST_CASE("what PostgreSQL says while one connects is a line of the log, of commands too") {
    const scratch_database database;
    auto db = database.connect();
    db.run("UPDATE pg_database SET datcollversion = '0' WHERE datname = current_database()");
    const auto text = run({"token", "list"}, {.variables = on(database)});
    CHECK(text.exit_code == 0);
    REQUIRE(lines_of(text.err).size() >= 1);
    for (const auto& line : lines_of(text.err))
        CHECK(contains(line, "warning PostgreSQL says: database \""));
    const auto as_json =
        run({"token", "list", "--log-format", "json"}, {.variables = on(database)});
    CHECK(lines_of(as_json.err).size() == lines_of(text.err).size());
    CHECK(std::ranges::all_of(lines_of(as_json.err), is_json));
    const auto failed = run({"token", "revoke", "--name", "nobody", "--log-format", "json"},
                            {.variables = on(database)});
    CHECK(failed.exit_code == 1);
    CHECK(std::ranges::all_of(lines_of(failed.err), is_json));
}

TEST_SUITE_END();

} // namespace datadrop::test
