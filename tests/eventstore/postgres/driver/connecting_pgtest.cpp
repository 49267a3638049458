// What is told of a server that does not let one in, turns one out, or has something to say.

#include "eventstore/postgres/database.hpp"
#include "tests/support/database.hpp"
#include "tests/support/print.hpp"
#include "tests/support/standby.hpp"

#include <functional>
#include <mutex>

namespace datadrop::eventstore::postgres {
namespace {

using test::scratch_database;

/// The message of the Failure that `run` throws.
template <typename Failure = connection_lost>
std::string told(const std::function<void()>& run) {
    try {
        run();
    } catch (const Failure& e) {
        return e.what();
    }
    return "no failure of that kind";
}

std::string told_while_connecting(const std::string& database) {
    return told([&] { session({.database = database}); });
}

std::string name_of(session& db) {
    return std::string(db.run("SELECT current_database()").text(0, 0));
}

/// What the sink heard.
std::vector<std::string> heard;
std::mutex heard_mutex;

void hear(std::string_view severity, std::string_view text) {
    const std::lock_guard alone(heard_mutex);
    heard.push_back(std::string(severity) + " " + std::string(text));
}

struct listening {
    listening() {
        heard.clear();
        tell_notices_to(&hear);
    }
    ~listening() { tell_notices_to(nullptr); }
};

struct session_use {
    const char* name;
    void (*use)(session&);
};

constexpr session_use uses[] = {
    {"a prepared statement", [](session& db) { db.run("SELECT 1"); }},
    {"a new statement", [](session& db) { db.run("SELECT 2"); }},
    {"a script", [](session& db) { db.run_script("SELECT 3"); }},
    {"a transaction", [](session& db) { db.begin(); }},
    {"a COPY",
     [](session& db) {
         db.copy_out("COPY (SELECT 1) TO STDOUT (FORMAT binary)", {}, [](auto&) {});
     }},
};

} // namespace

TEST_SUITE_BEGIN("connecting");

TEST_CASE("a connection that the server ends is lost with the server's own words") {
    const scratch_database database;
    auto judge = database.connect();
    for (const auto& [name, use] : uses) {
        CAPTURE(name);
        auto db = database.connect();
        db.run("SELECT 1"); // is prepared there
        judge.run("SELECT pg_terminate_backend($1, 5000)", params{}.add(db.backend_pid()));
        const auto text = told([&, lose = use] { lose(db); });
        CHECK_NE(text.find("the connection to the database was lost: FATAL: terminating connection "
                           "due to administrator command"),
                 std::string::npos);
        CHECK_EQ(text.find('\n'), std::string::npos);
    }
}

TEST_CASE("who is not let in is told why, and no password") {
    const scratch_database database;
    auto url = database.url() + " password=geheim";
    CHECK_NE(told_while_connecting(url + " dbname=nowhere").find("\"nowhere\" does not exist"),
             std::string::npos);
    for (const auto* more : {" dbname=nowhere", " user=nobody", " host=/nowhere", " port=1"}) {
        const auto text = told_while_connecting(url + more);
        CHECK_EQ(text.find("the database cannot be reached: connection to server"), 0);
        CHECK_EQ(text.find("geheim"), std::string::npos);
        CHECK_EQ(text.find('\n'), std::string::npos);
    }
}

TEST_CASE("a database that takes no writes is told from one that is away") {
    const scratch_database database;
    auto db = database.connect();
    db.run_script("ALTER DATABASE " + name_of(db) + " SET default_transaction_read_only = on");
    CHECK_EQ(told<takes_no_writes>([&] {
                 database.connect();
             }).find("the database takes no writes: default_transaction_read_only is on"),
             0);
    session any({.database = database.url() + " target_session_attrs=any"});
    CHECK_EQ(obstacle_to_writing(any),
             "the database is set to read only (default_transaction_read_only)");
}

TEST_CASE("a standby is told from a server that is away") {
    test::primary_and_standby servers;
    servers.create_database();
    session primary({.database = servers.database()});
    migrate(primary, {});
    servers.wait_until_standby_has_all(); // the database itself, for one
    const auto standby = servers.database_of_standby();
    CHECK_EQ(told<takes_no_writes>([&] {
                 session({.database = standby + " target_session_attrs=read-write"});
             }).find("the database takes no writes: the server is a standby"),
             0);
    session any({.database = standby});
    CHECK_EQ(obstacle_to_writing(any), "the server is a standby, which takes no writes");
}

TEST_CASE("a server's warnings are heard, those while one connects too") {
    const scratch_database database;
    auto owner = database.connect();
    const listening all;
    owner.run_script("DO $$ BEGIN RAISE WARNING 'first' USING HINT = 'second'; END $$");
    CHECK_EQ(heard, std::vector<std::string>{"WARNING first; second"});
    owner.run("UPDATE pg_database SET datcollversion = '0' WHERE datname = current_database()");
    auto db = database.connect();
    REQUIRE_EQ(heard.size(), 2);
    CHECK_EQ(heard.back().find("WARNING database \""), 0);
}

TEST_CASE("the limits of a role or a database for statements and their kin are lifted") {
    const scratch_database database;
    auto owner = database.connect();
    const auto limits =
        owner.run("SELECT name FROM pg_settings WHERE name LIKE '%timeout'"
                  " AND category = 'Client Connection Defaults / Statement Behavior'");
    REQUIRE_GE(limits.size(), 4);
    for (std::size_t i = 0; i < limits.size(); ++i)
        owner.run_script("ALTER DATABASE " + name_of(owner) + " SET " +
                         std::string(limits.text(i, 0)) + " = '10s'");
    session db({.database = database.url(), .statement_timeout = std::chrono::milliseconds(0)});
    for (std::size_t i = 0; i < limits.size(); ++i) {
        CAPTURE(limits.text(i, 0));
        CHECK_EQ(db.run("SELECT current_setting($1)", params{}.add(limits.text(i, 0))).text(0, 0),
                 "0");
    }
}

TEST_SUITE_END();

} // namespace datadrop::eventstore::postgres
