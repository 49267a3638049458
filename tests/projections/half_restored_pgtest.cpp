// A database that got a part of another one's data by pg_restore: nothing is taken for a whole log
// that is none.

#include "eventstore/postgres/database.hpp"
#include "eventstore/postgres/whole_log.hpp"
#include "projections/agreement.hpp"
#include "projections/rebuild.hpp"
#include "tests/support/dump.hpp"
#include "tests/support/projected_log.hpp"
#include "tests/support/text.hpp"

using namespace datadrop;
namespace postgres = eventstore::postgres;
using test::contains;
using test::projected_log;
using test::scratch_database;

TEST_SUITE_BEGIN("half restored");

namespace {

constexpr int partition_count = 2;

/// Members of both partitions, one with an address, and a dead letter.
struct original : projected_log {
    original() : projected_log(partition_count) {
        for (const auto& who : make_members(6, 2))
            bring_to(domain::state::rules_accepted, who);
        const auto who = test::new_member();
        bring_to(domain::state::rules_accepted, who);
        auto command = test::make_command(who, domain::command_kind::request_verification);
        command.data.email = fingerprint(*command.address);
        submit(command);
        letter = park(who, domain::command_kind::join).id;
        project();
    }
    domain::email_fingerprint fingerprint(std::string_view address) const {
        auto db = database().connect();
        return eventstore::fingerprint_of(address, postgres::load_fingerprint_key(db));
    }
    eventstore::dead_letter_id letter{};
};

/// What is told of it by those that look at the log, at its keys, and at the read model.
struct told {
    explicit told(const scratch_database& database) {
        auto db = database.connect();
        try {
            postgres::require_whole_log(db);
            postgres::require_all_keys(db);
        } catch (const postgres::schema_failure& e) {
            of_log = e.what();
        }
        of_read_model = projections::disagreement_with_log(db).value_or("");
    }
    std::string of_log;
    std::string of_read_model;
};

} // namespace

TEST_CASE("a whole restore is well, over a schema that was there too") {
    const original before;
    CHECK_EQ(told(before.database()).of_log, "");
    const scratch_database after({.partitions = {}});
    test::restore_dump(before.database().url(), after.url());
    CHECK_EQ(told(after).of_log, "");
    CHECK_EQ(told(after).of_read_model, "");
}

TEST_CASE("the data alone leave the new database's key, which made none of the fingerprints") {
    const original before;
    const scratch_database after({.partitions = partition_count});
    test::restore_data(before.database().url(), after.url());
    const auto what = told(after).of_log;
    CHECK(contains(what, "the fingerprints of 1 addresses were looked at, and 0 were made"));
    CHECK(contains(what, "restore the whole dump into an empty database"));
    auto db = after.connect();
    CHECK_THROWS_AS(projections::rebuild(db, partition_count, [](const auto&) {}),
                    postgres::schema_failure);
    CHECK_THROWS_AS(projections::verify(db, partition_count, [](const auto&) {}),
                    postgres::schema_failure);
}

TEST_CASE("the data of a log with another number of partitions") {
    const original before;
    SUBCASE("fewer here") {
        const scratch_database after({.partitions = 1});
        test::restore_data(before.database().url(), after.url());
        CHECK(contains(told(after).of_log,
                       "events in partition 1, and the database says that it has 1 partitions"));
    }
    SUBCASE("more here") {
        const scratch_database after({.partitions = 5});
        test::restore_data(before.database().url(), after.url());
        CHECK(contains(told(after).of_log, "with the 5 partitions"));
    }
}

TEST_CASE("a restore without triggers: the events are not guarded, until migrate guards them") {
    const original before;
    const scratch_database after({.partitions = partition_count});
    test::restore_data(before.database().url(), after.url(), {"--disable-triggers"});
    CHECK(contains(told(after).of_log, "events may be changed: run `datadrop migrate`"));
    auto db = after.connect();
    postgres::migrate(db, {});
    CHECK_FALSE(contains(told(after).of_log, "events may be changed"));
    db.run_script("SET session_replication_role = replica");
    CHECK_THROWS_AS(db.run_script("DELETE FROM datadrop.events"), postgres::statement_refused);
}

TEST_CASE("the read model without its log") {
    const original before;
    const scratch_database after({.partitions = partition_count});
    test::restore_data(before.database().url(), after.url(), {"-t", "membership_0"});
    CHECK_EQ(told(after).of_log, "");
    CHECK(contains(told(after).of_read_model, "the log of partition 0 has 0 events"));
    auto db = after.connect();
    CHECK_THROWS_AS(projections::rebuild(db, partition_count, [](const auto&) {}),
                    projections::rebuild_refused);
    CHECK_GT(projections::rebuild(db, partition_count, [](const auto&) {}, {.force = true}).mended,
             0);
    CHECK_EQ(told(after).of_read_model, "");
}

TEST_CASE("the log without its keys, and keys without their log") {
    const original before;
    const scratch_database after({.partitions = partition_count});
    SUBCASE("no keys") {
        test::restore_data(before.database().url(), after.url(), {"-t", "events"});
        CHECK(contains(told(after).of_log, "and parked_keys has no key of it"));
    }
    SUBCASE("no log") {
        test::restore_data(before.database().url(), after.url(), {"-t", "parked_keys"});
        CHECK(contains(told(after).of_log, "which the log has not"));
    }
}

TEST_CASE("a checkpoint too many, and one too few") {
    original before;
    SUBCASE("too many") {
        before.damage("INSERT INTO datadrop.projection_checkpoints VALUES (1, 1::bigint << 48)");
        CHECK(contains(told(before.database()).of_log,
                       "partition 1 has 2 checkpoints of the read model, and should have 1"));
    }
    SUBCASE("too few") {
        before.damage("DELETE FROM datadrop.projection_checkpoints WHERE partition = 0");
        CHECK(contains(told(before.database()).of_log,
                       "partition 0 has 0 checkpoints of the read model, and should have 1"));
    }
}

TEST_CASE("a log without its first events, and one with a key too few") {
    original before;
    SUBCASE("first events") {
        before.damage("ALTER TABLE datadrop.events DISABLE TRIGGER events_are_immutable;"
                      "DELETE FROM datadrop.events WHERE position IN (1, 2);"
                      "ALTER TABLE datadrop.events ENABLE ALWAYS TRIGGER events_are_immutable");
        CHECK(contains(told(before.database()).of_log,
                       "the log of partition 0 begins with position 3, and should with 1"));
    }
    SUBCASE("a key") {
        const auto who = test::new_member();
        before.park(who, domain::command_kind::join);
        before.park(who, domain::command_kind::ban);
        before.damage("DELETE FROM datadrop.parked_keys WHERE dead_letter_id = (SELECT"
                      " min(dead_letter_id) FROM datadrop.parked_keys WHERE user_id = " +
                      std::to_string(number_of(who.user)) + ")");
        CHECK(contains(told(before.database()).of_log, "dead letters, and parked_keys"));
    }
}

TEST_SUITE_END();
