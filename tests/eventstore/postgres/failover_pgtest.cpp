// A primary that is lost, and its synchronous standby promoted: what was acknowledged stays, what
// was in doubt is settled on the new primary, and nothing is acknowledged that it does not have.

#include "eventstore/postgres/database.hpp"
#include "tests/eventstore/support/follower.hpp"
#include "tests/support/append_gate.hpp"
#include "tests/support/chains.hpp"
#include "tests/support/own_sockets.hpp"
#include "tests/support/standby.hpp"
#include "tests/support/wait.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <map>

namespace datadrop::eventstore {
namespace {

using domain::command_kind;
using domain::member_id;
using domain::state;
using postgres::session;
using test::all_of;
using test::fate;
using test::joined;
using test::one_to;
using test::sequences_of;

/// A log on a primary with a synchronous standby; its connections name both.
struct replicated_log {
    replicated_log() {
        servers.create_database();
        session db({.database = servers.database()});
        postgres::migrate(db, {});
    }

    std::unique_ptr<log> open() const {
        return postgres::open_log({.database = servers.database(),
                                   .statement_timeout = std::chrono::seconds(1),
                                   .answer_timeout = std::chrono::seconds(2)},
                                  1);
    }

    /// The primary answers nobody any more, the standby takes its place, and only then do the
    /// connections to the primary break.
    void fail_over() {
        servers.freeze_primary();
        servers.promote();
        servers.kill_primary();
    }

