// A connection lost while something was being written: its fate is settled before it is told.

#include "eventstore/sql/statements.hpp"

#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"
#include "tests/support/held_tail.hpp"

#include <chrono>
#include <future>
#include <stdexcept>

namespace datadrop::eventstore {
namespace {

using domain::command_kind;
using domain::state;
using postgres::params;
using test::fate;

/// Runs `write` on another thread, cuts its connection before it has the tail, and gives its
/// answer.
template <typename Write>
auto cut_off(const test::scratch_database& database, Write&& write) {
    test::held_tail tail(database);
    auto answer = std::async(std::launch::async, std::forward<Write>(write));
    tail.cut_writer();
    tail.let_go();
    return answer.get();
}

/// The chain as that submission's.
chain numbered(chain c, std::int64_t number) {
    for (auto& s : c.steps)
        s.submission = submission_number{number};
    return c;
}

/// What was answered, as it is found out later: nobody looks for parked keys then.
chain_fate found_out(chain_fate answered) {
    answered.has_parked_keys = true;
    return answered;
}

TEST_SUITE_BEGIN("commit in doubt");

TEST_CASE("append in doubt: what is not there is not written, and the log goes on") {
    const test::scratch_database database;
    const auto log = database.open_log();
    const auto who = test::new_member();
    const auto chain = test::decided({}, test::commands_to(state::verified, who));
    CHECK_EQ(cut_off(database, [&] { return test::append(*log, chain); }),
             chain_fate{.what = fate::not_written});
    CHECK_EQ(test::head_of(*log, who), head{});
    CHECK_EQ(test::append(*log, chain).what, fate::appended);
}

TEST_CASE("append in doubt: what is there is written, with its position") {
    const test::scratch_database database;
    const auto log = database.open_log(), other = database.open_log();
    const auto chain =
        numbered(test::decided({}, test::commands_to(state::verified, test::new_member())), 7);
    const auto check =
        test::checked({}, {test::make_command(test::new_member(), command_kind::ban)});
    // The transaction is through, and the answer did not arrive.
    const auto written = test::append(*other, chain);
    const auto settled = cut_off(database, [&] {
        return log->append(partition_number{}, {}, std::vector{check, chain}).fates;
    });
    CHECK_EQ(settled, (std::vector{chain_fate{.what = fate::not_written}, found_out(written)}));
}

// Both submissions of one key were told that it was new: the one whose connection was lost took the
// other's event for its own.
TEST_CASE("append in doubt: the same command, written by another submission, is not ours") {
    const test::scratch_database database;
    const auto log = database.open_log(), other = database.open_log();
    const auto join = test::make_command(test::new_member(), command_kind::join);
    const auto ours = numbered(test::decided({}, {join}), 1);
    const auto theirs = numbered(test::decided({}, {join}), 2);
    const auto written = test::append(*other, theirs);
    CHECK_EQ(cut_off(database, [&] { return test::append(*log, ours); }).what, fate::not_written);
    const auto again = test::append(*log, ours);
    REQUIRE_EQ(again.what, fate::key_found);
    CHECK_EQ(again.keys.at(0).holder, key_holder(test::recorded_as(theirs, 0, written.first)));
}

TEST_CASE("append in doubt: what was to be checked with events was checked when they are ours") {
    const test::scratch_database database;
    const auto log = database.open_log(), other = database.open_log();
    const auto who = test::new_member();
    const auto join = test::make_command(who, command_kind::join);
    auto both = numbered(test::decided({}, {join}), 3);
    both.steps.emplace_back().command =
        std::make_shared<const domain::envelope>(test::make_command(who, command_kind::lift_ban));
    SUBCASE("ours") {
        const auto written = test::append(*other, both);
        CHECK_EQ(cut_off(database, [&] { return test::append(*log, both); }), found_out(written));
    }
    SUBCASE("another's") {
        test::append(*other, numbered(test::decided({}, {join}), 4));
        CHECK_EQ(cut_off(database, [&] { return test::append(*log, both); }).what,
                 fate::not_written);
    }
}

TEST_CASE("append in doubt: a key that another command has used is not ours") {
    const test::scratch_database database;
    const auto log = database.open_log(), other = database.open_log();
    const auto who = test::new_member();
    const auto with_address = [&](std::string address) {
        return test::make_command(who, command_kind::record_email,
                                  {.key = "the same", .address = std::move(address)});
    };
    const auto pending = test::bring_to(*log, who, state::verification_pending);
    test::append(*other, test::decided(pending, {with_address("theirs@example.org")}));
    CHECK_EQ(
        cut_off(database,
                [&] {
                    return test::append(
                        *log,
                        numbered(test::decided(pending, {with_address("ours@example.org")}), 1));
                })
            .what,
        fate::not_written);
}

TEST_CASE("redrive in doubt: ours only when the letter says so") {
    const test::scratch_database database;
    const auto log = database.open_log(), other = database.open_log();
    const auto who = test::new_member();
    const auto command = test::make_command(who, command_kind::join);
    const auto id = test::park(*log, command).id;
    const auto ours = numbered(test::redriven({}, command, id), 8);
    SUBCASE("written by us") {
        const auto written = test::append(*other, ours);
        CHECK_EQ(cut_off(database, [&] { return test::append(*log, ours); }), found_out(written));
    }
    SUBCASE("written by the same operator a second time") {
        test::append(*other, numbered(ours, 9));
        CHECK_EQ(cut_off(database, [&] { return test::append(*log, ours); }).what,
                 fate::not_written);
    }
    SUBCASE("not written") {
        CHECK_EQ(cut_off(database, [&] { return test::append(*log, ours); }).what,
                 fate::not_written);
        CHECK_EQ(log->dead_letter(id).size(), 1);
    }
}

TEST_CASE("park in doubt: the command is parked once") {
    const test::scratch_database database;
    const auto log = database.open_log(), other = database.open_log();
    const parking one{.command = std::make_shared<const domain::envelope>(
                          test::make_command(test::new_member(), command_kind::join)),
                      .attempts = {test::an_attempt()},
                      .code = "retry_budget_spent",
                      .submission = submission_number{1}};
    park_fate before;
    SUBCASE("it was not") {}
    SUBCASE("it was") { before = other->park(partition_number{}, {&one, 1}).at(0); }
    const auto settled =
        cut_off(database, [&] { return log->park(partition_number{}, {&one, 1}).at(0); });
    CHECK_FALSE(settled.holder);
    if (before.id != dead_letter_id{}) CHECK_EQ(settled, before);
    CHECK_EQ(log->read(partition_number{}, {}, 10).size(), 1);
    CHECK_EQ(log->dead_letter(settled.id).size(), 1);
}

TEST_CASE("park in doubt: what another submission has parked is not ours") {
    const test::scratch_database database;
    const auto log = database.open_log(), other = database.open_log();
    const auto command = test::make_command(test::new_member(), command_kind::join);
    const auto theirs = test::park(*other, command);
    const parking ours{.command = std::make_shared<const domain::envelope>(command),
                       .attempts = {test::an_attempt()},
                       .code = "retry_budget_spent",
                       .submission = submission_number{1}};
    const auto settled =
        cut_off(database, [&] { return log->park(partition_number{}, {&ours, 1}).at(0); });
    CHECK_EQ(settled.id, dead_letter_id{});
    REQUIRE(settled.holder);
    CHECK_EQ(std::get<parked>(*settled.holder).id, theirs.id);
}

TEST_CASE("record_failure in doubt: the failure stands in the letter once") {
    const test::scratch_database database;
    const auto log = database.open_log(), other = database.open_log();
    const auto id = test::park(*log, test::make_command(test::new_member(), command_kind::join)).id;
    const domain::redrive_failed failure{
        .by = test::an_operator, .code = "stale_expectation", .attempts = {test::an_attempt()}};
    SUBCASE("it was not written") {}
    SUBCASE("it was written") {
        CHECK_EQ(other->record_failure(id, failure), remediation_fate::done);
    }
    CHECK_EQ(cut_off(database, [&] { return log->record_failure(id, failure); }),
             remediation_fate::done);
    CHECK_EQ(log->dead_letter(id).size(), 2);
}

TEST_CASE("a reservation that was cut off: nothing is written, and the log goes on") {
    const test::scratch_database database;
    const auto log = database.open_log();
    const auto who = test::new_member();
    const auto chain = test::decided({}, {test::make_command(who, command_kind::join)});
    log->reserve(partition_number{}, std::vector{who});
    auto watcher = database.connect();
    watcher.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND state = 'idle in transaction'");
    CHECK_EQ(test::append(*log, chain).what, fate::not_written);
    CHECK_EQ(test::head_of(*log, who), head{});
    CHECK_EQ(test::append(*log, chain).what, fate::appended);
}

TEST_CASE("a reservation is not waited for without end") {
    const test::scratch_database database;
    const auto log = database.open_log();
    test::held_tail tail(database);
    CHECK_THROWS_AS(log->reserve(partition_number{}, std::vector{test::new_member()}), unavailable);
    tail.let_go();
    CHECK_EQ(log->reserve(partition_number{}, std::vector{test::new_member()}).heads.at(0), head{});
}

TEST_CASE("fence: ends that very backend, and waits until it is gone") {
    const test::scratch_database database;
    auto lost = database.connect(), db = database.connect();
    const auto fence = [&](const std::string& start) {
        return db.run(sql::statements::fence_backend, params{}.add(lost.backend_pid()).add(start));
    };
    CHECK_EQ(fence("2001-01-01 00:00:00+00").size(), 0);
    lost.run("SELECT 1");
    CHECK(fence(lost.backend_start()).flag(0, 0));
    CHECK_EQ(fence(lost.backend_start()).size(), 0);
    CHECK_THROWS_AS(lost.run("SELECT 1"), postgres::connection_lost);
}

TEST_CASE("a read on a connection that died unnoticed is repeated") {
    const test::scratch_database database;
    const auto log = database.open_log();
    const auto who = test::new_member();
    const auto written = test::bring_to(*log, who, state::verified);
    auto watcher = database.connect();
    watcher.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    CHECK_EQ(test::head_of(*log, who), written);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
