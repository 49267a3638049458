// What only a look at the schema and the log can tell: each trouble made true, told, and mended as
// was told.

#include "eventstore/postgres/doctor/log_checks.hpp"

#include "eventstore/postgres/database.hpp"

#include "tests/support/database.hpp"
#include "tests/support/print.hpp"
#include "tests/support/text.hpp"

#include <string>
#include <vector>

namespace datadrop::eventstore::postgres::doctor {
namespace {

using test::contains;

finding first(const findings& all) {
    REQUIRE_FALSE(all.empty());
    return all.front();
}

TEST_SUITE_BEGIN("doctor on a log");

TEST_CASE("no schema, an old one, and a guard that is off: `datadrop migrate` is told, and mends") {
    const test::scratch_database database({.partitions = std::nullopt});
    auto db = database.connect();
    CHECK_EQ(first(examine_schema(db, "datadrop")).remedy,
             std::vector<std::string>{"datadrop migrate"});
    migrate(db, {});
    CHECK_EQ(first(examine_schema(db, "datadrop")).how_bad, severity::ok);
    db.run_script("UPDATE datadrop.schema_migrations SET checksum = 'x' WHERE version IS NULL");
    CHECK_EQ(first(examine_schema(db, "datadrop")).remedy,
             std::vector<std::string>{"datadrop migrate"});
    migrate(db, {});
    CHECK_EQ(first(examine_schema(db, "datadrop")).how_bad, severity::ok);
    db.run_script("ALTER TABLE datadrop.events DISABLE TRIGGER events_are_immutable");
    CHECK_EQ(first(examine_log(db)).remedy, std::vector<std::string>{"datadrop migrate"});
    migrate(db, {});
    CHECK_EQ(first(examine_log(db)).how_bad, severity::ok);
}

TEST_CASE("what does not belong together is to be restored whole") {
    const test::scratch_database database;
    auto db = database.connect();
    db.run_script("INSERT INTO datadrop.parked_keys (partition, guild_id, user_id,"
                  " idempotency_key, dead_letter_id, status) VALUES (0, 1, 1, 'k', 5, 0)");
    const auto told = first(examine_log(db));
    CHECK_EQ(told.how_bad, severity::error);
    CHECK(contains(told.remedy.at(0), "restore the whole dump"));
    db.run_script("DELETE FROM datadrop.parked_keys");
    CHECK_EQ(first(examine_log(db)).how_bad, severity::ok);
}

TEST_CASE("a role that lacks rights") {
    const test::scratch_database database;
    auto owner = database.connect();
    owner.run_script("DROP ROLE IF EXISTS serving;"
                     "CREATE ROLE serving IN ROLE pg_read_all_stats");
    session db({.database = database.url() + " options='-c role=serving'"});
    for (const auto& told :
         {first(examine_schema(db, "serving")), first(examine_rights(db, "serving"))}) {
        CHECK_EQ(told.how_bad, severity::error);
        CHECK_EQ(told.remedy, std::vector<std::string>{"datadrop migrate --app-role serving"});
    }
    migrate(owner, {.app_role = "serving"});
    CHECK_EQ(first(examine_rights(db, "serving")).how_bad, severity::ok);
    owner.run_script("REVOKE SELECT ON datadrop.tokens FROM serving");
    CHECK(contains(first(examine_rights(db, "serving")).what, "datadrop.tokens"));
    owner.run_script("DROP OWNED BY serving; DROP ROLE serving");
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore::postgres::doctor
