// The way of a command through the core: batching, chains, keys, refusals, the two rules in bold.
#include "tests/processor/core/machine_desk.hpp"

#include <doctest/doctest.h>

using namespace datadrop;
using namespace datadrop::test;

namespace {

/// A RecordEmail loses two races; its next attempt reserves, and the same key waits behind it.
void lose_until_reserved(desk& d) {
    d.know(at(state::verification_pending, 1));
    auto c = command(command_kind::record_email, "k1");
    c.data.email.emplace();
    d.submit(c);
    CHECK(d.appended({conflict(at(state::verification_pending, 2))}) ==
          lines{"append member 7 at VerificationPending v2 [k1: EmailRecorded]"});
    CHECK(d.appended({conflict(at(state::verification_pending, 3))}) == lines{"reserve 7"});
    CHECK(d.submit(c).empty());
}

} // namespace

TEST_SUITE_BEGIN("machine");

TEST_CASE("a member that is not known is loaded, decided, written, answered") {
    desk d;
    CHECK(d.submit(command(command_kind::join, "k1")) == lines{"load 7"});
    CHECK(d.loaded({nobody}) == lines{"append member 7 at None v0 [k1: MemberJoined]"});
    CHECK(d.appended({written(31)}) ==
          lines{"answer 1: accepted InvitedOrJoined v1 attempts 1 at 31"});
    CHECK(d.core.admitted() == 0);
}

TEST_CASE("a member that was worked on is known from then on") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    CHECK(d.submit(command(command_kind::leave, "k1")) ==
          lines{"append member 7 at InvitedOrJoined v1 [k1: MemberLeft]"});
}

TEST_CASE("group commit: what arrives during an append goes together in the next") {
    desk d;
    d.know(nobody);
    auto other = command(command_kind::join, "k2");
    other.who = member(8);
    d.submit(command(command_kind::join, "k1"));
    CHECK(d.submit(other) == lines{"load 8"});
    CHECK(d.loaded({nobody}).empty());
    CHECK(d.submit(command(command_kind::begin_onboarding, "k3")).empty());
    CHECK(d.appended({written(1)}) ==
          lines{"answer 1: accepted InvitedOrJoined v1 attempts 1 at 1",
                "append member 8 at None v0 [k2: MemberJoined] "
                "member 7 at InvitedOrJoined v1 [k3: OnboardingBegun]"});
}

TEST_CASE("a chain: each command is decided on what the one before leaves") {
    desk d;
    d.know(nobody);
    CHECK(d.submit({command(command_kind::join, "k1"), command(command_kind::join, "k2"),
                    command(command_kind::begin_onboarding, "k3")}) ==
          lines{"append member 7 at None v0 [k1: MemberJoined, k2: check, k3: OnboardingBegun]"});
    CHECK(d.appended({written(5)}) ==
          lines{"answer 1: accepted InvitedOrJoined v1 attempts 1 at 5",
                "answer 2: rejected transition_not_allowed InvitedOrJoined v1 attempts 1",
                "answer 3: accepted OnboardingInProgress v2 attempts 1 at 6"});
}

TEST_CASE("partitions go their own way: one that waits holds no other") {
    desk d({}, 2);
    const auto guild_in = [](eventstore::partition_number partition) {
        std::int64_t guild = 1;
        while (eventstore::partition_of(domain::guild_id{guild}, 2) != partition)
            ++guild;
        return guild;
    };
    auto one = command(command_kind::join, "k1");
    auto two = command(command_kind::join, "k2");
    one.who = member(7, guild_in(eventstore::partition_number{0}));
    two.who = member(8, guild_in(eventstore::partition_number{1}));
    CHECK(d.submit({one, two}) == lines{"load 7", "load 8"});
    d.core.feed(heads_loaded{eventstore::partition_number{1}, desk::seen({nobody})}, d.now);
    d.core.start_work(d.now);
    CHECK(d.core.take_actions().size() == 1);
}

TEST_CASE("inputs that come together go in one batch, once the work is started") {
    desk d;
    d.know(at(state::none, 0));
    for (const auto* key : {"k1", "k2"})
        d.core.submit(
            {{1, std::make_shared<domain::envelope>(command(command_kind::join, key)), {}}}, d.now);
    CHECK(d.core.take_actions().empty());
    d.core.start_work(d.now);
    const auto actions = d.core.take_actions();
    REQUIRE_EQ(actions.size(), 1);
    CHECK_EQ(
        std::get<append_chains>(std::get<log_call>(actions.front())).chains.front().steps.size(),
        2);
}

// ---- nothing is answered from a cache alone

