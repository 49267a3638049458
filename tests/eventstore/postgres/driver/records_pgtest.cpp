#include "eventstore/postgres/driver/session.hpp"

#include "tests/support/database.hpp"

#include <doctest/doctest.h>

#include <array>

namespace datadrop::eventstore::postgres {
namespace {

/// The text that PostgreSQL makes of each row of steps, its numbers left out.
std::string as_text(const records& rows) {
    const test::scratch_database database;
    auto db = database.connect();
    return std::string(
        db.run("SELECT coalesce(string_agg((s.key, s.actor, s.event, s.occurred_at, "
               "s.payload, s.has_email)::text,"
               " ' ' ORDER BY s.number), 'none') FROM unnest($1::datadrop.append_step[]) AS s",
               params{}.add(rows))
            .text(0, 0));
}

records steps() { return records("datadrop.append_step", 18); }

void add_step(records& to, std::int64_t number, std::string_view key, bool full) {
    constexpr std::array<std::uint8_t, 2> payload{0x00, 0xff};
    to.start();
    for (const auto integer : {number, std::int64_t{1}})
        to.integer(integer);
    for (const auto bigint : {1, 2, 3})
        to.bigint(bigint);
    full ? to.smallint(-7) : to.no_smallint();
    to.no_smallint();
    to.no_smallint();
    to.smallint(1);
    to.text(key);
    to.maybe_text(full ? std::optional<std::string>("o'\"\\{x}") : std::nullopt);
    to.maybe_text({});
    to.maybe_text({});
    to.maybe_timestamptz(full ? std::optional(domain::timestamp(std::chrono::microseconds(-1)))
                              : std::nullopt);
    full ? to.bytea(payload) : to.no_bytea();
    to.boolean(full);
    to.bigint(1);
    to.bigint(2);
}

TEST_SUITE_BEGIN("records");

TEST_CASE("records: values, nulls and no row at all arrive as they are") {
    auto rows = steps();
    CHECK_EQ(as_text(rows), "none");
    add_step(rows, 1, "k1", true);
    add_step(rows, 2, "k2", false);
    CHECK_EQ(as_text(rows), R"((k1,"o'""\\{x}",-7,"1969-12-31 23:59:59.999999+00","\\x00ff",t))"
                            " (k2,,,,,f)");
}

TEST_CASE("records: a statement with them is refused and lost like any other") {
    const test::scratch_database database;
    auto db = database.connect();
    CHECK_THROWS_AS(
        db.run("SELECT 1 / cardinality($1::datadrop.append_step[])", params{}.add(steps())),
        statement_refused);
    CHECK_THROWS_AS(
        db.run("SELECT pg_terminate_backend(pg_backend_pid()), $1::datadrop.append_step[]",
               params{}.add(steps())),
        connection_lost);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore::postgres
