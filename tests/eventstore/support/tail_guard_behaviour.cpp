// The tail guard: what a writer knows exactly as of the expected tail is proven by one comparison,
// and what others wrote since is told.

#include "tests/eventstore/support/log_world.hpp"
#include "tests/support/chains.hpp"

#include <algorithm>

namespace datadrop::test {
namespace {

using domain::command_kind;
using domain::state;
using eventstore::append_result;
using eventstore::chain;
using eventstore::chain_fate;
using eventstore::found_key;
using eventstore::head;
using eventstore::log_point;
using eventstore::moved_member;

/// A writer, who has been told of its connection, and another, with members of one guild.
struct rivals {
    explicit rivals(log_world& world) : mine(world.open()), other(world.open()) {
        look(); // from here on it may expect something
    }

    log_point look() { return *mine->load(partition_for(*mine, who), std::vector{who}).at; }

    append_result write(const log_point& expected, std::vector<chain> chains) {
        return mine->append(partition_for(*mine, who), expected, chains);
    }
    /// Its fate alone.
    chain_fate write(const log_point& expected, chain one) {
        return write(expected, std::vector{std::move(one)}).fates.at(0);
    }

    domain::member_id who = new_member();
    std::unique_ptr<eventstore::log> mine, other;
};

chain exactly(chain c) {
    c.known = eventstore::knowledge::exact;
    return c;
}

chain leaving(domain::member_id who, const head& expected) {
    return exactly(decided(expected, {make_command(who, command_kind::leave)}));
}

/// What nobody could have found out by a look: so it shows whether somebody looked.
head not_so(head h) {
    h.member.has_email = !h.member.has_email;
    return h;
}

} // namespace

TEST_SUITE_BEGIN("tail guard");

TEST_CASE("tail guard: at the expected tail an exact chain is written without a look") {
    on_each_log([](log_world& world) {
        rivals r(world);
        const auto joined = bring_to(*r.mine, r.who, state::invited_or_joined);
        const auto at = r.look();
        const auto chain = leaving(r.who, not_so(joined));
        const auto first = eventstore::global_position{number_of(at.tail) + 1};
        CHECK_EQ(r.write(at, std::vector{chain}),
                 (append_result{
                     .fates = {{.what = fate::appended, .found = chain.after, .first = first}},
                     .at = log_point{at.history, first},
                     .followed = true}));
    });
}

TEST_CASE("tail guard: a hint is looked up, whatever the tail") {
    on_each_log([](log_world& world) {
        rivals r(world);
        const auto joined = bring_to(*r.mine, r.who, state::invited_or_joined);
        auto chain = leaving(r.who, not_so(joined));
        chain.known = eventstore::knowledge::hint;
        CHECK_EQ(r.write(r.look(), chain), (chain_fate{.what = fate::conflict, .found = joined}));
    });
}

TEST_CASE("tail guard: an exact chain beside a hint that does not hold is written") {
    on_each_log([](log_world& world) {
        rivals r(world);
        const auto next = new_member_of(r.who.guild);
        const auto joined = bring_to(*r.mine, r.who, state::invited_or_joined);
        auto hint = leaving(r.who, not_so(joined));
        hint.known = eventstore::knowledge::hint;
        const auto told = r.write(r.look(), std::vector{hint, exactly(test::joined(next))});
        CHECK_EQ(told.fates.at(0).what, fate::conflict);
        CHECK_EQ(told.fates.at(1).what, fate::appended);
    });
}

TEST_CASE("tail guard: a key that an exact chain uses again is found") {
    on_each_log([](log_world& world) {
        rivals r(world);
        const auto join = make_command(r.who, command_kind::join);
        const auto written = decided({}, {join});
        const auto position = append(*r.mine, written).first;
        const auto recorded = recorded_as(written, 0, position);
        const chain_fate found{
            .what = fate::key_found, .found = written.after, .keys = {found_key{0, recorded}}};
        SUBCASE("for an event") {
            const auto again =
                decided(written.after,
                        {make_command(r.who, command_kind::leave, {.key = join.idempotency_key})});
            CHECK_EQ(r.write(r.look(), exactly(again)), found);
        }
        SUBCASE("for a check") {
            CHECK_EQ(r.write(r.look(), exactly(checked(written.after, {join}))), found);
        }
    });
}

TEST_CASE("tail guard: an exact check is confirmed") {
    on_each_log([](log_world& world) {
        rivals r(world);
        const auto joined = bring_to(*r.mine, r.who, state::invited_or_joined);
        const auto check = checked(joined, {make_command(r.who, command_kind::join)});
        CHECK_EQ(r.write(r.look(), exactly(check)),
                 (chain_fate{.what = fate::confirmed, .found = joined}));
    });
}

TEST_CASE(
    "tail guard: when others moved the tail, they are told, and who did not move is written") {
    on_each_log([](log_world& world) {
        rivals r(world);
        const auto mover = new_member_of(r.who.guild), parker = new_member_of(r.who.guild);
        const auto joined = bring_to(*r.mine, r.who, state::invited_or_joined);
        const auto before = r.look();
        const auto now = bring_to(*r.other, mover, state::onboarding_completed);
        park(*r.other, make_command(parker, command_kind::join));
        auto told = r.write(before, std::vector{leaving(r.who, not_so(joined))});
        CHECK_EQ(told.fates.at(0).what, fate::appended);
        CHECK(told.followed);
        CHECK_EQ(told.at, r.look());
        std::ranges::sort(told.moved, {}, &moved_member::who);
        CHECK_EQ(told.moved, (std::vector{moved_member{mover, now}, moved_member{parker, {}}}));
    });
}

TEST_CASE("tail guard: a member who moved is looked up") {
    on_each_log([](log_world& world) {
        rivals r(world);
        const auto joined = bring_to(*r.mine, r.who, state::invited_or_joined);
        const auto before = r.look();
        const auto theirs = decided(joined, {make_command(r.who, command_kind::begin_onboarding)});
        append(*r.other, theirs);
        CHECK_EQ(r.write(before, leaving(r.who, joined)),
                 (chain_fate{.what = fate::conflict, .found = theirs.after}));
        CHECK_EQ(r.write(before, leaving(r.who, theirs.after)).what, fate::appended);
    });
}

TEST_CASE("tail guard: a key that was parked since stands in the way") {
    on_each_log([](log_world& world) {
        rivals r(world);
        const auto joined = bring_to(*r.mine, r.who, state::invited_or_joined);
        const auto before = r.look();
        const auto command = make_command(r.who, command_kind::leave);
        const auto id = park(*r.other, command).id;
        const auto holder = parked_as(command, id, domain::dead_letter_status::parked);
        const chain_fate found{.what = fate::key_found,
                               .found = joined,
                               .keys = {found_key{0, holder}},
                               .has_parked_keys = true};
        SUBCASE("of an event") {
            CHECK_EQ(r.write(before, exactly(decided(joined, {command}))), found);
        }
        SUBCASE("of a check") {
            CHECK_EQ(r.write(before, exactly(checked(joined, {command}))), found);
        }
        SUBCASE("and under another key the member has a parked one still") {
            const auto chain = leaving(r.who, joined);
            const auto told = r.write(before, chain);
            CHECK_EQ(told.what, fate::appended);
            CHECK(told.has_parked_keys);
        }
    });
}

TEST_CASE("tail guard: loads and reservations tell whose key is parked, until it is redriven") {
    on_each_log([](log_world& world) {
        rivals r(world);
        const auto next = new_member_of(r.who.guild);
        const auto command = make_command(next, command_kind::join);
        const auto id = park(*r.mine, command).id;
        const auto asked = [&] {
            return r.mine->load(partition_for(*r.mine, r.who), std::vector{r.who, next})
                .has_parked_keys;
        };
        CHECK_EQ(asked(), std::vector{false, true});
        const auto held =
            r.other->reserve(partition_for(*r.other, r.who), std::vector{next, r.who});
        r.other->release();
        CHECK_EQ(held.has_parked_keys, std::vector{true, false});
        CHECK_EQ(held.at, r.look());
        SUBCASE("redriven") {
            CHECK(append(*r.mine, redriven({}, command, id)).has_parked_keys);
            CHECK_EQ(asked(), std::vector{false, false});
        }
        SUBCASE("not when it is discarded") {
            CHECK_EQ(r.mine->discard(id, {.by = an_operator, .reason = "no use"}),
                     eventstore::remediation_fate::done);
            CHECK_EQ(asked(), std::vector{false, true});
        }
    });
}

TEST_CASE("tail guard: what was written too long ago, or in another history, is not followed") {
    on_each_log([](log_world& world) {
        rivals r(world);
        const auto joined = bring_to(*r.mine, r.who, state::invited_or_joined);
        auto expected = r.look();
        SUBCASE("too long ago") {
            std::vector<domain::envelope> commands;
            for (std::int64_t i = 0; i <= eventstore::log::followed_max; ++i)
                commands.push_back(make_command(new_member_of(r.who.guild), command_kind::join));
            std::vector<chain> chains;
            for (auto& command : commands)
                chains.push_back(decided({}, {std::move(command)}));
            static_cast<void>(r.other->append(partition_for(*r.other, r.who), {}, chains));
        }
        SUBCASE("another history") { ++expected.history; }
        SUBCASE("a tail that is yet to come") {
            expected.tail = eventstore::global_position{number_of(expected.tail) + 1};
        }
        auto told = r.write(expected, std::vector{leaving(r.who, not_so(joined))});
        CHECK_EQ(told, (append_result{.fates = {{.what = fate::conflict, .found = joined}},
                                      .at = r.look()}));
    });
}

TEST_CASE("tail guard: as many events as are followed are told") {
    on_each_log([](log_world& world) {
        rivals r(world);
        const auto joined = bring_to(*r.mine, r.who, state::invited_or_joined);
        const auto expected = r.look();
        std::vector<chain> chains;
        for (std::int64_t i = 0; i < eventstore::log::followed_max; ++i)
            chains.push_back(test::joined(new_member_of(r.who.guild)));
        static_cast<void>(r.other->append(partition_for(*r.other, r.who), {}, chains));
        const auto told = r.write(expected, std::vector{leaving(r.who, joined)});
        CHECK(told.followed);
        CHECK_EQ(told.moved.size(), chains.size());
    });
}

TEST_CASE(
    "tail guard: over a connection that the writer has not been told of nothing is expected") {
    on_each_log([](log_world& world) {
        rivals r(world);
        const auto joined = bring_to(*r.mine, r.who, state::invited_or_joined);
        const auto at = r.look();
        r.mine = world.open();
        const auto told = r.write(at, std::vector{leaving(r.who, not_so(joined))});
        CHECK_EQ(told, (append_result{.fates = {{.what = fate::conflict, .found = joined}},
                                      .at = at,
                                      .over_new_connection = true}));
        CHECK_FALSE(
            r.mine->load(partition_for(*r.mine, r.who), std::vector{r.who}).over_new_connection);
    });
}

TEST_SUITE_END();

} // namespace datadrop::test
