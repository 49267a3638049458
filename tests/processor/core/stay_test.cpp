// Commands that were made for one stay of a member, and what answers tell of stays.
#include "tests/processor/core/machine_desk.hpp"

#include <doctest/doctest.h>

using namespace datadrop;
using namespace datadrop::test;

namespace {

head in_stay(std::int64_t lifecycle, state s, std::int64_t version) {
    return {domain::stream_version{version}, {.current = s, .lifecycle = lifecycle}};
}

domain::envelope made_for(std::int64_t lifecycle, command_kind kind, std::string key) {
    auto c = command(kind, std::move(key));
    c.expected_lifecycle = lifecycle;
    return c;
}

const auto second_stay = in_stay(2, state::invited_or_joined, 3);

} // namespace

TEST_SUITE_BEGIN("stays");

TEST_CASE("a stay that is over is told at once, once the log confirmed it, whatever on_conflict "
          "says and whatever else is expected") {
    auto c = made_for(1, command_kind::begin_onboarding, "k1");
    SUBCASE("retry") {}
    SUBCASE("fail") { c.conflict = domain::on_conflict::fail; }
    SUBCASE("the state is stale as well") { c.expected_state = state::verified; }
    SUBCASE("the version is stale as well") { c.expected_version = domain::stream_version{1}; }
    SUBCASE("the rules refuse it as well") { c.kind = command_kind::lift_ban; }
    desk d;
    d.know(second_stay);
    CHECK(d.submit(c) == lines{"append member 7 at InvitedOrJoined v3 [k1: check]"});
    CHECK(d.appended({confirmed(second_stay)}) ==
          lines{"answer 1: rejected lifecycle_over InvitedOrJoined v3 attempts 1"});
}

TEST_CASE("a stay that is over by the cache alone is judged anew on what the log holds") {
    desk d;
    d.know(second_stay);
    d.submit(made_for(3, command_kind::begin_onboarding, "k1"));
    CHECK(d.appended({conflict(in_stay(3, state::invited_or_joined, 5))}) ==
          lines{"append member 7 at InvitedOrJoined v5 [k1: OnboardingBegun]"});
}

TEST_CASE("a stay that ends while the command loses its race is told, and no retry is made") {
    desk d;
    d.know(in_stay(1, state::verification_pending, 6));
    auto deadline = made_for(1, command_kind::expire_verification, "k1");
    deadline.data.outcome = state::kicked;
    d.submit(deadline);
    const auto pending_again = in_stay(2, state::verification_pending, 14);
    CHECK(d.appended({conflict(pending_again)}) ==
          lines{"append member 7 at VerificationPending v14 [k1: check]"});
    CHECK(d.appended({confirmed(pending_again)}) ==
          lines{"answer 1: rejected lifecycle_over VerificationPending v14 attempts 2"});
}

TEST_CASE("a stay that is over when the budget is spent is told, not parked") {
    desk d;
    d.know(in_stay(1, state::verified, 7));
    d.submit(made_for(1, command_kind::leave, "k1"));
    d.pass(std::chrono::milliseconds(400));
    CHECK(d.appended({conflict(second_stay)}) ==
          lines{"answer 1: rejected lifecycle_over InvitedOrJoined v3 attempts 1"});
}

TEST_CASE("a redrive of a command whose stay is over is noted with its letter") {
    desk d;
    d.know(second_stay);
    d.redrive(made_for(1, command_kind::begin_onboarding, "k1"), 17);
    const eventstore::parked own{.id = eventstore::dead_letter_id{17},
                                 .status = domain::dead_letter_status::parked,
                                 .command = command_kind::begin_onboarding,
                                 .data = {},
                                 .attempts = 5};
    CHECK(d.appended({key_found(second_stay, own)}) ==
          lines{"record failure of letter 17: lifecycle_over by olga, 1 attempts"});
}

TEST_CASE("a command for the present stay goes on beside one of an earlier stay") {
    desk d;
    d.know(second_stay);
    CHECK(
        d.submit({made_for(1, command_kind::leave, "k1"), made_for(2, command_kind::leave, "k2"),
                  made_for(2, command_kind::join, "k3"), made_for(2, command_kind::kick, "k4")}) ==
        lines{"append member 7 at InvitedOrJoined v3 [k1: check, k2: MemberLeft, k3: "
              "MemberJoined, k4: check]"});
    d.appended({written(9)});
    std::vector<std::int64_t> stays;
    for (const auto& o : d.told)
        stays.push_back(o.lifecycle);
    CHECK(stays == std::vector<std::int64_t>{2, 2, 2, 3, 3}); // the first is the desk's own
}

TEST_CASE("an outcome that is told again tells the stay of then") {
    desk d;
    d.know(second_stay);
    d.submit(command(command_kind::leave, "k1"));
    const eventstore::recorded of_the_first{.event = domain::event_kind::member_left,
                                            .data = {},
                                            .state = state::left_guild,
                                            .version = domain::stream_version{2},
                                            .position = eventstore::global_position{40},
                                            .lifecycle = 1};
    d.appended({key_found(second_stay, of_the_first)});
    CHECK(d.told.back().replayed);
    CHECK(d.told.back().lifecycle == 1);
}

TEST_CASE("a conflict and a parked command tell the stay that was found") {
    desk d;
    d.know(second_stay);
    auto c = command(command_kind::leave, "k1");
    c.expected_version = domain::stream_version{1};
    c.conflict = domain::on_conflict::fail;
    d.submit(c);
    d.appended({confirmed(second_stay)});
    CHECK(d.told.back().kind == outcome_kind::conflict);
    CHECK(d.told.back().lifecycle == 2);

    auto late = command(command_kind::leave, "k2");
    d.submit(late);
    d.pass(std::chrono::milliseconds(400));
    auto later = second_stay;
    later.version = next(later.version);
    CHECK(d.appended({conflict(later)}).back().starts_with("park k2"));
    d.parked({{.id = eventstore::dead_letter_id{17}, .holder = {}, .found = later}});
    CHECK(d.told.back().kind == outcome_kind::dead_lettered);
    CHECK(d.told.back().lifecycle == 2);
}

TEST_CASE("what all attempts come to on a member that stays: a stale version costs one, no more") {
    auto c = command(command_kind::begin_onboarding, "k1");
    c.expected_version = domain::stream_version{3};
    const auto now = at(state::invited_or_joined, 4);
    CHECK(std::holds_alternative<domain::event>(processor::judge_at_last(c, now)));
    c.conflict = domain::on_conflict::fail;
    CHECK(std::holds_alternative<processor::stale>(processor::judge_at_last(c, now)));
    c.conflict = domain::on_conflict::retry;
    c.expected_state = state::verified;
    CHECK(std::holds_alternative<processor::stale>(processor::judge_at_last(c, now)));
}

TEST_SUITE_END();
