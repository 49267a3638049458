// append: what each fate means, and that a chain is written whole or not at all.

#include "tests/eventstore/support/log_world.hpp"
#include "tests/support/chains.hpp"

namespace datadrop::test {
namespace {

using domain::command_kind;
using domain::state;
using domain::stream_version;
using eventstore::chain_fate;
using eventstore::found_key;
using eventstore::global_position;
using eventstore::head;

global_position after(global_position p, std::int64_t count) {
    return global_position{eventstore::number_of(p) + count};
}

global_position tail_for(eventstore::log& log, domain::member_id who) {
    return log.tails().at(partition_for(log, who));
}

} // namespace

TEST_SUITE_BEGIN("append");

TEST_CASE("append: the events follow the tail, and the head is the chain's end") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto tail = tail_for(*log, who);
        const auto way = decided({}, commands_to(state::onboarding_completed, who));
        CHECK_EQ(append(*log, way),
                 (chain_fate{.what = fate::appended, .found = way.after, .first = after(tail, 1)}));
        CHECK_EQ(head_of(*log, who), way.after);
        CHECK_EQ(tail_for(*log, who), after(tail, 3));
    });
}

TEST_CASE("append: a stale version is a conflict that tells what was found") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto pending = bring_to(*log, who, state::verification_pending);
        auto stale = pending;
        stale.version = stream_version{5};
        const auto tail = tail_for(*log, who);
        CHECK_EQ(append(*log, decided(stale, {make_command(who, command_kind::record_email)})),
                 (chain_fate{.what = fate::conflict, .found = pending}));
        CHECK_EQ(tail_for(*log, who), tail);
        CHECK_EQ(head_of(*log, who), pending);
    });
}

TEST_CASE("append: another state at the expected version is a conflict") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto joined = bring_to(*log, who, state::invited_or_joined);
        const head other{.version = joined.version, .member = membership_at(state::verified)};
        CHECK_EQ(append(*log, decided(other, {make_command(who, command_kind::leave)})),
                 (chain_fate{.what = fate::conflict, .found = joined}));
    });
}

TEST_CASE(
    "append: another stay, or another word on the e-mail, at the expected version is a conflict") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto pending = bring_to(*log, who, state::verification_pending);
        auto other = pending;
        SUBCASE("stay") { ++other.member.lifecycle; }
        SUBCASE("e-mail") { other.member.has_email = !pending.member.has_email; }
        CHECK_EQ(append(*log, decided(other, {make_command(who, command_kind::leave)})),
                 (chain_fate{.what = fate::conflict, .found = pending}));
    });
}

TEST_CASE("append: must not exist yet") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto first = decided({}, {make_command(who, command_kind::join)});
        CHECK_EQ(append(*log, first).what, fate::appended);
        const auto second = decided({}, {make_command(who, command_kind::join)});
        CHECK_EQ(append(*log, second), (chain_fate{.what = fate::conflict, .found = first.after}));
        SUBCASE("and one that must exist does not") {
            const auto nobody = new_member();
            CHECK_EQ(
                append(*log, decided(first.after, {make_command(nobody, command_kind::leave)})),
                (chain_fate{.what = fate::conflict}));
        }
    });
}

TEST_CASE("append: a chain with one used key is not written at all") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto used = decided({}, {make_command(who, command_kind::join, {.key = "used"})});
        const auto first = append(*log, used).first;
        const auto joined = used.after;
        const auto again = decided(joined, {make_command(who, command_kind::leave),
                                            make_command(who, command_kind::join, {.key = "used"}),
                                            make_command(who, command_kind::leave)});
        CHECK_EQ(append(*log, again),
                 (chain_fate{.what = fate::key_found,
                             .found = joined,
                             .keys = {found_key{1, recorded_as(used, 0, first)}}}));
        CHECK_EQ(head_of(*log, who), joined);
    });
}

TEST_CASE("append: the other chains of a call are written beside one with a used key") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto guild = new_member().guild;
        const auto who = new_member_of(guild), other = new_member_of(guild);
        const auto used = decided({}, {make_command(who, command_kind::join, {.key = "used"})});
        const auto first = append(*log, used).first;
        const std::vector<eventstore::chain> chains{
            decided({}, {make_command(other, command_kind::join)}),
            decided(used.after, {make_command(who, command_kind::leave, {.key = "used"})})};
        CHECK_EQ(log->append(partition_for(*log, who), {}, chains).fates,
                 (std::vector<chain_fate>{
                     {.what = fate::appended, .found = chains[0].after, .first = after(first, 1)},
                     {.what = fate::key_found,
                      .found = used.after,
                      .keys = {found_key{0, recorded_as(used, 0, first)}}}}));
        CHECK_EQ(tail_for(*log, who), after(first, 1));
    });
}