TEST_CASE("a rejection on a cached state is answered only when the log confirms the head") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    CHECK(d.submit(command(command_kind::accept_rules, "k1")) ==
          lines{"append member 7 at InvitedOrJoined v1 [k1: check]"});
    SUBCASE("confirmed: it was true") {
        CHECK(d.appended({confirmed(at(state::invited_or_joined, 1))}) ==
              lines{"answer 1: rejected transition_not_allowed InvitedOrJoined v1 attempts 1"});
    }
    SUBCASE("another head: it is judged anew") {
        CHECK(d.appended({conflict(at(state::role_eligible, 4))}) ==
              lines{"append member 7 at RoleEligible v4 [k1: RulesAccepted]"});
    }
}

TEST_CASE("a conflict on a cached state is answered only when the log confirms the head") {
    desk d;
    d.know(at(state::onboarding_in_progress, 2));
    auto c = command(command_kind::complete_onboarding, "k1");
    c.expected_version = domain::stream_version{3};
    c.conflict = domain::on_conflict::fail;
    CHECK(d.submit(c) == lines{"append member 7 at OnboardingInProgress v2 [k1: check]"});
    SUBCASE("confirmed: it is stale") {
        CHECK(d.appended({confirmed(at(state::onboarding_in_progress, 2))}) ==
              lines{"answer 1: conflict stale_expectation OnboardingInProgress v2 attempts 1"});
    }
    SUBCASE("another head: the expectation held") {
        CHECK(d.appended({conflict(at(state::onboarding_in_progress, 3))}) ==
              lines{"append member 7 at OnboardingInProgress v3 [k1: OnboardingCompleted]"});
    }
}

TEST_CASE("a rejection on what an earlier command of the batch leaves is not answered when that is "
          "lost") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    CHECK(d.submit({command(command_kind::kick, "k1"), command(command_kind::leave, "k2")}) ==
          lines{"append member 7 at InvitedOrJoined v1 [k1: MemberKicked, k2: check]"});
    CHECK(d.appended({conflict(at(state::banned, 2))}) ==
          lines{"append member 7 at Banned v2 [k1: check, k2: check]"});
    CHECK(d.appended({confirmed(at(state::banned, 2))}) ==
          lines{"answer 1: rejected transition_not_allowed Banned v2 attempts 2",
                "answer 2: rejected transition_not_allowed Banned v2 attempts 2"});
}

// ---- contention neither reorders nor rejects

TEST_CASE("a chain that lost a race is decided anew, whole and in order, on what was found") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    d.submit({command(command_kind::begin_onboarding, "k1"),
              command(command_kind::complete_onboarding, "k2"),
              command(command_kind::grant_eligibility, "k3")});
    CHECK(
        d.appended({conflict({domain::stream_version{4}, {state::invited_or_joined, false, 2}})}) ==
        lines{"append member 7 at InvitedOrJoined v4 "
              "[k1: OnboardingBegun, k2: OnboardingCompleted, k3: EligibilityGranted]"});
    CHECK(d.appended({written(9)}) ==
          lines{"answer 1: accepted OnboardingInProgress v5 attempts 2 at 9",
                "answer 2: accepted OnboardingCompleted v6 attempts 2 at 10",
                "answer 3: accepted RoleEligible v7 attempts 2 at 11"});
}

// Dead letters were parked whose only attempt had found what it expected: somebody else had written
// as many events as those before it in the chain would have.
TEST_CASE("a lost race tells the chain's guard where a command stated nothing") {
    core_limits limits;
    limits.tries.attempts_max = 1;
    desk d(limits);
    d.know(at(state::invited_or_joined, 1));
    d.submit({command(command_kind::begin_onboarding, "k1"),
              command(command_kind::complete_onboarding, "k2")});
    d.appended({conflict(at(state::onboarding_in_progress, 2))});
    REQUIRE(d.parkings.size() == 2);
    const auto& attempt = d.parkings[1].attempts.front();
    CHECK(attempt.expected_version == domain::stream_version{1});
    CHECK(attempt.found_version == domain::stream_version{2});
}

TEST_CASE("a lost race of those before it is no conflict of a command that stated what is found") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    auto states = command(command_kind::complete_onboarding, "k2");
    states.expected_version = domain::stream_version{2};
    states.expected_state = state::onboarding_in_progress;
    d.submit({command(command_kind::begin_onboarding, "k1"), states,
              command(command_kind::grant_eligibility, "k3")});
    CHECK(d.appended({conflict(at(state::onboarding_in_progress, 2))}) ==
          lines{"append member 7 at OnboardingInProgress v2 "
                "[k1: check, k2: OnboardingCompleted, k3: EligibilityGranted]"});
    CHECK(d.appended({written(9)}) ==
          lines{"answer 1: rejected transition_not_allowed OnboardingInProgress v2 attempts 2",
                "answer 2: accepted OnboardingCompleted v3 attempts 1 at 9",
                "answer 3: accepted RoleEligible v4 attempts 1 at 10"});
}

