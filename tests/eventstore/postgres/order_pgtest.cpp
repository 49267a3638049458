// One append is held open at its commit while others want to write: no reader passes it, and none
// sees it before it is committed.

#include "eventstore/postgres/database.hpp"
#include "tests/eventstore/support/follower.hpp"
#include "tests/support/append_gate.hpp"
#include "tests/support/at_once.hpp"
#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"

#include <future>
#include <vector>

namespace datadrop::eventstore {
namespace {

using domain::command_kind;
using domain::member_id;
using domain::state;
using test::all_of;
using test::fate;
using test::joined;
using test::one_to;
using test::sequences_of;

constexpr int partitions = 3;

member_id member_elsewhere(eventstore::partition_number partition) {
    while (true)
        if (const auto who = test::new_member(); partition_of(who.guild, partitions) != partition)
            return who;
}

/// A new member's first event, held at its commit, and somebody else of the guild whose event has
/// to wait for it. Everybody has a connection of their own.
struct held_append {
    explicit held_append(const test::scratch_database& database)
        : first(database.open_log()), second(database.open_log()), gate(database.url(), who) {
        first_fate =
            std::async(std::launch::async, [this] { return test::append(*first, joined(who)); });
        gate.held();
        second_fate =
            std::async(std::launch::async, [this] { return test::append(*second, joined(next)); });
        auto db = database.connect();
        test::wait_for_queue(db, 1);
    }
    ~held_append() { gate.let_go(); }
    held_append(const held_append&) = delete;
    held_append& operator=(const held_append&) = delete;

    member_id who = test::new_member();
    member_id next = test::new_member_of(who.guild);
    eventstore::partition_number partition = partition_of(who.guild, partitions);
    std::unique_ptr<log> first, second;
    test::append_gate gate;
    std::future<chain_fate> first_fate, second_fate;
};

/// Several who append new members' first events, each so many.
void write_at_once(const test::scratch_database& database, std::size_t writers, int rounds) {
    test::at_once(writers, [&](std::size_t) {
        const auto mine = database.open_log();
        for (int round = 0; round < rounds; ++round)
            test::append(*mine, joined(test::new_member()));
        return rounds;
    });
}

TEST_SUITE_BEGIN("order");

TEST_CASE("nobody sees an append that is held at its commit, or passes it") {
    const test::scratch_database database({.partitions = partitions});
    const auto reader = database.open_log();
    held_append held(database);
    CHECK(all_of(*reader, held.partition).empty());
    for (const auto who : {held.who, held.next}) {
        CHECK(reader->history(who, {}, 10).empty());
        CHECK_EQ(test::head_of(*reader, who), head{});
    }
    CHECK_EQ(reader->tails(), cursor(partitions));
    auto db = database.connect();
    CHECK_EQ(db.run("SELECT FROM datadrop.log_head WHERE position & 281474976710655 > 0").size(),
             0);
    CHECK_EQ(db.run("SELECT FROM datadrop.membership_events").size(), 0);
    CHECK_EQ(held.second_fate.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
}

TEST_CASE("in the other partitions everything goes on meanwhile") {
    const test::scratch_database database({.partitions = partitions});
    held_append held(database);
    const auto elsewhere = database.open_log();
    const auto who = member_elsewhere(held.partition);
    const auto written = test::bring_to(*elsewhere, who, state::verified);
    const eventstore::partition_number partition = test::partition_for(*elsewhere, who);
    CHECK_EQ(test::head_of(*elsewhere, who), written);
    CHECK_EQ(sequences_of(all_of(*elsewhere, partition)), one_to(number_of(written.version)));
    CHECK(all_of(*elsewhere, held.partition).empty());
}

TEST_CASE("once it is committed, all see it, before what waited for it") {
    const test::scratch_database database({.partitions = partitions});
    const auto reader = database.open_log();
    held_append held(database);
    held.gate.let_go();
    CHECK_EQ(held.first_fate.get().first, position_at(held.partition, 1));
    CHECK_EQ(held.second_fate.get().first, position_at(held.partition, 2));
    CHECK_EQ(sequences_of(all_of(*reader, held.partition)), one_to(2));
    CHECK_EQ(reader->history(held.who, {}, 10).size(), 1);
    CHECK_EQ(reader->tails().at(held.partition), position_at(held.partition, 2));
}

TEST_CASE("once it is rolled back, its position goes to the next one, and there is no gap") {
    const test::scratch_database database({.partitions = partitions});
    const auto reader = database.open_log();
    held_append held(database);
    held.gate.turn_back();
    CHECK_THROWS_AS(held.first_fate.get(), unavailable);
    CHECK_EQ(held.second_fate.get().first, position_at(held.partition, 1));
    CHECK_EQ(sequences_of(all_of(*reader, held.partition)), one_to(1));
    CHECK(reader->history(held.who, {}, 10).empty());
    held.gate.let_go();
    CHECK_EQ(test::append(*held.first, joined(held.who)).first, position_at(held.partition, 2));
}

TEST_CASE("a reservation is an append that has not begun: nobody passes it either") {
    const test::scratch_database database;
    const auto holder = database.open_log(), other = database.open_log();
    other->tails(); // connected: a reservation does not last long
    auto db = database.connect();
    const auto who = test::new_member();
    holder->reserve(partition_number{}, std::vector{who});
    auto waiting = std::async(std::launch::async,
                              [&] { return test::append(*other, joined(test::new_member())); });
    test::wait_for_queue(db, 1);
    SUBCASE("written") {
        CHECK_EQ(number_of(test::append(*holder, joined(who)).first), 1);
        CHECK_EQ(number_of(waiting.get().first), 2);
    }
    SUBCASE("given back") {
        holder->release();
        CHECK_EQ(number_of(waiting.get().first), 1);
    }
}

TEST_CASE(
    "a reader that follows the log sees every position once, whatever is held or turned back") {
    constexpr int writers = 4, rounds = 25;
    const test::scratch_database database;
    const test::follower reader(database.open_log(), partition_number{});
    const auto slow = test::new_member();
    test::append_gate gate(database.url(), slow);
    auto others = std::async(std::launch::async, [&] { write_at_once(database, writers, rounds); });
    const auto log = database.open_log();
    auto held = std::async(std::launch::async, [&] { return test::append(*log, joined(slow)); });
    gate.turn_back();
    CHECK_THROWS_AS(held.get(), unavailable);
    held = std::async(std::launch::async, [&] { return test::append(*log, joined(slow)); });
    gate.held();
    const auto seen_before = reader.seen().size();
    gate.let_go();
    CHECK_GT(sequence_of(held.get().first), static_cast<std::int64_t>(seen_before));
    others.get();
    reader.wait_for(writers * rounds + 1);
    CHECK_EQ(sequences_of(reader.seen()), one_to(writers * rounds + 1));
    CHECK_EQ(reader.seen(), all_of(*log));
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
