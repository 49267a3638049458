// The budget of a command, and what becomes of one that spends it.
#include "tests/processor/core/machine_desk.hpp"

#include <doctest/doctest.h>

using namespace datadrop;
using namespace datadrop::test;

namespace {

/// AcceptRules that expects a state which never comes.
domain::envelope hopeless(std::string key) {
    auto c = command(command_kind::accept_rules, std::move(key));
    c.expected_state = state::role_eligible;
    return c;
}

const auto found = at(state::onboarding_completed, 3);
const std::string met = "RoleEligible v3 met OnboardingCompleted v3";

/// Plays the log for a command until the core parks it; gives the park action.
std::string spend_budget(desk& d, lines last) {
    for (int input = 0; input < 40; ++input) {
        if (last.empty()) last = d.wake();
        const auto& line = last.back();
        if (line.starts_with("park") || line.starts_with("record")) return line;
        if (line.starts_with("load"))
            last = d.loaded({found});
        else if (line.starts_with("reserve"))
            last = d.reserved({found});
        else
            last = d.appended({confirmed(found)});
    }
    return "not parked";
}

} // namespace

TEST_SUITE_BEGIN("budget");

TEST_CASE("a stale version costs one attempt: the refreshed retry succeeds") {
    desk d;
    d.know(at(state::invited_or_joined, 4));
    auto c = command(command_kind::begin_onboarding, "k1");
    c.expected_version = domain::stream_version{3};
    d.submit(c);
    CHECK(d.appended({confirmed(at(state::invited_or_joined, 4))}) ==
          lines{"append member 7 at InvitedOrJoined v4 [k1: OnboardingBegun]"});
    CHECK(d.appended({written(9)}) ==
          lines{"answer 1: accepted OnboardingInProgress v5 attempts 2 at 9"});
}

TEST_CASE("an expectation that never comes true: five attempts, all recorded, then parked") {
    desk d;
    d.know(found);
    CHECK(spend_budget(d, d.submit(hopeless("k1"))) == "park k1 (1: " + met + ") (2: " + met +
                                                           ") (3: " + met + ") (4: " + met +
                                                           ") (5: " + met + ")");
    CHECK(d.parked({{.id = eventstore::dead_letter_id{17}, .holder = {}, .found = found}}) ==
          lines{"answer 1: dead_lettered retry_budget_spent OnboardingCompleted v3 attempts 5 "
                "letter 17"});
    CHECK(d.core.admitted() == 0);
}

TEST_CASE("waits: the first retry at once, the later ones by full jitter within their bounds") {
    desk d;
    d.know(found);
    auto last = d.submit(hopeless("k1"));
    CHECK(d.appended({confirmed(found)}) ==
          lines{"append member 7 at OnboardingCompleted v3 [k1: check]"});
    for (const int longest : {50, 100}) {
        d.appended({confirmed(found)});
        const auto wait = *d.core.wake_at() - d.now.steady;
        CHECK(wait.count() > 0);
        CHECK(wait <= std::chrono::milliseconds(longest));
        d.wake();
        d.loaded({found});
    }
}

// The least wait was 1 us: a bound of 0 gave the draw no numbers to choose from.
TEST_CASE("waits: none is one of them, and a bound of none is no wait at all") {
    core_limits limits;
    limits.waits = {.base = std::chrono::milliseconds(0), .max = std::chrono::milliseconds(0)};
    desk d(limits);
    d.know(found);
    CHECK(spend_budget(d, d.submit(hopeless("k1"))).ends_with("(5: " + met + ")"));
    CHECK(d.now.steady.count() == 0);
}

TEST_CASE("an expectation that comes true meanwhile is met on a fresh read") {
    desk d;
    d.know(found);
    d.submit(hopeless("k1"));
    d.appended({confirmed(found)});
    d.appended({confirmed(found)});
    CHECK(d.wake() == lines{"load 7"});
    CHECK(d.loaded({at(state::role_eligible, 4)}) ==
          lines{"append member 7 at RoleEligible v4 [k1: RulesAccepted]"});
}

TEST_CASE("the time is looked at before each append: a processor that was frozen parks") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    d.submit(command(command_kind::begin_onboarding, "k1"));
    d.pass(std::chrono::milliseconds(400));
    CHECK(d.appended({conflict(at(state::invited_or_joined, 2))}) ==
          lines{"park k1 (1: InvitedOrJoined v1 met InvitedOrJoined v2)"});
}

