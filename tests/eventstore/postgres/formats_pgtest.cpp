// What a session writes and reads hangs on nothing that a role or a database may set, and what is
// not of the form that was asked for is never taken for a value.

#include "eventstore/postgres/database.hpp"
#include "eventstore/tokens.hpp"

#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"
#include "tests/support/hostile_settings.hpp"

namespace datadrop::eventstore::postgres {
namespace {

using domain::command_kind;
using domain::state;

/// Who is verified, by the longest way, with words that other settings would read otherwise.
domain::envelope wordy(domain::member_id who) {
    auto command = test::make_command(who, command_kind::record_email,
                                      {.key = "it's \\' a key",
                                       .reason = "\\x00 'NULL' \\\\ ü",
                                       .actor = "NULL",
                                       .address = "NULL"});
    command.occurred_at = domain::timestamp(std::chrono::microseconds(1'700'000'000'123'456));
    return command;
}

token_hash hash_of(session& db, std::string_view name) {
    for (const auto& token : list_tokens(db))
        if (token.name == name) return token.hash;
    return {};
}

auto create_bot_token(session& db) {
    return create_token(db, {.name = "bot", .from = domain::source::bot, .may = scopes(7)}).value();
}

/// Events of both kinds, and those of a member and of a dead letter alone.
void check_reads_the_same(log& one, log& other, domain::member_id who, dead_letter_id letter) {
    CHECK_EQ(one.read(partition_number{}, {}, 100), other.read(partition_number{}, {}, 100));
    CHECK_EQ(one.history(who, {}, 100), other.history(who, {}, 100));
    CHECK_EQ(one.dead_letter(letter), other.dead_letter(letter));
}

TEST_SUITE_BEGIN("formats");

// With bytea_output = escape every token was refused, a used key was unavailable, a history failed,
// and the key of the fingerprints was read as another.
TEST_CASE("formats: whatever role and database say, values are read as they were written") {
    const test::scratch_database database;
    auto before = database.connect();
    const auto key = load_fingerprint_key(before);
    const auto token = create_bot_token(before);
    const auto written = database.open_log();
    const auto who = test::new_member();
    const auto pending = test::bring_to(*written, who, state::verification_pending);
    const auto email = test::decided(pending, {wordy(who)});
    const auto position = test::append(*written, email).first;
    const auto letter = test::park(*written, test::make_command(who, command_kind::join)).id;
    test::set_hostile(database);
    auto db = database.connect();
    CHECK_EQ(load_fingerprint_key(db), key);
    CHECK_EQ(hash_of(db, "bot"), hash_token(token));
    CHECK_EQ(list_tokens(db).at(0).created_at, list_tokens(before).at(0).created_at);
    const auto read = database.open_log();
    check_reads_the_same(*read, *written, who, letter);
    const auto again = test::append(*read, email);
    REQUIRE_EQ(again.what, fate::key_found);
    CHECK_EQ(again.keys.at(0).holder, key_holder(test::recorded_as(email, 0, position)));
}

TEST_CASE("formats: what is written under such settings is what was meant") {
    const test::scratch_database database;
    const auto plain = database.open_log();
    plain->tails(); // connected before
    test::set_hostile(database);
    const auto log = database.open_log();
    const auto who = test::new_member();
    const auto pending = test::bring_to(*log, who, state::verification_pending);
    const auto command = wordy(who);
    REQUIRE_EQ(test::append(*log, test::decided(pending, {command})).what, fate::appended);
    const auto stored = plain->history(who, pending.version, 1).at(0);
    CHECK_EQ(stored.idempotency_key, command.idempotency_key);
    CHECK_EQ(stored.reason, command.reason);
    CHECK_EQ(stored.actor, command.actor);
    CHECK_EQ(stored.occurred_at, command.occurred_at);
    CHECK_EQ(stored.what.data, command.data);
    auto db = database.connect();
    CHECK_EQ(db.run("SELECT a.address FROM datadrop.addresses AS a").text(0, 0), "NULL");
    const auto id = test::park(*log, wordy(test::new_member())).id;
    CHECK_EQ(plain->dead_letter(id), log->dead_letter(id));
}

TEST_CASE("formats: a client encoding in the connection string does not count") {
    const test::scratch_database database;
    const auto log = open_log({.database = database.url() + " client_encoding=LATIN1"}, 1);
    const auto who = test::new_member();
    const auto command = test::make_command(who, command_kind::join, {.reason = "€ 🦊"});
    REQUIRE_EQ(test::append(*log, test::decided({}, {command})).what, fate::appended);
    CHECK_EQ(log->history(who, {}, 1).at(0).reason, command.reason);
    CHECK_EQ(database.open_log()->history(who, {}, 1).at(0).reason, command.reason);
}

TEST_CASE("formats: what is not of the form that was asked for is an error, never a value") {
    const test::scratch_database database({.partitions = std::nullopt});
    auto db = database.connect();
    const auto answer = db.run("SELECT 'abcd'::text, '\\x012'::text, '\\x0g'::text, 'yes'::text,"
                               " '12a'::text, NULL::text, ''::text, '\\x'::text");
    for (const int column : {0, 1, 2, 5, 6})
        CHECK_THROWS_AS(answer.bytes(0, column), unexpected_value);
    for (const int column : {0, 3, 5, 6})
        CHECK_THROWS_AS(answer.flag(0, column), unexpected_value);
    for (const int column : {0, 4, 5, 6})
        CHECK_THROWS_AS(answer.number(0, column), unexpected_value);
    CHECK_THROWS_WITH_AS(answer.text(0, 5), doctest::Contains("column 6"), unexpected_value);
    CHECK(answer.bytes(0, 7).empty());
}

TEST_CASE("formats: a key of the fingerprints that is none is not used") {
    const test::scratch_database database;
    auto db = database.connect();
    db.run_script("ALTER TABLE datadrop.server_key DROP CONSTRAINT server_key_key_check;"
                  "UPDATE datadrop.server_key SET key = '\\x00'");
    CHECK_THROWS_WITH_AS(load_fingerprint_key(db), doctest::Contains("1 bytes"), unexpected_value);
    db.run_script("DELETE FROM datadrop.server_key");
    CHECK_THROWS_AS(load_fingerprint_key(db), unexpected_value);
}

TEST_CASE("formats: every indexed text is compared as bytes") {
    const test::scratch_database database;
    auto db = database.connect();
    const auto other =
        db.run("SELECT i.indexrelid::regclass::text FROM pg_index AS i"
               " JOIN pg_class AS c ON c.oid = i.indrelid"
               " CROSS JOIN LATERAL unnest(i.indcollation) AS k (number)"
               " JOIN pg_collation AS l ON l.oid = k.number"
               " WHERE c.relnamespace = 'datadrop'::regnamespace AND l.collname <> 'C'");
    CHECK_EQ(other.size(), 0);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore::postgres
