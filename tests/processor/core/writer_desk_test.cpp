// Who of the writers gets which call next.
#include "processor/core/writer_desk.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace datadrop;
using namespace datadrop::processor;

namespace {

using lines = std::vector<std::string>;

struct names {
    std::string operator()(const look&) const { return "looks"; }
    std::string operator()(const log_call& call) const { return std::visit(*this, call); }
    std::string operator()(const load_heads& c) const { return text("load", c.partition); }
    std::string operator()(const reserve_tail& c) const { return text("reserve", c.partition); }
    std::string operator()(const release_tail& c) const { return text("release", c.partition); }
    std::string operator()(const append_chains& c) const { return text("append", c.partition); }
    std::string operator()(const park_commands& c) const { return text("park", c.partition); }
    std::string operator()(const processor::record_failure& c) const {
        return text("record", c.partition);
    }
    static std::string text(const char* what, eventstore::partition_number partition) {
        return fmt::format("{} {}", what, number_of(partition));
    }
};

constexpr eventstore::partition_number partition(int number) {
    return eventstore::partition_number{number};
}

/// What is started now, a line each: "0: append 3" is writer 0's.
lines started(writer_desk& desk) {
    lines read;
    while (const auto a = desk.next_assignment())
        read.push_back(fmt::format("{}: {}", a->writer, std::visit(names{}, a->what)));
    return read;
}

const eventstore::members_seen nobody_seen;
const eventstore::append_result no_fates;

/// The second of two writers holds this tail, and the first has nothing to do.
void let_second_hold(writer_desk& desk, eventstore::partition_number held) {
    desk.add(load_heads{partition(1), {}});
    desk.add(reserve_tail{held, {}});
    CHECK(started(desk) == lines{"0: load 1", fmt::format("1: reserve {}", number_of(held))});
    desk.ended(0, heads_loaded{partition(1), nobody_seen});
    desk.ended(1, tail_reserved{held, nobody_seen});
}

void check_both_are_free(writer_desk& desk) {
    desk.add(load_heads{partition(3), {}});
    desk.add(load_heads{partition(4), {}});
    CHECK(started(desk) == lines{"0: load 3", "1: load 4"});
}

} // namespace

TEST_SUITE_BEGIN("writer desk");

TEST_CASE("a writer does one thing at a time, the oldest first") {
    writer_desk desk(1);
    desk.add(load_heads{partition(1), {}});
    desk.add(append_chains{partition(2), {}});
    CHECK(started(desk) == lines{"0: load 1"});
    CHECK(started(desk).empty());
    CHECK_FALSE(desk.is_clear());
    desk.ended(0, heads_loaded{partition(1), nobody_seen});
    CHECK(started(desk) == lines{"0: append 2"});
    CHECK(desk.is_clear());
}

TEST_CASE("what ends a reservation goes to the writer that holds it") {
    writer_desk desk(2);
    let_second_hold(desk, partition(2));
    SUBCASE("an append") {
        desk.add(append_chains{partition(2), {}});
        CHECK(started(desk) == lines{"1: append 2"});
        desk.ended(1, chains_appended{partition(2), no_fates});
    }
    SUBCASE("an append that the log did not answer") {
        desk.add(append_chains{partition(2), {}});
        CHECK(started(desk) == lines{"1: append 2"});
        desk.ended(1, chains_appended{partition(2), {}});
    }
    SUBCASE("a release") {
        desk.add(release_tail{partition(2)});
        CHECK(started(desk) == lines{"1: release 2"});
        desk.ended(1, tail_released{partition(2)});
    }
    check_both_are_free(desk);
}

TEST_CASE("who holds a tail does nothing else meanwhile") {
    writer_desk desk(1);
    desk.add(reserve_tail{partition(2), {}});
    CHECK(started(desk) == lines{"0: reserve 2"});
    desk.ended(0, tail_reserved{partition(2), nobody_seen});
    desk.add(load_heads{partition(1), {}});
    desk.ask_looks();
    CHECK(started(desk).empty());
    desk.add(append_chains{partition(2), {}});
    CHECK(started(desk) == lines{"0: append 2"});
    desk.ended(0, chains_appended{partition(2), no_fates});
    CHECK(started(desk) == lines{"0: looks"});
    desk.looked(0);
    CHECK(started(desk) == lines{"0: load 1"});
}

