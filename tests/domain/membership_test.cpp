#include "domain/membership.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/decider.hpp"

#include <doctest/doctest.h>

using namespace datadrop::domain;
using datadrop::test::fingerprint_for;
using datadrop::test::given;
using datadrop::test::membership_at;

namespace {

constexpr membership pending{.current = state::verification_pending, .lifecycle = 1};
constexpr membership pending_with_email{
    .current = state::verification_pending, .has_email = true, .lifecycle = 1};

command asking(command_kind kind, payload data = {}) {
    return {.kind = kind, .data = std::move(data)};
}
command by_admin(command_kind kind) { return {.kind = kind, .data = {}, .has_actor = true}; }

} // namespace

TEST_SUITE_BEGIN("membership");

TEST_CASE("join: nobody becomes InvitedOrJoined, in a first lifecycle without an e-mail") {
    const auto after = given{}
                           .when(asking(command_kind::join))
                           .then({.kind = event_kind::member_joined,
                                  .from = state::none,
                                  .to = state::invited_or_joined});
    CHECK_EQ(after, membership{state::invited_or_joined, false, 1});
}

TEST_CASE("join: whoever left, was kicked or was rejected starts a new lifecycle without the "
          "e-mail of the last") {
    for (const auto out : {state::left_guild, state::kicked, state::rejected_not_eligible}) {
        const auto after = given(membership{out, true, 4})
                               .when(asking(command_kind::join))
                               .then({.kind = event_kind::member_joined,
                                      .from = out,
                                      .to = state::invited_or_joined});
        CHECK_EQ(after, membership{state::invited_or_joined, false, 5});
    }
}

TEST_CASE("join: a banned member does not come back before the ban is lifted") {
    const auto banned = membership_at(state::banned);
    given(banned)
        .when(asking(command_kind::join))
        .then_rejected(rejection_code::transition_not_allowed);
    const auto lifted =
        given(banned)
            .when(asking(command_kind::lift_ban))
            .then({.kind = event_kind::ban_lifted, .from = state::banned, .to = state::left_guild});
    const auto again = given(lifted)
                           .when(asking(command_kind::join))
                           .then({.kind = event_kind::member_joined,
                                  .from = state::left_guild,
                                  .to = state::invited_or_joined});
    CHECK_EQ(again.lifecycle, 2);
}

TEST_CASE("an e-mail gets on record by RequestVerification, if it says one") {
    const payload email{.email = fingerprint_for("a@example.org")};
    const membership accepted{.current = state::rules_accepted, .lifecycle = 1};
    CHECK(given(accepted)
              .when(asking(command_kind::request_verification, email))
              .then({.kind = event_kind::verification_requested,
                     .from = state::rules_accepted,
                     .to = state::verification_pending,
                     .data = email})
              .has_email);
    CHECK_FALSE(given(accepted)
                    .when(asking(command_kind::request_verification))
                    .then({.kind = event_kind::verification_requested,
                           .from = state::rules_accepted,
                           .to = state::verification_pending})
                    .has_email);
}

TEST_CASE("an e-mail gets on record by RecordEmail") {
    const payload email{.email = fingerprint_for("a@example.org")};
    CHECK(given(pending)
              .when(asking(command_kind::record_email, email))
              .then({.kind = event_kind::email_recorded,
                     .from = state::verification_pending,
                     .to = state::verification_pending,
                     .data = email})
              .has_email);
}

TEST_CASE("record e-mail: the same address again is a new fact, and the state stays") {
    const payload email{.email = fingerprint_for("a@example.org")};
    const event recorded{.kind = event_kind::email_recorded,
                         .from = state::verification_pending,
                         .to = state::verification_pending,
                         .data = email};
    const auto once = given(pending).when(asking(command_kind::record_email, email)).then(recorded);
    CHECK_EQ(given(once).when(asking(command_kind::record_email, email)).then(recorded), once);
}

TEST_CASE("kick: who left was kicked, as Discord tells later, and the stay is the same") {
    const auto kicked = given(membership{state::left_guild, false, 3})
                            .when(asking(command_kind::kick))
                            .then({.kind = event_kind::member_kicked,
                                   .from = state::left_guild,
                                   .to = state::kicked});
    CHECK_EQ(kicked, membership{state::kicked, false, 3});
}

TEST_CASE("a command that was made for another stay than the present one is refused") {
    for (const auto expected : {0, 1, 3}) {
        auto late = asking(command_kind::leave);
        late.expected_lifecycle = expected;
        given(membership{state::verified, true, 2})
            .when(late)
            .then_rejected(rejection_code::lifecycle_over);
        late.expected_lifecycle = 2;
        given(membership{state::verified, true, 2})
            .when(late)
            .then({.kind = event_kind::member_left,
                   .from = state::verified,
                   .to = state::left_guild});
    }
}