TEST_CASE("on_conflict fail: what a lost race made stale is answered, also when the time is over") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    auto c = command(command_kind::begin_onboarding, "k1");
    c.expected_version = domain::stream_version{1};
    c.conflict = domain::on_conflict::fail;
    d.submit(c);
    d.pass(std::chrono::milliseconds(400));
    CHECK(d.appended({conflict(at(state::invited_or_joined, 2))}) ==
          lines{"answer 1: conflict stale_expectation InvitedOrJoined v2 attempts 1"});
}

// The conflict was answered from a head that was only loaded, with the key not looked at: a client
// whose command had been accepted before was told that it was stale.
TEST_CASE("on_conflict fail: no conflict is answered before the key was looked at") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    auto c = command(command_kind::begin_onboarding, "k1");
    c.expected_version = domain::stream_version{1};
    c.conflict = domain::on_conflict::fail;
    d.submit(c);
    d.appended({{.what = fate::not_written}});
    d.pass(std::chrono::milliseconds(400));
    CHECK(d.loaded({at(state::onboarding_in_progress, 2)}) ==
          lines{"answer 1: unavailable database_unavailable"});
}

TEST_CASE("silence is no outcome: when even parking fails the answer is unavailable") {
    desk d;
    d.know(found);
    spend_budget(d, d.submit(hopeless("k1")));
    CHECK(d.park_lost() == lines{"answer 1: unavailable database_unavailable"});
}

TEST_CASE("a command whose key was written meanwhile is not parked but answered with it") {
    desk d;
    d.know(found);
    spend_budget(d, d.submit(hopeless("k1")));
    const eventstore::recorded event{.event = domain::event_kind::rules_accepted,
                                     .data = {},
                                     .state = state::rules_accepted,
                                     .version = domain::stream_version{5},
                                     .position = eventstore::global_position{40}};
    CHECK(d.parked({{.id = {}, .holder = event, .found = at(state::rules_accepted, 5)}}) ==
          lines{"answer 1: accepted RulesAccepted v5 attempts 6 at 40 replayed"});
}

TEST_CASE("a submission of a key that is being parked is judged after it") {
    desk d;
    d.know(found);
    spend_budget(d, d.submit(hopeless("k1")));
    CHECK(d.submit(hopeless("k1")).empty());
    CHECK(d.parked({{.id = eventstore::dead_letter_id{17}, .holder = {}, .found = found}}).back() ==
          "append member 7 at OnboardingCompleted v3 [k1: check]");
}

TEST_CASE("a redrive travels alone, and is answered when its event and its letter are written") {
    desk d;
    d.know(at(state::role_eligible, 4));
    CHECK(d.redrive(hopeless("k1"), 17) ==
          lines{"append member 7 at RoleEligible v4 [k1: RulesAccepted of letter 17]"});
    d.submit(command(command_kind::leave, "k2"));
    CHECK(d.appended({written(50)}) ==
          lines{"answer 1: accepted RulesAccepted v5 attempts 1 at 50",
                "append member 7 at RulesAccepted v5 [k2: MemberLeft]"});
}

TEST_CASE("a redrive that a rule refuses is noted with its letter before it is answered") {
    desk d;
    d.know(at(state::kicked, 4));
    auto c = hopeless("k1");
    c.expected_state.reset();
    CHECK(d.redrive(c, 17) == lines{"append member 7 at Kicked v4 [k1: check]"});
    const eventstore::parked own{.id = eventstore::dead_letter_id{17},
                                 .status = domain::dead_letter_status::parked,
                                 .command = command_kind::accept_rules,
                                 .data = {},
                                 .attempts = 5};
    CHECK(d.appended({key_found(at(state::kicked, 4), own)}) ==
          lines{"record failure of letter 17: transition_not_allowed by olga, 1 attempts"});
    CHECK(d.failure_recorded(eventstore::remediation_fate::done) ==
          lines{"answer 1: rejected transition_not_allowed Kicked v4 attempts 1"});
}

TEST_CASE("a redrive of a letter that another operator changed is told that it stands parked") {
    desk d;
    d.know(at(state::role_eligible, 4));
    const eventstore::parked own{.id = eventstore::dead_letter_id{17},
                                 .status = domain::dead_letter_status::parked,
                                 .command = command_kind::accept_rules,
                                 .data = {},
                                 .attempts = 5};
    d.redrive(hopeless("k1"), 17);
    CHECK(d.appended({key_found(at(state::role_eligible, 4), own)}) ==
          lines{"answer 1: dead_lettered retry_budget_spent RoleEligible v4 attempts 5 letter "
                "17 replayed"});
}

