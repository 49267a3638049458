// A transaction has an owner, and its commit is durable by what it says itself.

#include "eventstore/membership_codec.hpp"
#include "eventstore/postgres/driver/transaction.hpp"
#include "eventstore/postgres/log_rows.hpp"
#include "eventstore/sql/statements.hpp"

#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"

#include <string>

namespace datadrop::eventstore::postgres {
namespace {

using domain::command_kind;

/// As no program would: what is read of the member's events from here on stands for nothing.
void corrupt_events_of(const test::scratch_database& database, domain::member_id who) {
    auto owner = database.connect();
    owner.run_script("ALTER TABLE datadrop.events DISABLE TRIGGER events_are_immutable");
    owner.run("UPDATE datadrop.events SET payload = '\\x00' WHERE user_id = $1",
              params{}.add(domain::number_of(who.user)));
    owner.run_script("ALTER TABLE datadrop.events ENABLE ALWAYS TRIGGER events_are_immutable");
}

std::string commit_setting(session& db) {
    return std::string(db.run("SELECT current_setting('synchronous_commit')").text(0, 0));
}

/// What a commit waits for after the statement, in a session whose owner did not want it to wait.
std::string commit_after(session& db, const std::string& statement) {
    db.run_script("SET synchronous_commit = off");
    db.run_script("BEGIN");
    db.run_script(statement);
    const auto inside = commit_setting(db);
    db.run_script("ROLLBACK");
    CHECK_EQ(commit_setting(db), "off"); // nothing stays in the session
    return inside;
}

void divide_by_zero(session& db) {
    const transaction whole(db);
    db.run("SELECT 1 / 0");
}

TEST_SUITE_BEGIN("transaction");

TEST_CASE("transaction: however its scope is left, nothing stays open") {
    const test::scratch_database database({.partitions = std::nullopt});
    auto db = database.connect();
    db.run_script("CREATE TABLE public.notes (note integer)");
    const auto notes = [&] { return db.run("SELECT FROM public.notes").size(); };
    const auto note_and_throw = [&] {
        const transaction whole(db);
        db.run("INSERT INTO public.notes VALUES (1)");
        throw std::bad_alloc();
    };
    CHECK_THROWS_AS(note_and_throw(), std::bad_alloc);
    CHECK_FALSE(db.in_transaction());
    CHECK_THROWS_AS(divide_by_zero(db), statement_refused);
    CHECK_FALSE(db.in_transaction());
    CHECK_EQ(notes(), 0);
    transaction whole(db);
    db.run("INSERT INTO public.notes VALUES (2)");
    whole.commit();
    CHECK_FALSE(db.in_transaction());
    CHECK_EQ(notes(), 1);
}

// The transaction stayed open with the partition's lock; the next append ran inside it, and was
// answered as accepted without a commit.
TEST_CASE("transaction: a reservation does not outlast an answer that cannot be read") {
    const test::scratch_database database;
    const auto log = database.open_log(), other = database.open_log();
    const auto who = test::new_member();
    const auto used = test::decided({}, {test::make_command(who, command_kind::join)});
    test::append(*log, used);
    corrupt_events_of(database, who);
    log->reserve(partition_number{}, std::vector{who});
    CHECK_THROWS_AS(test::append(*log, used), corrupt_event);

    const auto next = test::joined(test::new_member());
    CHECK_EQ(test::append(*log, next).what, fate::appended);
    CHECK_EQ(test::head_of(*other, next.who), next.after);
    CHECK_EQ(test::append(*other, test::joined(test::new_member())).what, fate::appended);
}

TEST_CASE("transaction: of a redrive among others nothing stays open when one cannot be read") {
    const test::scratch_database database;
    const auto log = database.open_log(), other = database.open_log();
    const auto who = test::new_member();
    const auto used = test::decided({}, {test::make_command(who, command_kind::join)});
    test::append(*log, used);
    corrupt_events_of(database, who);
    const auto parked = test::make_command(test::new_member(), command_kind::join);
    const auto redriven = test::redriven({}, parked, test::park(*log, parked).id);
    CHECK_THROWS_AS(
        static_cast<void>(log->append(partition_number{}, {}, std::vector{redriven, used})),
        corrupt_event);
    CHECK_EQ(test::head_of(*other, parked.who), head{});
    CHECK_EQ(test::append(*log, redriven).what, fate::appended);
    CHECK_EQ(test::head_of(*other, parked.who), redriven.after);
}

TEST_CASE("transaction: whatever writes to the log is durable, whatever the session says") {
    const test::scratch_database database;
    auto db = database.connect();
    for (const std::string statement :
         {"SELECT datadrop.append(0::smallint, NULL, NULL, NULL, NULL, NULL, true, '{}', '{}', "
          "'{}', '{}')",
          "SELECT datadrop.park(0::smallint, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
          "SELECT datadrop.remediate(0::smallint, 1, 3::smallint, 2::smallint, 0::smallint, '', '',"
          " '', null)",
          "SELECT datadrop.reserve(0::smallint, '{}', '{}')"}) {
        CAPTURE(statement);
        CHECK_EQ(commit_after(db, statement), "on");
    }
    const transaction whole(db);
    CHECK_EQ(commit_setting(db), "on");
}

TEST_CASE("transaction: who waits for more than the disk goes on doing so") {
    const test::scratch_database database;
    auto db = database.connect();
    db.run_script("SET synchronous_commit = remote_apply");
    const transaction whole(db);
    db.run("SELECT datadrop.lock_tail(0::smallint)");
    CHECK_EQ(commit_setting(db), "remote_apply");
}

TEST_CASE("transaction: what is projected alone does not wait for the disk") {
    const test::scratch_database database;
    auto db = database.connect();
    db.run_script("SET synchronous_commit = local");
    db.run_script("BEGIN");
    db.run("SELECT datadrop.project(0::smallint, 0, datadrop.generation(0::smallint), 1, false)");
    CHECK_EQ(commit_setting(db), "off");
    db.run_script("COMMIT");
    CHECK_EQ(commit_setting(db), "local");
}

// A transaction that wrote no WAL does not wait for a standby, whatever it has seen.
TEST_CASE("transaction: what was only looked at under the lock is waited for as well") {
    const test::scratch_database database;
    auto db = database.connect();
    for (const std::string look : {"SELECT datadrop.append(0::smallint, NULL, NULL, NULL, NULL, "
                                   "NULL, true, '{}', '{}', '{}', '{}')",
                                   "SELECT datadrop.lock_tail(0::smallint)"}) {
        CAPTURE(look);
        const transaction whole(db);
        db.run(look);
        CHECK_FALSE(db.run("SELECT pg_current_xact_id_if_assigned()").is_null(0, 0));
    }
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore::postgres