TEST_CASE("join: made for nobody's stay, it holds for who never joined, and for nobody else") {
    auto first = asking(command_kind::join);
    first.expected_lifecycle = 0;
    given{}.when(first).then(
        {.kind = event_kind::member_joined, .from = state::none, .to = state::invited_or_joined});
    given(membership_at(state::left_guild))
        .when(first)
        .then_rejected(rejection_code::lifecycle_over);
}

TEST_CASE("a rejection is the first that applies: the stay, the transition, the e-mail, the "
          "actor") {
    auto of_another_stay = asking(command_kind::override_verification);
    of_another_stay.expected_lifecycle = 7;
    given(membership_at(state::rules_accepted))
        .when(of_another_stay)
        .then_rejected(rejection_code::lifecycle_over);
    const auto override_verification = asking(command_kind::override_verification);
    given(membership_at(state::rules_accepted))
        .when(override_verification)
        .then_rejected(rejection_code::transition_not_allowed);
    given(pending).when(override_verification).then_rejected(rejection_code::email_missing);
    given(pending_with_email)
        .when(override_verification)
        .then_rejected(rejection_code::actor_required);
    given(pending_with_email)
        .when(by_admin(command_kind::override_verification))
        .then({.kind = event_kind::verification_overridden,
               .from = state::verification_pending,
               .to = state::verified});
}

TEST_CASE("override: refused in every state but VerificationPending, whatever else is given") {
    for (std::size_t row = 0; row < count_of<state>; ++row) {
        const auto current = static_cast<state>(row);
        if (current == state::verification_pending) continue;
        given(membership{current, true, 1})
            .when(by_admin(command_kind::override_verification))
            .then_rejected(rejection_code::transition_not_allowed);
    }
}

TEST_CASE("override: no e-mail on record, no override, even with an actor") {
    given(pending)
        .when(by_admin(command_kind::override_verification))
        .then_rejected(rejection_code::email_missing);
}

TEST_CASE("confirm: needs an e-mail on record, and nobody who asks") {
    given(pending)
        .when(asking(command_kind::confirm_verification))
        .then_rejected(rejection_code::email_missing);
    given(pending_with_email)
        .when(asking(command_kind::confirm_verification))
        .then({.kind = event_kind::verification_confirmed,
               .from = state::verification_pending,
               .to = state::verified});
}

TEST_CASE("reverification: keeps the e-mail on record, and a past override is no bypass") {
    const auto overridden = given(pending_with_email)
                                .when(by_admin(command_kind::override_verification))
                                .then({.kind = event_kind::verification_overridden,
                                       .from = state::verification_pending,
                                       .to = state::verified});
    const payload campaign{.email = {}, .campaign_id = "autumn"};
    const auto again = given(overridden)
                           .when(asking(command_kind::require_reverification, campaign))
                           .then({.kind = event_kind::reverification_required,
                                  .from = state::verified,
                                  .to = state::verification_pending,
                                  .data = campaign});
    CHECK_EQ(again, pending_with_email);
    given(again)
        .when(asking(command_kind::override_verification))
        .then_rejected(rejection_code::actor_required);
}

TEST_CASE("reverification: asked for twice is refused the second time") {
    given(pending_with_email)
        .when(asking(command_kind::require_reverification, {.email = {}, .campaign_id = "autumn"}))
        .then_rejected(rejection_code::transition_not_allowed);
}

TEST_CASE("expiry: the payload says whether the member was kicked or rejected") {
    for (const auto outcome : {state::kicked, state::rejected_not_eligible}) {
        const payload said{.email = {}, .outcome = outcome};
        given(pending)
            .when(asking(command_kind::expire_verification, said))
            .then({.kind = event_kind::verification_expired,
                   .from = state::verification_pending,
                   .to = outcome,
                   .data = said});
    }
}

TEST_CASE("leave, kick and ban hold from every active state, kick from those who left as well, ban "
          "from all who are out") {
    for (std::size_t row = 0; row < count_of<state>; ++row) {
        const auto current = static_cast<state>(row);
        const bool active = row >= 1 && row <= 7;
        const bool out = row >= 8 && row <= 10;
        const auto accepts = [&](command_kind kind) {
            return std::holds_alternative<event>(decide({.current = current}, asking(kind)));
        };
        CAPTURE(name_of(current));
        CHECK_EQ(accepts(command_kind::leave), active);
        CHECK_EQ(accepts(command_kind::kick), active || current == state::left_guild);
        CHECK_EQ(accepts(command_kind::ban), active || out);
    }
}

TEST_SUITE_END();
