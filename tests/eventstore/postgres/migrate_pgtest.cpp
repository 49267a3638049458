#include "eventstore/postgres/database.hpp"

#include "tests/support/database.hpp"
#include "tests/support/print_eventstore.hpp"

#include <future>

namespace datadrop::eventstore::postgres {
namespace {

using test::scratch_database;

/// The message of the schema_failure that `run` throws.
template <typename Run>
std::string refusal(Run&& run) {
    try {
        run();
    } catch (const schema_failure& e) {
        return e.what();
    }
    return "not refused";
}

bool mentions(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

const scratch_database::options unmigrated{.partitions = std::nullopt};

constexpr std::string_view whole_event =
    R"({"partition": 0, "position": 1, "kind": 0, "guild_id": 1, "user_id": 1, "version": 1,)"
    R"( "event": 0, "from_state": 0, "to_state": 1, "source": 0, "idempotency_key": "k",)"
    R"( "recorded_at": "2026-01-01", "payload": ""})";

/// What stands in the place of the fields of a whole event.
constexpr const char* no_events[] = {
    R"({"kind": 2})",
    R"({"guild_id": 0})",
    R"({"user_id": 0})",
    R"({"version": 0})",
    R"({"idempotency_key": null})",
    R"({"dead_letter_id": 1})",
    R"({"from_state": null})",
    R"({"to_state": null})",
    R"({"kind": 1})",
    R"({"kind": 1, "idempotency_key": null, "from_state": null})",
    R"({"kind": 1, "idempotency_key": null, "dead_letter_id": 1})",
};

TEST_SUITE_BEGIN("migrate");

TEST_CASE("migrate: makes the schema once, with one partition unless said") {
    const scratch_database database(unmigrated);
    auto db = database.connect();
    CHECK(mentions(refusal([&] { require_current_schema(db); }), "datadrop migrate"));
    CHECK_EQ(migrate(db, {}).front(), "V0001__create_log");
    CHECK(migrate(db, {}).empty());
    require_current_schema(db);
    CHECK_EQ(partition_count(db), 1);
}

TEST_CASE("migrate: the number of partitions is fixed when the database is made") {
    const scratch_database database({.partitions = 3});
    auto db = database.connect();
    CHECK_EQ(partition_count(db), 3);
    CHECK(migrate(db, {}).empty());
    CHECK(migrate(db, {.partitions = 3}).empty());
    CHECK(mentions(refusal([&] { migrate(db, {.partitions = 4}); }), "made with 3"));
    CHECK_EQ(db.run("SELECT FROM datadrop.log_head WHERE position = partition * 2^48").size(), 3);
}

TEST_CASE("migrate: 1 to 64 partitions") {
    const scratch_database database(unmigrated);
    auto db = database.connect();
    for (const int wrong : {-1, 0, 65})
        CHECK(mentions(refusal([&] { migrate(db, {.partitions = wrong}); }), "1 to 64"));
    migrate(db, {.partitions = 64});
    CHECK_EQ(partition_count(db), 64);
}

TEST_CASE("migrate: two at once do it once") {
    const scratch_database database(unmigrated);
    const auto run = [&] {
        auto db = database.connect();
        return migrate(db, {}).size();
    };
    auto one = std::async(std::launch::async, run);
    auto other = std::async(std::launch::async, run);
    const auto first = one.get(), second = other.get();
    CHECK_GT(first + second, 3);
    CHECK_EQ(std::min(first, second), 0);
}

TEST_CASE("migrate: a changed migration and a newer database are refused, also for serving") {
    const scratch_database database;
    auto db = database.connect();
    std::string part;
    SUBCASE("changed") {
        db.run_script("UPDATE datadrop.schema_migrations SET checksum = 'other' WHERE version = 1");
        part = "V0001__create_log";
    }
    SUBCASE("newer") {
        db.run_script("INSERT INTO datadrop.schema_migrations VALUES ('V9999__x', 9999, 'x')");
        part = "version 9999";
    }
    CHECK(mentions(refusal([&] { migrate(db, {}); }), part));
    CHECK(mentions(refusal([&] { require_current_schema(db); }), part));
}

TEST_CASE("migrate: a repeatable object is applied again when its file has changed") {
    const scratch_database database;
    auto db = database.connect();
    db.run_script("UPDATE datadrop.schema_migrations SET checksum = 'old' WHERE name = 'append'");
    CHECK(mentions(refusal([&] { require_current_schema(db); }), "datadrop migrate"));
    CHECK_EQ(migrate(db, {}), std::vector<std::string>{"append"});
    require_current_schema(db);
}

TEST_CASE("migrate: each database has a fingerprint key of its own, and keeps it") {
    const scratch_database one, other;
    auto db = one.connect(), another = other.connect();
    const auto key = load_fingerprint_key(db);
    CHECK_NE(key, load_fingerprint_key(another));
    migrate(db, {});
    CHECK_EQ(key, load_fingerprint_key(db));
}

TEST_CASE("the events table refuses what is no event") {
    const test::scratch_database database;
    auto db = database.connect();
    const auto insert = [&](std::string_view but) {
        db.run("INSERT INTO datadrop.events SELECT * FROM jsonb_populate_record("
               "NULL::datadrop.events, $1::jsonb || $2::jsonb)",
               params{}.add(whole_event).add(but));
    };
    for (const auto* but : no_events) {
        CAPTURE(but);
        CHECK_THROWS_WITH_AS(insert(but), doctest::Contains("check constraint"), statement_refused);
    }
    insert("{}");
    insert(R"({"position": 2, "kind": 1, "idempotency_key": null, "from_state": null,)"
           R"( "to_state": null, "dead_letter_id": 2})");
}

TEST_CASE("what is unique in a table that has partitions is so within one of them") {
    const scratch_database database;
    auto db = database.connect();
    const auto without =
        db.run("SELECT i.indexrelid::regclass::text FROM pg_index AS i"
               " JOIN pg_class AS c ON c.oid = i.indrelid"
               " JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'partition'"
               " WHERE c.relnamespace = 'datadrop'::regnamespace AND i.indisunique"
               " AND a.attnum <> ALL (i.indkey)");
    CHECK_EQ(without.size(), 0);
}

TEST_CASE("SQL and C++ use the same names for the same numbers") {
    const scratch_database database;
    auto db = database.connect();
    const auto check = [&]<typename Enum>(std::string_view function, Enum) {
        const auto sql = "SELECT datadrop." + std::string(function) + "($1)";
        for (std::size_t i = 0; i < domain::count_of<Enum>; ++i)
            CHECK_EQ(db.run(sql, params{}.add(static_cast<std::int64_t>(i))).text(0, 0),
                     domain::names<Enum>[i]);
        const auto beyond = static_cast<std::int64_t>(domain::count_of<Enum>);
        CHECK(db.run(sql, params{}.add(beyond)).is_null(0, 0));
    };
    check("state_name", domain::state{});
    check("event_name", domain::event_kind{});
    check("source_name", domain::source{});
    check("dead_letter_status_name", domain::dead_letter_status{});
    check("dead_letter_event_name", domain::dead_letter_event_kind{});
}

TEST_CASE("micros and from_micros are exact") {
    const scratch_database database;
    auto db = database.connect();
    for (const std::int64_t micros :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1'700'000'000'123'457},
          std::int64_t{-62'135'596'799'999'999}, std::int64_t{253'402'300'799'999'999}})
        CHECK_EQ(db.run("SELECT datadrop.micros(datadrop.from_micros($1))", params{}.add(micros))
                     .number(0, 0),
                 micros);
    CHECK_EQ(db.run("SELECT datadrop.micros('2024-09-01 10:11:12.345678+00')").number(0, 0),
             1'725'185'472'345'678);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore::postgres
