// One append behind the other: what the second expects is what the first leaves if it goes as it
// was planned to, which its events show.

#include "eventstore/chain.hpp"
#include "tests/eventstore/support/log_world.hpp"
#include "tests/support/chains.hpp"

#include <algorithm>

namespace datadrop::test {
namespace {

using domain::command_kind;
using domain::state;
using eventstore::append_plan;
using eventstore::append_result;
using eventstore::chain;
using eventstore::expectation;
using eventstore::head;
using eventstore::log_point;
using eventstore::moved_member;

/// A writer with two appends, of which the second is decided before the first is answered.
struct two_appends {
    explicit two_appends(log_world& world) : mine(world.open()), other(world.open()) {
        joined = bring_to(*mine, who, state::invited_or_joined);
        before = look();
    }

    log_point look() { return *mine->load(partition_for(*mine, who), std::vector{who}).at; }

    append_result write(const std::vector<chain>& chains,
                        std::optional<append_plan> ahead = std::nullopt) {
        return mine->append(partition_for(*mine, who), expectation(before, ahead), chains);
    }
    /// The second, whose one chain is exact and of what is not so: it shows whether somebody
    /// looked.
    append_result write_second(const std::vector<chain>& first) {
        return write({moving(who, not_so())}, eventstore::plan_of(first));
    }

    chain moving(domain::member_id member, const head& from) {
        const auto kind = from == head{} ? command_kind::join : command_kind::leave;
        auto c = decided(from, {make_command(member, kind)});
        c.known = eventstore::knowledge::exact;
        c.steps.front().submission = eventstore::submission_number{++submissions};
        return c;
    }
    head not_so() const {
        auto h = joined;
        h.member.has_email = !h.member.has_email;
        return h;
    }
    std::vector<chain> joining(std::span<const domain::member_id> members) {
        std::vector<chain> chains;
        for (const auto m : members)
            chains.push_back(moving(m, {}));
        return chains;
    }

    domain::member_id who = new_member();
    std::vector<domain::member_id> others{new_member_of(who.guild), new_member_of(who.guild),
                                          new_member_of(who.guild)};
    std::unique_ptr<eventstore::log> mine, other;
    head joined;
    log_point before;
    std::int64_t submissions = 0;
};

} // namespace

TEST_SUITE_BEGIN("append ahead");

TEST_CASE("append ahead: behind one that went as planned an exact chain is not looked at") {
    on_each_log([](log_world& world) {
        two_appends a(world);
        auto first = a.joining(a.others);
        SUBCASE("of several events") {}
        SUBCASE("of one") { first.resize(1); }
        SUBCASE("of none") {
            first = {checked(a.joined, {make_command(a.who, command_kind::join)})};
        }
        static_cast<void>(a.write(first));
        const auto told = a.write_second(first);
        CHECK_EQ(told.fates.at(0).what, eventstore::fate::appended);
        CHECK(told.followed);
        CHECK(told.moved.empty());
        CHECK_EQ(told.at, a.look());
    });
}

TEST_CASE("append ahead: what others wrote between the two is told") {
    on_each_log([](log_world& world) {
        two_appends a(world);
        const auto first = a.joining(a.others);
        static_cast<void>(a.write(first));
        const auto mover = new_member_of(a.who.guild);
        const auto now = bring_to(*a.other, mover, state::invited_or_joined);
        const auto told = a.write_second(first);
        CHECK_EQ(told.fates.at(0).what, eventstore::fate::appended);
        CHECK_EQ(told.moved, (std::vector{moved_member{mover, now}}));
    });
}

/// As many events as the first append lacks in the end are written by others before it: so the tail
/// behind it is the planned one.
void write_first_short(two_appends& a, std::vector<chain>& first, std::size_t refused) {
    bring_to(*a.other, a.others.at(refused), state::invited_or_joined);
    const auto told = a.write(first);
    REQUIRE_EQ(told.fates.at(refused).what, eventstore::fate::conflict);
    REQUIRE_EQ(number_of(told.at->tail), number_of(a.before.tail) + 3);
}

TEST_CASE("append ahead: a tail that is right by chance proves nothing of the one ahead") {
    on_each_log([](log_world& world) {
        two_appends a(world);
        auto first = a.joining(a.others);
        std::size_t refused = 0;
        SUBCASE("which lacks its first") { refused = 0; }
        SUBCASE("which lacks one between") { refused = 1; }
        SUBCASE("which lacks its last") { refused = 2; }
        write_first_short(a, first, refused);
        auto told = a.write_second(first);
        // All that was written since the tail before is told, its own as well.
        CHECK_EQ(told.fates.at(0).what, eventstore::fate::appended);
        CHECK_EQ(told.moved.size(), a.others.size());
    });
}

TEST_CASE("append ahead: a member who moved ahead of one that went otherwise is looked up") {
    on_each_log([](log_world& world) {
        two_appends a(world);
        const auto theirs =
            decided(a.joined, {make_command(a.who, command_kind::begin_onboarding)});
        append(*a.other, theirs);
        const auto first = a.joining(a.others);
        static_cast<void>(a.write(first));
        const auto told = a.write_second(first);
        CHECK_EQ(told.fates.at(0).what, eventstore::fate::conflict);
        CHECK_EQ(told.fates.at(0).found, theirs.after);
    });
}

TEST_CASE("append ahead: one that was never written changes nothing") {
    on_each_log([](log_world& world) {
        two_appends a(world);
        const auto told = a.write_second(a.joining(a.others));
        CHECK_EQ(told.fates.at(0).what, eventstore::fate::appended);
        CHECK(told.followed);
    });
}

TEST_SUITE_END();

} // namespace datadrop::test