// It would be answered on an older head than the one before it.
TEST_CASE("behind a command that met no conflict none is given up") {
    core_limits limits;
    limits.tries.attempts_max = 1;
    desk d(limits);
    d.know(at(state::invited_or_joined, 1));
    auto states = command(command_kind::complete_onboarding, "k2");
    states.expected_version = domain::stream_version{2};
    states.expected_state = state::onboarding_in_progress;
    auto late = command(command_kind::leave, "k3");
    late.expected_lifecycle = 7;
    d.submit({command(command_kind::begin_onboarding, "k1"), states, late});
    d.appended({conflict(at(state::onboarding_in_progress, 2))});
    CHECK(d.parkings.size() == 1);
    CHECK(d.told.size() == 1); // the warm-up's
}

TEST_CASE("commands that arrive during a lost race stay behind those that lost it") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    d.submit(command(command_kind::begin_onboarding, "k1"));
    d.submit(command(command_kind::complete_onboarding, "k2"));
    CHECK(d.appended({conflict(at(state::invited_or_joined, 2))}) ==
          lines{"append member 7 at InvitedOrJoined v2 [k1: OnboardingBegun, k2: "
                "OnboardingCompleted]"});
}

TEST_CASE("only a command whose own expectation does not hold steps aside; those behind it go on") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    auto waits = command(command_kind::accept_rules, "k1");
    waits.expected_state = state::role_eligible;
    CHECK(d.submit({waits, command(command_kind::begin_onboarding, "k2")}) ==
          lines{"append member 7 at InvitedOrJoined v1 [k1: check, k2: OnboardingBegun]"});
    CHECK(d.appended({written(2)}) ==
          lines{"answer 2: accepted OnboardingInProgress v2 attempts 1 at 2",
                "append member 7 at OnboardingInProgress v2 [k1: check]"});
    d.appended({confirmed(at(state::onboarding_in_progress, 2))});
    CHECK(d.submit(command(command_kind::complete_onboarding, "k3")) ==
          lines{"append member 7 at OnboardingInProgress v2 [k3: OnboardingCompleted]"});
    d.appended({written(3)});
    CHECK(d.wake() == lines{"load 7"});
}

TEST_CASE("contention alone never spends the budget: a late attempt locks the tail first") {
    desk d;
    lose_until_reserved(d);
    SUBCASE("on the head that nobody can move") {
        CHECK(d.reserved({at(state::verification_pending, 8)}) ==
              lines{"append member 7 at VerificationPending v8 [k1: EmailRecorded]"});
        CHECK(d.appended({written(9)}).front() ==
              "answer 1: accepted VerificationPending v9 attempts 3 at 9");
    }
    SUBCASE("without one when there is none to be had") {
        CHECK(d.reserve_lost() ==
              lines{"append member 7 at VerificationPending v3 [k1: EmailRecorded]"});
    }
    SUBCASE("and it is given back when there is nothing to write any more") {
        d.pass(std::chrono::milliseconds(400));
        CHECK(d.reserved({at(state::verification_pending, 8)}).front() == "release");
    }
}

TEST_CASE("a lost race is decided anew before what has not begun: a long queue spends no budget") {
    core_limits limits;
    limits.batch_steps_max = 1;
    desk d(limits);
    d.know(at(state::invited_or_joined, 1));
    auto other = command(command_kind::join, "k2");
    other.who = member(8);
    d.submit({command(command_kind::leave, "k1"), other});
    d.loaded({nobody});
    CHECK(d.appended({conflict(at(state::onboarding_in_progress, 2))}) ==
          lines{"append member 7 at OnboardingInProgress v2 [k1: MemberLeft]"});
    CHECK(d.appended({written(3)}) == lines{"answer 1: accepted LeftGuild v3 attempts 2 at 3",
                                            "append member 8 at None v0 [k2: MemberJoined]"});
}

TEST_CASE("on_conflict fail without an expectation: a lost race is decided anew") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    auto c = command(command_kind::kick, "k1");
    c.conflict = domain::on_conflict::fail;
    d.submit(c);
    CHECK(d.appended({conflict(at(state::onboarding_in_progress, 2))}) ==
          lines{"append member 7 at OnboardingInProgress v2 [k1: MemberKicked]"});
}

TEST_CASE("on_conflict fail with an expectation: a lost race makes it stale") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    auto c = command(command_kind::kick, "k1");
    c.conflict = domain::on_conflict::fail;
    c.expected_version = domain::stream_version{1};
    d.submit(c);
    CHECK(d.appended({conflict(at(state::onboarding_in_progress, 2))}) ==
          lines{"append member 7 at OnboardingInProgress v2 [k1: check]"});
    CHECK(d.appended({confirmed(at(state::onboarding_in_progress, 2))}) ==
          lines{"answer 1: conflict stale_expectation OnboardingInProgress v2 attempts 2"});
}

