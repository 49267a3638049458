// A database that an older program has filled, after `migrate` by this one.

#include "eventstore/membership_codec.hpp"
#include "eventstore/postgres/database.hpp"
#include "eventstore/sql/migrations.hpp"
#include "eventstore/sql/statements.hpp"

#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"
#include "tests/support/print_eventstore.hpp"

#include <array>

namespace datadrop::eventstore::postgres {
namespace {

using domain::command_kind;

constexpr std::array<std::uint8_t, 32> some_key{};

/// As `migrate` of the program leaves an empty database whose newest migration that one was.
void migrate_until(session& db, std::string_view newest) {
    db.run_script(sql::statements::create_schema);
    for (const auto& [name, text] : sql::migrations::all) {
        db.run_script(text);
        const auto version = std::stoi(std::string(name.substr(1, 4)));
        db.run("INSERT INTO datadrop.schema_migrations (name, version, checksum)"
               " VALUES ($1, $2, encode(sha256(convert_to($3, 'UTF8')), 'hex'))",
               params{}.add(name).add(version).add(text));
        if (version == 1) db.run(sql::statements::found_log, params{}.add(1).add_bytes(some_key));
        if (name == newest) return;
    }
}

/// Whose events an older program wrote.
const domain::member_id one_of_old{domain::guild_id{1}, domain::user_id{2}};

constexpr auto three_events_and_a_head =
    "INSERT INTO datadrop.events (partition, position, kind, guild_id, user_id, version, event,"
    " from_state, to_state, source, idempotency_key, recorded_at, payload)"
    " SELECT 0, v, 0, 1, 2, v, 0, 0, v, 0, 'key ' || v, now(), '' FROM generate_series(1, 3) AS v;"
    "INSERT INTO datadrop.heads VALUES (0, 1, 2, 3, 3, true, 7);"
    "INSERT INTO datadrop.tails VALUES (0, 3)";

/// Five events, in turn, of which none says which stay it is of.
void write_joins_and_leaves(session& db) {
    const int joined = domain::number_of(domain::event_kind::member_joined);
    const int left = domain::number_of(domain::event_kind::member_left);
    db.run("INSERT INTO datadrop.events (partition, position, kind, guild_id, user_id, version,"
           " event, from_state, to_state, source, idempotency_key, recorded_at, payload)"
           " SELECT 0, v, 0, 1, 2, v, CASE WHEN v % 2 = 1 THEN $1 ELSE $2 END::smallint, 0, 1, 0,"
           "  'key ' || v, now(), $3"
           " FROM generate_series(1, 5) AS v",
           params{}.add(joined).add(left).add_bytes(encode(domain::payload{})));
    db.run_script("INSERT INTO datadrop.heads VALUES (0, 1, 2, 5, 1, false, 3);"
                  "INSERT INTO datadrop.tails VALUES (0, 5)");
}

TEST_SUITE_BEGIN("upgrade");

TEST_CASE("upgrade: heads of V0005's table are found in the events, and the log goes on") {
    const test::scratch_database database({.partitions = std::nullopt});
    auto db = database.connect();
    migrate_until(db, "V0005__update_members_in_place");
    db.run_script(three_events_and_a_head);
    CHECK_EQ(migrate(db, {}).front(), "V0006__keep_heads_in_events");

    const head found{
        domain::stream_version{3},
        {.current = domain::state::onboarding_completed, .has_email = true, .lifecycle = 7}};
    const auto log = database.open_log();
    CHECK_EQ(log->load(partition_number{}, std::span(&one_of_old, 1)).heads, std::vector{found});
    const auto next = test::decided(found, {test::make_command(one_of_old, command_kind::leave)});
    CHECK_EQ(log->append(partition_number{}, {}, std::span(&next, 1)).fates.front().first,
             global_position{4});
    CHECK_EQ(log->load(partition_number{}, std::span(&one_of_old, 1)).heads,
             std::vector{next.after});
    CHECK_THROWS_AS(db.run("UPDATE datadrop.events SET lifecycle = 1"), statement_refused);
}

TEST_CASE("upgrade: a server's role can append with the function that is made anew") {
    const test::scratch_database database({.partitions = std::nullopt});
    auto db = database.connect();
    migrate_until(db, "V0005__update_members_in_place");
    db.run_script("DROP ROLE IF EXISTS serving; CREATE ROLE serving IN ROLE pg_read_all_stats;"
                  "CREATE FUNCTION datadrop.append(smallint, datadrop.append_chain[],"
                  " datadrop.append_step[], bigint, integer[], text[], bigint) RETURNS void"
                  " LANGUAGE sql AS '';"
                  "GRANT USAGE ON SCHEMA datadrop TO serving;"
                  "GRANT EXECUTE ON FUNCTION datadrop.append TO serving;"
                  "GRANT SELECT ON datadrop.server_key TO serving;"
                  "GRANT SELECT, INSERT, UPDATE, DELETE ON datadrop.membership TO serving");
    migrate(db, {});
    session serving({.database = database.url() + " options='-c role=serving'"});
    CHECK_EQ(obstacle_to_writing(serving), std::nullopt);
    db.run_script("DROP OWNED BY serving; DROP ROLE serving");
}

TEST_CASE("upgrade: an event that does not say which stay it is of is one of the joins so far") {
    const test::scratch_database database({.partitions = std::nullopt});
    auto db = database.connect();
    migrate_until(db, "V0005__update_members_in_place");
    write_joins_and_leaves(db);
    migrate(db, {});

    const auto log = database.open_log();
    for (int version = 1; version <= 5; ++version) {
        const auto key = "key " + std::to_string(version);
        const auto asked =
            test::checked({}, {test::make_command(one_of_old, command_kind::join, {.key = key})});
        const auto found = test::append(*log, asked);
        REQUIRE_EQ(found.keys.size(), 1);
        CHECK_EQ(std::get<recorded>(found.keys.front().holder).lifecycle, (version + 1) / 2);
    }
}

TEST_CASE("upgrade: a log whose last events were not restored is refused") {
    const test::scratch_database database({.partitions = std::nullopt});
    auto db = database.connect();
    migrate_until(db, "V0007__index_streams_by_user");
    db.run_script("INSERT INTO datadrop.tails VALUES (0, 3)");
    CHECK_THROWS_WITH_AS(migrate(db, {}),
                         doctest::Contains("position 3, and its last event is at 0"),
                         statement_refused);
}

TEST_CASE("upgrade: attempts that tell no reason have none, where the API shows them") {
    const test::scratch_database database({.partitions = std::nullopt});
    auto db = database.connect();
    migrate_until(db, "V0007__index_streams_by_user");
    db.run_script("INSERT INTO datadrop.dead_letters VALUES (0, 5, 1, 2, 'parked', 'c', now(),"
                  " 'bot', 'b', '{}', '[{\"number\": 1}, {\"number\": 2}]',"
                  " '[{\"type\": \"RedriveFailed\", \"attempts\": [{\"number\": 1}]},"
                  " {\"type\": \"CommandDiscarded\"}]', 7)");
    migrate(db, {});
    const auto shown = db.run("SELECT attempts::text, events::text FROM datadrop.dead_letters");
    CHECK_EQ(shown.text(0, 0), R"([{"why": null, "number": 1, "stated": [], "winner": null}, )"
                               R"({"why": null, "number": 2, "stated": [], "winner": null}])");
    CHECK_EQ(shown.text(0, 1), R"([{"type": "RedriveFailed", "attempts": )"
                               R"([{"why": null, "number": 1, "stated": null, "winner": null}]}, )"
                               R"({"type": "CommandDiscarded"}])");
}

TEST_CASE("upgrade: attempts of before tell what was stated, and who had won") {
    const test::scratch_database database({.partitions = std::nullopt});
    auto db = database.connect();
    migrate_until(db, "V0009__tell_why_attempts_met_nothing");
    db.run_script(
        "INSERT INTO datadrop.events (partition, position, kind, guild_id, user_id, version, event,"
        " from_state, to_state, source, actor, idempotency_key, recorded_at, payload)"
        " VALUES (0, 1, 0, 1, 2, 1, 0, 0, 1, 1, 'ana', 'k', '2024-09-01 10:00:00.5+00', '');"
        "INSERT INTO datadrop.dead_letters VALUES (0, 5, 1, 2, 'parked', 'c', now(), 'bot', 'b',"
        " '{\"expected_state\": \"Verified\", \"expected_version\": 7}',"
        " '[{\"number\": 1, \"found_version\": 1}, {\"number\": 2, \"found_version\": 0}]', '[]', "
        "7)");
    migrate(db, {});
    const auto shown = db.run("SELECT a ->> 'stated', a ->> 'winner' FROM datadrop.dead_letters,"
                              " jsonb_array_elements(attempts) AS a");
    CHECK_EQ(shown.text(0, 0), R"(["expected_state", "expected_version"])");
    CHECK_EQ(shown.text(0, 1), R"({"at": "2024-09-01T10:00:00.500000Z", "actor": "ana", )"
                               R"("event": "MemberJoined", "source": "api", "version": 1})");
    CHECK_EQ(shown.text(1, 0), R"(["expected_state"])");
    CHECK(shown.is_null(1, 1));
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore::postgres
