#include "eventstore/postgres/driver/session.hpp"

#include "tests/support/database.hpp"

#include <doctest/doctest.h>

namespace datadrop::eventstore::postgres {
namespace {

constexpr auto all_types = "CREATE TEMPORARY TABLE copied (small smallint NOT NULL, big bigint,"
                           " flag boolean, at timestamptz, name text)";
constexpr auto put_in = "COPY copied FROM STDIN (FORMAT binary)";

const domain::timestamp before_2000{std::chrono::microseconds{-1}};

copied_rows two_rows() {
    copied_rows rows;
    for (const std::int64_t sign : {1, -1}) {
        rows.start_row(5);
        rows.smallint(sign * 12'345);
        rows.bigint(sign * 1'234'567'890'123'456'789);
        rows.boolean(sign > 0);
        rows.timestamptz(before_2000);
        rows.text("Grüße");
    }
    return rows;
}

/// Sees that the session is in order.
void check_usable(session& db) { CHECK_EQ(db.run("SELECT 7").number(0, 0), 7); }

copied_rows short_row() {
    copied_rows rows;
    rows.start_row(1);
    rows.smallint(1);
    return rows;
}

TEST_SUITE_BEGIN("copy");

TEST_CASE("copy: rows come out as they were put in") {
    const test::scratch_database database;
    auto db = database.connect();
    db.run_script(all_types);
    db.copy_in(put_in, two_rows());
    std::int64_t sign = 1;
    db.copy_out("COPY (SELECT c.*, NULL::bigint, NULL::bytea, '\\x01ff'::bytea FROM copied AS c"
                " WHERE abs(c.small) = $1 + $2) TO STDOUT (FORMAT binary)",
                {12'300, 45}, [&](copied_row& row) {
                    CHECK_EQ(row.number(), sign * 12'345);
                    CHECK_EQ(row.number(), sign * 1'234'567'890'123'456'789);
                    CHECK_EQ(row.flag(), sign > 0);
                    CHECK(row.time() == before_2000);
                    CHECK(row.text() == "Grüße");
                    CHECK_FALSE(row.maybe_number());
                    CHECK_FALSE(row.maybe_bytes());
                    CHECK_EQ(row.maybe_bytes()->back(), 0xff);
                    sign -= 2;
                });
    CHECK_EQ(sign, -3);
}

TEST_CASE(
    "copy: what the server refuses in the midst of the rows is told, and the session goes on") {
    const test::scratch_database database;
    auto db = database.connect();
    db.run_script(all_types);
    int seen = 0;
    const auto count = [&](copied_row& row) {
        row.number();
        ++seen;
    };
    CHECK_THROWS_AS(db.copy_out("COPY (SELECT 1 / (3 - i) FROM generate_series(1, 9) AS i)"
                                " TO STDOUT (FORMAT binary)",
                                {}, count),
                    statement_refused);
    CHECK_EQ(seen, 2);
    check_usable(db);
    CHECK_THROWS_AS(db.copy_in(put_in, short_row()), statement_refused);
    check_usable(db);
    CHECK_THROWS_AS(db.copy_in("COPY nowhere FROM STDIN (FORMAT binary)", {}), statement_refused);
    check_usable(db);
}

TEST_CASE("copy: what the receiver throws passes, and the session goes on") {
    const test::scratch_database database;
    auto db = database.connect();
    const auto refuse = [](copied_row&) { throw std::domain_error("enough"); };
    CHECK_THROWS_AS(
        db.copy_out("COPY (SELECT generate_series(1, 100000)) TO STDOUT (FORMAT binary)", {},
                    refuse),
        std::domain_error);
    check_usable(db);
}

TEST_CASE("copy: a session that is ended meanwhile is lost") {
    const test::scratch_database database;
    auto db = database.connect(), other = database.connect();
    const auto end_it = [&](copied_row& row) {
        if (row.number() == 1)
            other.run("SELECT pg_terminate_backend($1::integer)",
                      params{}.add(std::int64_t{db.backend_pid()}));
    };
    CHECK_THROWS_AS(
        db.copy_out("COPY (SELECT generate_series(1, 10000000)) TO STDOUT (FORMAT binary)", {},
                    end_it),
        connection_lost);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore::postgres
