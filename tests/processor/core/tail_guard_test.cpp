// What the core knows exactly of a partition, and what ends that: the tail guard.

#include "tests/processor/core/machine_desk.hpp"

#include <doctest/doctest.h>

using namespace datadrop::test;
using datadrop::eventstore::append_result;
using datadrop::eventstore::global_position;
using datadrop::eventstore::log_point;
using datadrop::eventstore::members_seen;
using datadrop::eventstore::moved_member;

namespace {

const head invited = at(state::invited_or_joined, 1);
const head begun = at(state::onboarding_in_progress, 2);
const head done = at(state::onboarding_completed, 3);

log_point tail(std::int64_t position) { return {.history = 1, .tail = global_position{position}}; }

/// Member 7 as a load tells it.
members_seen seen_at(const head& h, std::int64_t position) {
    return {.heads = {h}, .has_parked_keys = {false}, .at = tail(position)};
}

/// The chain is written, and that leaves the tail there; nobody else wrote.
append_result appended_at(std::int64_t position) {
    return {.fates = {written(position)}, .at = tail(position), .followed = true};
}

/// A desk that has loaded member 7 at position 4, and written its next event: `begun`, at 5.
struct knowing_desk : desk {
    knowing_desk() {
        submit(command(command_kind::begin_onboarding, "first"));
        load(seen_at(invited, 4));
        append(appended_at(5));
    }
    lines load(members_seen what) { return fed(heads_loaded{{}, std::move(what)}); }
    lines append(append_result what) { return fed(chains_appended{{}, std::move(what)}); }
    lines complete(const char* key) {
        return submit(command(command_kind::complete_onboarding, key));
    }
};

const std::string exactly_at_5 =
    "append as of 5 member 7 at OnboardingInProgress v2 exactly [k: OnboardingCompleted]";
const std::string hint_at_5 =
    "append as of 5 member 7 at OnboardingInProgress v2 [k: OnboardingCompleted]";

} // namespace

TEST_SUITE_BEGIN("tail guard");

TEST_CASE("what a load tells is exact from its tail on") {
    desk d;
    d.submit(command(command_kind::begin_onboarding, "k"));
    CHECK(d.fed(heads_loaded{{}, seen_at(invited, 4)}) ==
          lines{"append as of 4 member 7 at InvitedOrJoined v1 exactly [k: OnboardingBegun]"});
}

TEST_CASE("a member whose key is parked is a hint") {
    desk d;
    d.submit(command(command_kind::begin_onboarding, "k"));
    auto told = seen_at(invited, 4);
    told.has_parked_keys = {true};
    CHECK(d.fed(heads_loaded{{}, told}) ==
          lines{"append as of 4 member 7 at InvitedOrJoined v1 [k: OnboardingBegun]"});
}

TEST_CASE("what an append leaves is exact, unless a key of the member is parked") {
    knowing_desk d;
    SUBCASE("none is") { CHECK(d.complete("k") == lines{exactly_at_5}); }
    SUBCASE("one is") {
        d.complete("x");
        auto told = appended_at(6);
        told.fates.front().has_parked_keys = true;
        d.append(told);
        CHECK(d.submit(command(command_kind::leave, "k")) ==
              lines{"append as of 6 member 7 at OnboardingCompleted v3 [k: MemberLeft]"});
    }
}

TEST_CASE("a new connection leaves hints, of all partitions, and nothing is expected") {
    knowing_desk d;
    d.submit([] {
        auto of_other = command(command_kind::join, "other");
        of_other.who = member(8);
        return of_other;
    }());
    auto told = seen_at(nobody, 5);
    told.over_new_connection = true;
    CHECK(d.load(told) == lines{"append member 8 at None v0 [other: MemberJoined]"});
    d.append({.fates = {written(6)}, .at = tail(6)});
    CHECK(d.complete("k") ==
          lines{"append as of 6 member 7 at OnboardingInProgress v2 [k: OnboardingCompleted]"});
}

TEST_CASE("what was asked for before a new connection was told is a hint") {
    knowing_desk d;
    d.complete("k");
    auto told = appended_at(6);
    told.over_new_connection = true;
    d.append(told);
    CHECK(d.submit(command(command_kind::leave, "k2")) ==
          lines{"append member 7 at OnboardingCompleted v3 [k2: MemberLeft]"});
}

TEST_CASE("another history leaves hints") {
    knowing_desk d;
    d.complete("k");
    auto told = appended_at(6);
    told.at->history = 2;
    d.append(told);
    CHECK(d.submit(command(command_kind::leave, "k2")) ==
          lines{"append member 7 at OnboardingCompleted v3 [k2: MemberLeft]"});
}

/// What is done for member 8 while others write something of member 7.
lines with_another_member(knowing_desk& d, append_result told) {
    auto of_other = command(command_kind::join, "other");
    of_other.who = member(8);
    d.submit(of_other);
    d.load(seen_at(nobody, 5));
    d.append(std::move(told));
    return d.submit(command(command_kind::leave, "k"));
}

TEST_CASE("others' writes are followed") {
    knowing_desk d;
    auto told = appended_at(7);
    SUBCASE("to the head that they left") {
        told.moved = {moved_member{member(7), done}};
        CHECK(with_another_member(d, told) ==
              lines{"append as of 7 member 7 at OnboardingCompleted v3 exactly [k: MemberLeft]"});
    }
    SUBCASE("a dead letter's event leaves a hint") {
        told.moved = {moved_member{member(7), {}}};
        CHECK(with_another_member(d, told) ==
              lines{"append as of 7 member 7 at OnboardingInProgress v2 [k: MemberLeft]"});
    }
    SUBCASE("what is not told leaves hints") {
        told.followed = false;
        CHECK(with_another_member(d, told) ==
              lines{"append as of 7 member 7 at OnboardingInProgress v2 [k: MemberLeft]"});
    }
}

TEST_CASE("a load that may not have seen what others wrote is a hint") {
    knowing_desk d;
    d.complete("x"); // is under way when the other is asked for
    auto of_other = command(command_kind::join, "k");
    of_other.who = member(8);
    CHECK(d.submit(of_other) == lines{"load 8"});
    auto told = appended_at(7);
    bool exact = true;
    SUBCASE("of that member, before the tail that is known now") {
        told.moved = {moved_member{member(8), nobody}};
        exact = false;
    }
    SUBCASE("not of another") { told.moved = {moved_member{member(9), nobody}}; }
    d.append(told);
    CHECK(d.load(seen_at(nobody, 5)) ==
          lines{exact ? "append as of 7 member 8 at None v0 exactly [k: MemberJoined]"
                      : "append as of 7 member 8 at None v0 [k: MemberJoined]"});
}

// The reservation told a tail, and what had moved it since the load was never told.
TEST_CASE(
    "a load that was asked for when no tail was known is a hint behind one that another told") {
    known_tail known;
    const auto asked = known.now();
    const auto reserved = known.learn(seen_at(begun, 5), asked);
    CHECK(known.is_exact(reserved));
    CHECK_FALSE(known.is_exact(known.learn(seen_at(invited, 3), asked)));
}

TEST_CASE("what is remembered from elsewhere is a hint") {
    knowing_desk d;
    d.core.remember(member(7), begun);
    CHECK(d.complete("k") == lines{hint_at_5});
}

TEST_CASE("after an append that found no answer the member is read again, and exact then") {
    knowing_desk d;
    CHECK(d.complete("k") == lines{exactly_at_5});
    d.append_lost();
    CHECK(d.complete("k") == lines{"load 7"});
    CHECK(d.load(seen_at(begun, 5)) == lines{exactly_at_5});
}

TEST_SUITE_END();