TEST_CASE("append: every used key of a chain is told") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto way = decided({}, commands_to(state::onboarding_completed, who));
        const auto first = append(*log, way).first;
        auto again = way;
        again.steps.at(1).event.reset();
        CHECK_EQ(append(*log, again),
                 (chain_fate{.what = fate::key_found,
                             .found = way.after,
                             .keys = {found_key{0, recorded_as(way, 0, first)},
                                      found_key{1, recorded_as(way, 1, after(first, 1))},
                                      found_key{2, recorded_as(way, 2, after(first, 2))}}}));
    });
}

TEST_CASE("append: a key is looked at before the head") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto join = make_command(who, command_kind::join);
        const auto written = decided({}, {join});
        const auto first = append(*log, written).first;
        CHECK_EQ(append(*log, decided({}, {join})),
                 (chain_fate{.what = fate::key_found,
                             .found = written.after,
                             .keys = {found_key{0, recorded_as(written, 0, first)}}}));
    });
}

TEST_CASE("append: a used key tells the stay after its event, and whose submission wrote it") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        auto way = decided({}, {make_command(who, command_kind::join),
                                make_command(who, command_kind::leave),
                                make_command(who, command_kind::join)});
        for (std::int64_t number = -1; auto& s : way.steps)
            s.submission = eventstore::submission_number{number++};
        const auto first = append(*log, way).first;
        const auto found = append(*log, way).keys;
        REQUIRE_EQ(found.size(), 3);
        for (std::size_t i = 0; i < found.size(); ++i) {
            const auto& held = std::get<eventstore::recorded>(found[i].holder);
            CHECK_EQ(held, recorded_as(way, i, after(first, std::int64_t(i))));
            CHECK_EQ(held.lifecycle, i < 2 ? 1 : 2);
        }
    });
}

TEST_CASE("append: a parked key stands in the way, whether its letter is parked or discarded") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto command = make_command(who, command_kind::join);
        const auto id = park(*log, command).id;
        auto status = domain::dead_letter_status::parked;
        SUBCASE("parked") {}
        SUBCASE("discarded") {
            CHECK_EQ(log->discard(id, {.by = an_operator, .reason = "no use"}),
                     eventstore::remediation_fate::done);
            status = domain::dead_letter_status::discarded;
        }
        CHECK_EQ(append(*log, decided({}, {command})),
                 (chain_fate{.what = fate::key_found,
                             .keys = {found_key{0, parked_as(command, id, status)}},
                             .has_parked_keys = true}));
        CHECK_EQ(head_of(*log, who), head{});
    });
}

TEST_CASE("append: a key belongs to its member") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto one = new_member();
        const auto other = new_member_of(one.guild);
        for (const auto who : {one, other}) {
            const auto join = make_command(who, command_kind::join, {.key = "the same"});
            CHECK_EQ(append(*log, decided({}, {join})).what, fate::appended);
        }
    });
}

TEST_CASE("append: a chain of checks confirms the head or tells another, and writes nothing") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto joined = bring_to(*log, who, state::invited_or_joined);
        const auto tail = tail_for(*log, who);
        const auto check = make_command(who, command_kind::join);
        CHECK_EQ(append(*log, checked(joined, {check})),
                 (chain_fate{.what = fate::confirmed, .found = joined}));
        CHECK_EQ(append(*log, checked({}, {check})),
                 (chain_fate{.what = fate::conflict, .found = joined}));
        CHECK_EQ(tail_for(*log, who), tail);
    });
}

TEST_CASE("append: a check among events leaves its key free") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto check = make_command(who, command_kind::begin_onboarding);
        auto mixed = decided({}, commands_to(state::invited_or_joined, who));
        mixed.steps.push_back(checked({}, {check}).steps.front());
        CHECK_EQ(append(*log, mixed).what, fate::appended);
        CHECK_EQ(append(*log, decided(mixed.after, {check})).what, fate::appended);
    });
}

TEST_CASE(
    "append: each chain of a call has its own fate, and only what is written takes positions") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto guild = new_member().guild;
        const auto written = new_member_of(guild), stale = new_member_of(guild),
                   last = new_member_of(guild);
        const auto joined = bring_to(*log, stale, state::invited_or_joined);
        const auto tail = tail_for(*log, written);
        const std::vector<eventstore::chain> chains{
            decided({}, commands_to(state::kicked, written)),
            decided({}, {make_command(stale, command_kind::join)}),
            decided({}, commands_to(state::banned, last))};
        CHECK_EQ(log->append(partition_for(*log, written), {}, chains).fates,
                 (std::vector<chain_fate>{
                     {.what = fate::appended, .found = chains[0].after, .first = after(tail, 1)},
                     {.what = fate::conflict, .found = joined},
                     {.what = fate::appended, .found = chains[2].after, .first = after(tail, 3)}}));
        CHECK_EQ(tail_for(*log, written), after(tail, 4));
    });
}

TEST_CASE("append: nothing to write is no error") {
    on_each_log([](log_world& world) {
        CHECK(world.open()->append(eventstore::partition_number{}, {}, {}).fates.empty());
    });
}

TEST_SUITE_END();

} // namespace datadrop::test
