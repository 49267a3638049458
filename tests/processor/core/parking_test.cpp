// Who is parked, and what a dead letter tells of the attempts: an attempt that ended without an
// answer of the database is one of them, and alone it parks nobody.
#include "tests/processor/core/machine_desk.hpp"

#include <doctest/doctest.h>

using namespace datadrop;
using namespace datadrop::test;

namespace {

const auto joined = at(state::invited_or_joined, 1);
const lines unavailable{"answer 1: unavailable database_unavailable"};
const std::string silent = "InvitedOrJoined v1 unanswered: the connection was lost";

/// A desk that knows member 7.
desk ready_desk(core_limits limits = {}) {
    desk d(limits);
    d.know(joined);
    return d;
}

} // namespace

TEST_SUITE_BEGIN("parking");

// 18 of 3,052 dead letters of a database under faults had no attempt at all: nobody could tell
// what stood in their way, and nothing did.
TEST_CASE("a command that only waited for the database is unavailable, not parked") {
    auto d = ready_desk();
    d.submit(command(command_kind::begin_onboarding, "k1"));
    CHECK(d.append_unwritten() == lines{"load 7"});
    d.pass(std::chrono::milliseconds(400));
    CHECK(d.loaded({joined}) == unavailable);
    CHECK(d.core.admitted() == 0);
}

TEST_CASE("a command whose every attempt ended without an answer is unavailable, not parked") {
    core_limits limits;
    limits.tries.attempts_max = 2;
    auto d = ready_desk(limits);
    d.submit(command(command_kind::begin_onboarding, "k1"));
    d.append_unwritten();
    d.loaded({joined});
    CHECK(d.reserved({joined}) ==
          lines{"append member 7 at InvitedOrJoined v1 [k1: OnboardingBegun]"});
    CHECK(d.append_unwritten() == unavailable);
}

TEST_CASE("a redrive that only waited is unavailable, and nothing is noted with its letter") {
    auto d = ready_desk();
    d.redrive(command(command_kind::begin_onboarding, "k1"), 17);
    d.append_unwritten();
    d.pass(std::chrono::milliseconds(400));
    CHECK(d.loaded({joined}) == unavailable);
}

TEST_CASE("a command behind a used key of its chain had no attempt of its own") {
    auto d = ready_desk();
    d.submit({command(command_kind::begin_onboarding, "k1"), command(command_kind::kick, "k2")});
    d.pass(std::chrono::milliseconds(400));
    const eventstore::recorded other{.event = domain::event_kind::member_joined,
                                     .data = {},
                                     .state = state::invited_or_joined,
                                     .version = domain::stream_version{1},
                                     .position = eventstore::global_position{3}};
    CHECK(d.appended({key_found(joined, other)}).back() ==
          "answer 2: unavailable database_unavailable");
}

TEST_CASE("beside a conflict, an attempt without an answer is told with its reason") {
    auto d = ready_desk();
    d.submit(command(command_kind::begin_onboarding, "k1"));
    d.append_unwritten();
    d.loaded({joined});
    d.pass(std::chrono::milliseconds(400));
    d.appended({conflict(at(state::invited_or_joined, 2))});
    CHECK(d.reserved({at(state::invited_or_joined, 2)}) ==
          lines{"release",
                "park k1 (1: " + silent + ") (2: InvitedOrJoined v1 met InvitedOrJoined v2)"});
}

TEST_CASE("attempts without an answer count: an accepted command tells how many it took") {
    auto d = ready_desk();
    d.submit(command(command_kind::begin_onboarding, "k1"));
    d.append_unwritten();
    d.loaded({joined});
    CHECK(d.appended({written(9)}) ==
          lines{"answer 1: accepted OnboardingInProgress v2 attempts 2 at 9"});
}

TEST_CASE("on_conflict fail: an expectation met by no answer yet is still to be told of") {
    auto d = ready_desk();
    auto c = command(command_kind::begin_onboarding, "k1");
    c.expected_version = domain::stream_version{1};
    c.conflict = domain::on_conflict::fail;
    d.submit(c);
    d.appended({conflict(at(state::invited_or_joined, 2))});
    d.pass(std::chrono::milliseconds(400));
    d.append_unwritten();
    d.loaded({at(state::onboarding_in_progress, 3)});
    CHECK(d.reserved({at(state::onboarding_in_progress, 3)}) ==
          lines{"answer 1: conflict stale_expectation InvitedOrJoined v2 attempts 2", "release"});
}

TEST_SUITE_END();
