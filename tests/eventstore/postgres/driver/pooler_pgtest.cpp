// A connection pooler in front of the database: found out, and refused, unless its clients keep
// their sessions.

#include "eventstore/postgres/driver/pooler.hpp"

#include "eventstore/postgres/database.hpp"
#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"
#include "tests/support/pgbouncer.hpp"

#include <libpq-fe.h>

#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

namespace datadrop::eventstore::postgres {
namespace {

session::options on(const test::pgbouncer& pool) { return {.database = pool.url()}; }

struct close_connection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};

/// Somebody with much to ask, in statements that any pool takes.
void keep_asking(const std::string& url, const std::stop_token& end) {
    const std::unique_ptr<PGconn, close_connection> db(PQconnectdb(url.c_str()));
    while (!end.stop_requested())
        PQclear(PQexec(db.get(), "SELECT pg_sleep(0.001)"));
}

TEST_SUITE_BEGIN("pooler");

TEST_CASE("pooler: without one, and with one in session mode, each connection has its session") {
    const test::scratch_database database;
    require_own_sessions({.database = database.url()});
    const test::pgbouncer pool(database, {.pool_mode = "session"});
    for (int start = 0; start < 3; ++start) { // with sessions that were given back before, too
        require_own_sessions(on(pool));
        const auto log = open_log(on(pool), 1);
        const auto who = test::new_member();
        const auto joined = test::bring_to(*log, who, domain::state::verified);
        log->reserve(partition_number{}, std::vector{who});
        log->release();
        CHECK_EQ(test::head_of(*log, who), joined);
    }
}

TEST_CASE("pooler: in transaction or statement mode it is refused, with the remedy") {
    const test::scratch_database database;
    std::string mode;
    SUBCASE("transaction") { mode = "transaction"; }
    SUBCASE("statement") { mode = "statement"; }
    const test::pgbouncer pool(database, {.pool_mode = mode});
    CHECK_THROWS_WITH_AS(require_own_sessions(on(pool)), doctest::Contains("pool_mode = session"),
                         sessions_not_ours);
}

TEST_CASE("pooler: with others at work in it, it is found as well") {
    const test::scratch_database database;
    std::string mode;
    SUBCASE("transaction") { mode = "transaction"; }
    SUBCASE("statement") { mode = "statement"; }
    const test::pgbouncer pool(database, {.pool_mode = mode, .more = "server_round_robin = 1\n"});
    // Others have made it open sessions of which everybody gets another each time.
    std::vector<std::jthread> others;
    for (int i = 0; i < 8; ++i)
        others.emplace_back([&](const std::stop_token& end) { keep_asking(pool.url(), end); });
    CHECK_THROWS_AS(require_own_sessions(on(pool)), sessions_not_ours);
}

TEST_CASE("pooler: a pool of one session is not waited for") {
    const test::scratch_database database;
    const test::pgbouncer pool(database,
                               {.pool_mode = "transaction", .more = "default_pool_size = 1\n"});
    CHECK_THROWS_AS(require_own_sessions(on(pool)), sessions_not_ours);
}

TEST_CASE("pooler: sessions that are handed on as they were left are refused") {
    const test::scratch_database database;
    const test::pgbouncer pool(database,
                               {.pool_mode = "session", .more = "server_reset_query =\n"});
    {
        session(on(pool)).run("SELECT 1");
    } // leaves what it has prepared
    CHECK_THROWS_WITH_AS(require_own_sessions(on(pool)), doctest::Contains("server_reset_query"),
                         sessions_not_ours);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore::postgres