    test::primary_and_standby servers;
};

/// Waits until a commit of the primary waits for the standby; gives the backend's process id.
int wait_for_unconfirmed(session& primary) {
    int backend = 0;
    test::wait_until(
        [&] {
            const auto found =
                primary.run("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
            if (found.size() > 0) backend = static_cast<int>(found.number(0, 0));
            return backend != 0;
        },
        "a commit that waits for the standby");
    return backend;
}

/// Sends the chain until it is written, as a submitter would; gives its position.
global_position insist_on(log& log, const chain& wanted) {
    chain_fate last;
    test::wait_until(
        [&] {
            try {
                last = test::append(log, wanted);
                return last.what != fate::not_written;
            } catch (const unavailable&) {
                return false;
            }
        },
        "an append that is written");
    if (last.what == fate::appended) return last.first;
    return std::get<recorded>(last.keys.at(0).holder).position;
}

/// Sends new members' first events, one after the other, until it is told to end.
std::map<global_position, chain> keep_writing(log& log, const std::atomic<bool>& ends) {
    std::map<global_position, chain> acknowledged;
    while (!ends) {
        auto one = joined(test::new_member());
        const auto position = insist_on(log, one);
        acknowledged.emplace(position, std::move(one));
    }
    return acknowledged;
}

bool standby_has_all(session& primary) {
    return primary
               .run("SELECT FROM pg_stat_replication WHERE flush_lsn >= "
                    "pg_current_wal_flush_lsn()")
               .size() == 1;
}

void end_backend(session& primary, int pid) {
    primary.run("SELECT pg_terminate_backend($1::integer)",
                postgres::params{}.add(std::int64_t{pid}));
}

/// Not before it is back.
void check_written_with_the_standby(replicated_log& world, log& writer, log& reader,
                                    const chain& wanted) {
    CHECK_THROWS_AS(test::append(writer, wanted), unavailable);
    world.servers.start_standby();
    CHECK_EQ(number_of(insist_on(writer, wanted)), 1);
    CHECK_EQ(sequences_of(all_of(reader)), one_to(1));
}

TEST_SUITE_BEGIN("failover");

TEST_CASE("what was acknowledged is on the promoted standby as it was, and the same log goes on") {
    replicated_log world;
    const auto log = world.open();
    const auto who = test::new_member();
    const auto written = test::bring_to(*log, who, state::verified);
    const auto events = all_of(*log);
    world.servers.kill_primary();
    world.servers.promote();
    CHECK_EQ(all_of(*log), events);
    CHECK_EQ(test::head_of(*log, who), written);
    const auto next =
        test::append(*log, test::decided(written, {test::make_command(who, command_kind::leave)}));
    CHECK_EQ(number_of(next.first), std::ssize(events) + 1);
}

TEST_CASE("in doubt, and not on the standby: not written, and its position goes to another") {
    replicated_log world;
    const auto log = world.open();
    const auto who = test::new_member();
    test::append_gate gate(world.servers.database(), who);
    auto answer = std::async(std::launch::async, [&] { return test::append(*log, joined(who)); });
    gate.held();
    world.fail_over();
    CHECK_EQ(answer.get(), chain_fate{.what = fate::not_written});
    CHECK_EQ(number_of(test::append(*log, joined(test::new_member())).first), 1);
    CHECK_EQ(number_of(test::append(*log, joined(who)).first), 2);
}

TEST_CASE("two in doubt, one behind the other, and not on the standby: neither is written") {
    replicated_log world;
    const auto log = world.open();
    log->require_writable();
    const auto who = test::new_member();
    test::append_gate gate(world.servers.database(), who);
    const std::vector first{joined(who)}, second{joined(test::new_member())};
    auto& pipe = *log->pipe();
    pipe.send(partition_number{}, std::nullopt, first);
    pipe.send(partition_number{}, std::nullopt, second);
    gate.held();
    world.fail_over();
    const auto is_lost = [&] {
        CHECK(pipe.take_answers().empty());
        return !pipe.is_open();
    };
    test::wait_until(is_lost, "a connection that is lost");
    const auto settled = pipe.settle();
    REQUIRE_EQ(settled.size(), 2);
    for (const auto& one : settled)
        CHECK_EQ(one.result.value().fates, std::vector{chain_fate{.what = fate::not_written}});
    CHECK_EQ(number_of(test::append(*log, second.front()).first), 1);
    CHECK_EQ(number_of(test::append(*log, first.front()).first), 2);
}

TEST_CASE("in doubt, and on the standby, which had not said so: written, with its position") {
    replicated_log world;
    session primary({.database = world.servers.database()});
    session standby({.database = world.servers.database_of_standby("postgres")});
    // Such a commit waits for the standby's replay, which is paused.
    primary.run_script("ALTER DATABASE datadrop SET synchronous_commit = 'remote_apply'");
    const auto log = world.open();
    test::append(*log, joined(test::new_member()));
    standby.run_script("SELECT pg_wal_replay_pause()");
    const auto who = test::new_member();
    auto answer = std::async(std::launch::async, [&] { return test::append(*log, joined(who)); });
    wait_for_unconfirmed(primary);
    test::wait_until([&] { return standby_has_all(primary); }, "a standby that has it");
    world.fail_over();
    CHECK_EQ(number_of(answer.get().first), 2);
    CHECK_EQ(log->history(who, {}, 10).size(), 1);
    CHECK_EQ(sequences_of(all_of(*log)), one_to(2));
}

TEST_CASE("while the standby is away, an append is neither acknowledged nor seen by anybody") {
    replicated_log world;
    session primary({.database = world.servers.database()});
    const auto reader = world.open(), log = world.open();
    const int socket = test::socket_opened_by([&] { log->tails(); });
    const auto wanted = joined(test::new_member());
    world.servers.stop_standby();
    auto answer = std::async(std::launch::async, [&] { return test::append(*log, wanted); });
    const int backend = wait_for_unconfirmed(primary);
    CHECK(all_of(*reader).empty());
    SUBCASE("whoever wrote it loses the connection") {
        test::cut(socket);
        CHECK_THROWS_AS(answer.get(), unavailable);
        CHECK(all_of(*reader).empty());
    }
    SUBCASE("its backend is ended, which lets the commit be seen on the primary") {
        end_backend(primary, backend);
        CHECK_THROWS_AS(answer.get(), unavailable);
    }
    check_written_with_the_standby(world, *log, *reader, wanted);
}

TEST_CASE("a reader goes on across a promotion: nothing skipped, shown twice, or changed") {
    replicated_log world;
    const test::follower reader(world.open(), partition_number{});
    std::atomic<bool> ends = false;
    const auto log = world.open();
    auto writer = std::async(std::launch::async, [&] { return keep_writing(*log, ends); });
    reader.wait_for(50);
    world.servers.kill_primary();
    world.servers.promote();
    reader.wait_for(reader.seen().size() + 50);
    ends = true;
    const auto acknowledged = writer.get();
    const auto all = all_of(*log);
    CHECK_EQ(sequences_of(all), one_to(std::ssize(all)));
    reader.wait_for(all.size());
    CHECK_EQ(reader.seen(), all);
    for (const auto& [position, one] : acknowledged)
        CHECK_EQ(log->history(one.who, {}, 10).at(0).position, position);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