TEST_CASE("a reservation that was not to be had binds nobody") {
    writer_desk desk(1);
    desk.add(reserve_tail{partition(2), {}});
    CHECK(started(desk).size() == 1);
    desk.ended(0, tail_reserved{partition(2), {}});
    desk.add(append_chains{partition(1), {}});
    CHECK(started(desk) == lines{"0: append 1"});
}

TEST_CASE("each writer looks once when asked, as soon as it has nothing else to do") {
    writer_desk desk(2);
    desk.add(load_heads{partition(1), {}});
    CHECK(started(desk) == lines{"0: load 1"});
    desk.ask_looks();
    CHECK(started(desk) == lines{"1: looks"});
    desk.looked(1);
    desk.ended(0, heads_loaded{partition(1), nobody_seen});
    CHECK(started(desk) == lines{"0: looks"});
    desk.looked(0);
    CHECK(started(desk).empty());
}

TEST_CASE("what an append expects is forgotten while it waits, once a new connection is told") {
    writer_desk desk(1);
    desk.add(load_heads{partition(1), {}});
    static_cast<void>(started(desk));
    desk.add(append_chains{.partition = partition(2), .expected = eventstore::log_point{}});
    auto told = nobody_seen;
    bool is_new = false;
    SUBCASE("new") { is_new = true; }
    SUBCASE("not") {}
    told.over_new_connection = is_new;
    desk.ended(0, heads_loaded{partition(1), told});
    const auto next = desk.next_assignment();
    const auto& append = std::get<append_chains>(std::get<log_call>(next.value().what));
    CHECK_EQ(append.expected.has_value(), !is_new);
}

namespace {

/// Two writers, of which the first has sent an append to partition 1 ahead.
struct ahead_desk : writer_desk {
    ahead_desk() : writer_desk(2) {
        add(append_chains{.partition = partition(1)});
        CHECK(started(*this) == lines{"0: append 1"});
        sent_ahead(0);
        add(append_chains{.partition = partition(1)});
    }
    void end_first() { ended(0, chains_appended{partition(1), no_fates}); }
};

} // namespace

TEST_CASE("an append goes behind the one of its partition that was sent ahead, and no third") {
    ahead_desk desk;
    CHECK(started(desk) == lines{"0: append 1"});
    desk.add(append_chains{.partition = partition(1)});
    CHECK(started(desk).empty());
    desk.end_first();
    CHECK(started(desk) == lines{"0: append 1"});
}

TEST_CASE("an append waits for the one ahead, over no other connection") {
    ahead_desk desk;
    SUBCASE("when its connection was lost") { desk.lost(0); }
    SUBCASE("when a look is due") {
        desk.ask_looks();
        CHECK(started(desk) == lines{"1: looks"});
        desk.looked(1);
        CHECK(started(desk).empty());
        desk.end_first();
        CHECK(started(desk) == lines{"0: looks", "1: append 1"});
        return;
    }
    CHECK(started(desk).empty());
    desk.end_first();
    CHECK(started(desk) == lines{"0: append 1"});
}

TEST_CASE("what was asked for before goes before an append that would go behind another") {
    writer_desk desk(1);
    desk.add(append_chains{.partition = partition(1)});
    CHECK(started(desk) == lines{"0: append 1"});
    desk.sent_ahead(0);
    desk.add(append_chains{.partition = partition(2)});
    desk.add(append_chains{.partition = partition(1)});
    CHECK(started(desk).empty());
    desk.ended(0, chains_appended{partition(1), no_fates});
    CHECK(started(desk) == lines{"0: append 2"});
}

TEST_CASE("a redrive goes behind nothing") {
    writer_desk desk(2);
    desk.add(append_chains{.partition = partition(1)});
    CHECK(started(desk) == lines{"0: append 1"});
    desk.sent_ahead(0);
    eventstore::chain redriven;
    redriven.steps.emplace_back().redriven.emplace();
    desk.add(append_chains{.partition = partition(1), .chains = {redriven}});
    CHECK(started(desk).empty());
    desk.ended(0, chains_appended{partition(1), no_fates});
    CHECK(started(desk) == lines{"0: append 1"});
}

TEST_SUITE_END();
