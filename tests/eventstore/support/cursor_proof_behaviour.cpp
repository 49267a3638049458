// Reading on from a cursor that proves itself.

#include "eventstore/cursor_proof.hpp"
#include "eventstore/position_check.hpp"
#include "tests/eventstore/support/log_world.hpp"
#include "tests/support/chains.hpp"

namespace datadrop::test {
namespace {

using domain::command_kind;
using domain::state;
using eventstore::cursor;
using eventstore::global_position;
using eventstore::position_check;
using eventstore::stored_event;

/// A new member's three events, the last of them a dead letter's, behind what others wrote before.
struct three_events {
    explicit three_events(eventstore::log& log)
        : partition(partition_for(log, who)), start(log.tails().at(partition)) {
        bring_to(log, who, state::onboarding_in_progress);
        park(log, make_command(who, command_kind::ban));
        all = log.read(partition, start, 3);
    }

    /// Behind so many of them.
    cursor behind(std::int64_t events, std::optional<position_check> check = {}) const {
        cursor at(3);
        at.advance(global_position{number_of(start) + events}, check);
        return at;
    }
    cursor proven_behind(std::int64_t events) const {
        return behind(events, check_of(all.at(static_cast<std::size_t>(events) - 1)));
    }

    domain::member_id who = new_member();
    eventstore::partition_number partition;
    global_position start;
    std::vector<stored_event> all;
};

position_check another(position_check check) {
    return position_check{static_cast<std::uint32_t>(check) ^ 1u};
}

} // namespace

TEST_SUITE_BEGIN("cursor_proof");

TEST_CASE("read_on: goes on behind the cursor, up to a limit, with a check and without") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const three_events is(*log);
        REQUIRE_EQ(is.all.size(), 3);
        for (const auto& at : {is.behind(1), is.proven_behind(1)}) {
            const auto page = read_on(*log, at, is.partition, 2);
            REQUIRE(page);
            CHECK_EQ(*page, (std::vector{is.all[1], is.all[2]}));
            CHECK_EQ(read_on(*log, at, is.partition, 1)->size(), 1);
        }
        const auto none = read_on(*log, is.proven_behind(3), is.partition, 10);
        REQUIRE(none);
        CHECK(none->empty());
    });
}

TEST_CASE("read_on: from the beginning there is nothing to prove") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const three_events is(*log);
        const auto page = read_on(*log, cursor(3), is.partition, 1'000'000);
        REQUIRE(page);
        CHECK_GE(page->size(), 3);
    });
}

TEST_CASE("read_on: another event at the cursor, or none, is another history") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const three_events is(*log);
        for (const std::int64_t events : {1, 2, 3}) {
            const auto check = *is.proven_behind(events).check_at(is.partition);
            CHECK_FALSE(read_on(*log, is.behind(events, another(check)), is.partition, 10));
        }
        CHECK_FALSE(read_on(*log, is.behind(4), is.partition, 10));
    });
}

TEST_CASE("read_on: with a filter it proves itself all the same, and tells how far it looked") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const three_events is(*log);
        const eventstore::event_filter nothing{.guild = new_member().guild};
        const auto page = read_on(*log, is.proven_behind(1), is.partition, 10, nothing);
        REQUIRE(page);
        CHECK_EQ(*page, std::vector{is.all[2]});
        CHECK_EQ(read_on(*log, is.proven_behind(3), is.partition, 10, nothing)->size(), 0);
        const auto check = *is.proven_behind(1).check_at(is.partition);
        CHECK_FALSE(read_on(*log, is.behind(1, another(check)), is.partition, 10, nothing));
        CHECK_FALSE(read_on(*log, is.behind(4), is.partition, 10, nothing));
    });
}

TEST_CASE("proven: checks are compared, and looked up where they are not known") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const three_events is(*log);
        CHECK_FALSE(is.behind(2).has_all_checks());
        CHECK(is.proven_behind(2).has_all_checks());
        CHECK_EQ(proven(*log, is.behind(2)), is.proven_behind(2));
        CHECK_EQ(proven(*log, is.proven_behind(3)), is.proven_behind(3));
        CHECK_EQ(proven(*log, cursor(3)), cursor(3));
        const auto check = *is.proven_behind(2).check_at(is.partition);
        CHECK_FALSE(proven(*log, is.behind(2, another(check))));
        CHECK_FALSE(proven(*log, is.behind(4)));
        CHECK_FALSE(proven(*log, is.behind(4, check)));
    });
}

TEST_CASE("proven_tails: the log's ends, each with the check of its last event") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const three_events is(*log);
        const auto tails = proven_tails(*log);
        CHECK(tails.has_all_checks());
        CHECK_EQ(tails.at(is.partition), is.behind(3).at(is.partition));
        CHECK_EQ(tails.check_at(is.partition), is.proven_behind(3).check_at(is.partition));
    });
}

TEST_CASE("has_position: what was given, and the beginning") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const three_events is(*log);
        CHECK(has_position(*log, eventstore::position_at(is.partition, 0)));
        CHECK(has_position(*log, is.behind(3).at(is.partition)));
        CHECK_FALSE(has_position(*log, is.behind(4).at(is.partition)));
    });
}

TEST_SUITE_END();

} // namespace datadrop::test