// ---- keys

TEST_CASE("a key that was written is answered again, whatever is expected now") {
    desk d;
    d.know(at(state::left_guild, 9));
    auto c = command(command_kind::join, "k1");
    c.expected_version = domain::stream_version{0};
    c.conflict = domain::on_conflict::fail;
    CHECK(d.submit(c) == lines{"append member 7 at LeftGuild v9 [k1: check]"});
    const eventstore::recorded first{.event = domain::event_kind::member_joined,
                                     .data = {},
                                     .state = state::invited_or_joined,
                                     .version = domain::stream_version{1},
                                     .position = eventstore::global_position{3}};
    CHECK(d.appended({key_found(at(state::left_guild, 9), first)}) ==
          lines{"answer 1: accepted InvitedOrJoined v1 attempts 1 at 3 replayed"});
}

TEST_CASE("a key that another command wrote is refused; the rest of its chain goes on") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    d.submit({command(command_kind::begin_onboarding, "k1"), command(command_kind::kick, "k2")});
    const eventstore::recorded other{.event = domain::event_kind::member_joined,
                                     .data = {},
                                     .state = state::invited_or_joined,
                                     .version = domain::stream_version{1},
                                     .position = eventstore::global_position{3}};
    CHECK(d.appended({key_found(at(state::invited_or_joined, 1), other)}) ==
          lines{"answer 1: rejected idempotency_key_reused InvitedOrJoined v1 attempts 1",
                "append member 7 at InvitedOrJoined v1 [k2: MemberKicked]"});
}

TEST_CASE("a parked key is answered with its dead letter") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    d.submit(command(command_kind::begin_onboarding, "k1"));
    const eventstore::parked letter{.id = eventstore::dead_letter_id{12},
                                    .status = domain::dead_letter_status::discarded,
                                    .command = command_kind::begin_onboarding,
                                    .data = {},
                                    .attempts = 5};
    CHECK(d.appended({key_found(at(state::invited_or_joined, 1), letter)}) ==
          lines{"answer 1: dead_lettered retry_budget_spent InvitedOrJoined v1 attempts 5 "
                "letter 12 replayed"});
}

TEST_CASE("a key under way is not run twice: the later submission is judged after the earlier") {
    desk d;
    d.know(nobody);
    d.submit(command(command_kind::join, "k1"));
    CHECK(d.submit(command(command_kind::join, "k1")).empty());
    CHECK(d.appended({written(1)}) == lines{"answer 1: accepted InvitedOrJoined v1 attempts 1 at 1",
                                            "append member 7 at InvitedOrJoined v1 [k1: check]"});
}

// ---- limits and failures

TEST_CASE("the queue is bounded: commands are admitted together or not at all") {
    core_limits limits;
    limits.queue_max = 4;
    desk d(limits);
    d.submit(command(command_kind::join, "k1"));
    CHECK(d.submit({command(command_kind::join, "k2"), command(command_kind::join, "k3")}) ==
          lines{"answer 2: overloaded queue_full", "answer 3: overloaded queue_full"});
    CHECK(d.core.admitted() == 1);
    CHECK(d.submit(command(command_kind::join, "k4")).empty());
    CHECK(d.core.admitted() == 2);
}

TEST_CASE("an append whose fate is not known is answered unavailable, and the head is read anew") {
    desk d;
    d.know(nobody);
    d.submit(command(command_kind::join, "k1"));
    d.submit(command(command_kind::begin_onboarding, "k2"));
    CHECK(d.append_lost() == lines{"answer 1: unavailable database_unavailable", "load 7"});
    CHECK(d.load_lost() == lines{"answer 2: unavailable database_unavailable"});
    CHECK(d.core.admitted() == 0);
}

TEST_CASE("an append that was settled as not written is decided anew on a fresh read") {
    desk d;
    d.know(nobody);
    d.submit(command(command_kind::join, "k1"));
    CHECK(d.appended({{.what = fate::not_written}}) == lines{"load 7"});
    CHECK(d.loaded({nobody}) == lines{"append member 7 at None v0 [k1: MemberJoined]"});
}

TEST_CASE("a command that waited too long for its first attempt is answered unavailable") {
    desk d;
    d.know(nobody);
    d.submit(command(command_kind::join, "k1"));
    d.submit(command(command_kind::begin_onboarding, "k2"));
    d.pass(std::chrono::milliseconds(10'000));
    CHECK(d.appended({written(1)}) == lines{"answer 1: accepted InvitedOrJoined v1 attempts 1 at 1",
                                            "answer 2: unavailable database_unavailable"});
}

TEST_SUITE_END();
