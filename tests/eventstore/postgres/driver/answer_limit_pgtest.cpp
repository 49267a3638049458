// An answer is not waited for without end, whatever keeps it.

#include "tests/support/database.hpp"

#include <csignal>
#include <doctest/doctest.h>

namespace datadrop::eventstore {
namespace {

using namespace std::chrono_literals;
using postgres::session;

session connect_with_limit(const test::scratch_database& database) {
    return session({.database = database.url(), .answer_timeout = 300ms});
}

TEST_SUITE_BEGIN("answer limit");

TEST_CASE("an answer that does not come in time is a lost connection") {
    const test::scratch_database database;
    auto db = connect_with_limit(database);
    const int backend = db.backend_pid();
    SUBCASE("the statement takes longer") {
        CHECK_THROWS_AS(db.run("SELECT pg_sleep(20)"), postgres::connection_lost);
    }
    SUBCASE("the server is frozen") {
        REQUIRE_EQ(::kill(backend, SIGSTOP), 0);
        CHECK_THROWS_AS(db.run("SELECT 1"), postgres::connection_lost);
        ::kill(backend, SIGCONT);
    }
    CHECK_THROWS_AS(db.run("SELECT 1"), postgres::connection_lost);
}

TEST_CASE("each statement has its own time, and what lies between them has none") {
    const test::scratch_database database;
    auto db = connect_with_limit(database), clock = database.connect();
    for (int i = 0; i < 3; ++i) {
        db.run("SELECT pg_sleep(0.1)");
        clock.run("SELECT pg_sleep(0.2)");
    }
    CHECK_EQ(db.run("SELECT 1").number(0, 0), 1);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
