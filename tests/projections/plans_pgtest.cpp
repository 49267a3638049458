// The projector's plans are made when its tables are nearly empty, and kept while they grow.

#include "projections/log_events.hpp"
#include "projections/sql/statements.hpp"
#include "projections/tables.hpp"

#include "tests/projections/support/newcomers.hpp"
#include "tests/support/database.hpp"
#include "tests/support/print_eventstore.hpp"

namespace datadrop::projections {
namespace {

constexpr std::int64_t members_a_batch = 200;
constexpr std::int64_t batches = 10;

/// By the session so far: its figures outlive its transactions.
std::int64_t rows_fetched_by(eventstore::postgres::session& db, std::string_view tables) {
    return db
        .run("SELECT sum(coalesce(s.seq_tup_read, 0) + coalesce(s.idx_tup_fetch, 0))::bigint"
             " FROM pg_stat_xact_user_tables AS s WHERE s.relname LIKE $1",
             eventstore::postgres::params{}.add(tables))
        .number(0, 0);
}

void project_newcomers(eventstore::postgres::session& db, std::int64_t from, std::int64_t count) {
    const auto generation = db.run("SELECT datadrop.generation(0::smallint)").number(0, 0);
    test::add_newcomers(db, from, from + count);
    REQUIRE_EQ(project(db, {.from = eventstore::global_position{from},
                            .generation = generation,
                            .to = eventstore::global_position{from + count}}),
               projected::written);
}

/// Every member is new, so a look-up by the whole key finds no row ever; and of the log a batch
/// reads its own events, once to see whether they say it all.
void check_batches(eventstore::postgres::session& db, std::int64_t from) {
    db.begin();
    const auto members = rows_fetched_by(db, "membership%"), events = rows_fetched_by(db, "events");
    for (std::int64_t batch = 0; batch < batches; ++batch)
        project_newcomers(db, from + batch * members_a_batch, members_a_batch);
    CHECK_EQ(rows_fetched_by(db, "membership%") - members, 0);
    CHECK_EQ(rows_fetched_by(db, "events") - events, 2 * batches * members_a_batch);
    db.rollback();
}

TEST_SUITE_BEGIN("plans");

TEST_CASE("plans: a projected batch looks its members up, whatever is known of the tables") {
    const test::scratch_database database;
    auto early = database.connect();
    check_batches(early, 0);
    database.connect().run_script("ANALYZE");
    check_batches(early, 0);
    auto late = database.connect();
    check_batches(late, 0);
    project_newcomers(late, 0, 1);
    database.connect().run_script("ANALYZE");
    check_batches(early, 1);
    auto last = database.connect();
    check_batches(last, 1);
}

TEST_CASE("plans: a stretch of the log is read in its order, not gathered and sorted") {
    constexpr std::int64_t events = 5'000;
    const test::scratch_database database;
    auto db = database.connect();
    test::add_newcomers(db, 0, events);
    db.run_script(sql::statements::read_in_order);
    db.begin();
    read_page(
        db, {.after = eventstore::global_position{0}, .end = eventstore::global_position{events}});
    // A bitmap's rows are not counted at the index.
    const auto by_index =
        db.run("SELECT pg_stat_get_xact_tuples_fetched('datadrop.events_pkey'::regclass)");
    CHECK_EQ(by_index.number(), events);
    db.rollback();
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::projections
