// The projector's plans are made when its tables are nearly empty, and kept while they grow.

#include "projections/tables.hpp"

#include "tests/support/builders.hpp"
#include "tests/support/database.hpp"
#include "tests/support/print_eventstore.hpp"

namespace datadrop::projections {
namespace {

constexpr std::int64_t members_a_batch = 200;
constexpr std::int64_t batches = 10;

std::vector<member_row> new_rows(std::int64_t batch) {
    std::vector<member_row> rows;
    for (std::int64_t i = 0; i < members_a_batch; ++i)
        rows.push_back({.who = test::new_member(),
                        .state = domain::state::invited_or_joined,
                        .version = domain::stream_version{1},
                        .lifecycle = 1,
                        .position = eventstore::global_position{batch * members_a_batch + i + 1}});
    return rows;
}

std::int64_t rows_fetched_in(eventstore::postgres::session& db) {
    return db
        .run("SELECT sum(coalesce(s.seq_tup_read, 0) + coalesce(s.idx_tup_fetch, 0))::bigint"
             " FROM pg_stat_xact_user_tables AS s WHERE s.relname LIKE 'membership%'")
        .number(0, 0);
}

/// Every member is new, so a look-up by the whole key finds no row ever.
void check_batches(eventstore::postgres::session& db) {
    const auto generation = db.run("SELECT datadrop.generation(0::smallint)").number(0, 0);
    db.begin();
    for (std::int64_t batch = 0; batch < batches; ++batch)
        REQUIRE(project(db,
                        {.from = eventstore::global_position{batch * members_a_batch},
                         .generation = generation,
                         .to = eventstore::global_position{(batch + 1) * members_a_batch}},
                        new_rows(batch)));
    CHECK_EQ(rows_fetched_in(db), 0);
    db.rollback();
}

TEST_SUITE_BEGIN("plans");

TEST_CASE("plans: a projected batch looks its members up, on an empty table, analysed or not") {
    const test::scratch_database database;
    auto early = database.connect();
    check_batches(early);
    database.connect().run_script("ANALYZE");
    check_batches(early);
    auto late = database.connect();
    check_batches(late);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::projections