TEST_CASE("a redrive whose failure is not noted, for another act came first, has done nothing") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    d.redrive(command(command_kind::begin_onboarding, "k1"), 17);
    d.pass(std::chrono::milliseconds(400));
    d.appended({conflict(at(state::invited_or_joined, 2))});
    d.failure_recorded(eventstore::remediation_fate::changed);
    CHECK(d.told.back().replayed);
}

TEST_CASE("a redrive that spends its budget stays parked, with the new attempts") {
    desk d;
    d.know(found);
    const eventstore::parked own{.id = eventstore::dead_letter_id{17},
                                 .status = domain::dead_letter_status::parked,
                                 .command = command_kind::accept_rules,
                                 .data = {},
                                 .attempts = 5};
    auto last = d.redrive(hopeless("k1"), 17);
    for (int input = 0; input < 40 && !last.back().starts_with("record"); ++input) {
        const auto line = last.back();
        if (line.starts_with("load"))
            last = d.loaded({found});
        else if (line.starts_with("reserve"))
            last = d.reserved({found});
        else
            last = d.appended({key_found(found, own)});
        if (last.empty()) last = d.wake();
    }
    CHECK(last == lines{"record failure of letter 17: retry_budget_spent by olga, 5 attempts"});
    CHECK(d.failure_recorded(std::nullopt) == lines{"answer 1: unavailable database_unavailable"});
}

// The core waited for another input to note the failure, and in a quiet process none came: the
// operator was never answered.
TEST_CASE("a redrive whose time is over is noted at once, also when nothing else is under way") {
    desk d;
    d.know(at(state::invited_or_joined, 1));
    d.redrive(command(command_kind::begin_onboarding, "k1"), 17);
    d.pass(std::chrono::milliseconds(400));
    CHECK(d.appended({conflict(at(state::invited_or_joined, 2))}) ==
          lines{"record failure of letter 17: retry_budget_spent by olga, 1 attempts"});
}

// A wait ended while the lane stood in line with its head known. When its turn came it had to be
// loaded again, and the load was not asked for until another input came.
TEST_CASE("a later attempt that falls due while its lane stands in line is loaded in its turn") {
    desk d;
    d.know(found);
    d.submit(hopeless("k1"));
    d.appended({confirmed(found)});
    CHECK(d.appended({confirmed(found)}).empty()); // two attempts, and now it waits
    auto other = command(command_kind::join, "k2");
    other.who = member(8);
    d.submit(other);
    CHECK(d.loaded({nobody}) == lines{"append member 8 at None v0 [k2: MemberJoined]"});
    CHECK(d.submit(command(command_kind::grant_eligibility, "k3")).empty());
    CHECK(d.wake().empty());
    CHECK(d.appended({written(9)}) ==
          lines{"answer 2: accepted InvitedOrJoined v1 attempts 1 at 9", "load 7"});
}

// Each wait that ended sent the lane back to be loaded, and to the end of the line for it: one with
// many commands aside, in a long line, came to no append at all.
TEST_CASE("a lane that was loaded since a command stepped aside is not loaded again for it") {
    desk d;
    d.know(found);
    d.submit({hopeless("k1"), hopeless("k2")});
    d.appended({confirmed(found)});
    d.appended({confirmed(found)}); // both wait
    auto other = command(command_kind::join, "k3");
    other.who = member(8);
    d.submit(other);
    d.loaded({nobody});
    CHECK(d.wake().size() == 1); // the first: to be loaded
    CHECK(d.loaded({found}).empty());
    CHECK(d.wake().empty());
    CHECK(d.appended({written(9)}).back() ==
          "append member 7 at OnboardingCompleted v3 [k1: check, k2: check]");
}

// It was told at the head of the race, which the one before it had left behind.
TEST_CASE("what is told at the end of the budget is no older than what the lane has written") {
    core_limits limits;
    limits.batch_steps_max = 2;
    limits.tries.attempts_max = 3;
    desk d(limits);
    d.know(at(state::invited_or_joined, 1));
    auto of_other = command(command_kind::join, "other");
    of_other.who = member(11, 2);
    auto over = command(command_kind::leave, "over");
    over.expected_lifecycle = 7;
    d.submit({command(command_kind::begin_onboarding, "begin"), over});
    d.submit(of_other);
    d.loaded({nobody});
    const auto found = at(state::invited_or_joined, 2);
    d.appended({conflict(found)});
    d.appended({written(3), written(4)}); // each guild's turn is one step
    d.append_unwritten();
    const auto left = at(state::onboarding_in_progress, 3);
    d.loaded({left});
    d.reserved({left});
    CHECK(d.append_unwritten() == lines{"answer 2: rejected lifecycle_over OnboardingInProgress v3"
                                        " attempts 3"});
}

TEST_SUITE_END();
