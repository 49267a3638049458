#pragma once
// The rule book of the membership aggregate as one table, which drives the decision, what is said
// to be allowed, and the tests. Constants, for every thread.

#include "domain/vocabulary.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>

namespace datadrop::domain {

/// A set of states, a bit each.
class state_set {
  public:
    constexpr state_set(std::initializer_list<state> members) {
        for (const auto s : members)
            bits_ |= bit(s);
    }
    constexpr bool contains(state s) const { return (bits_ & bit(s)) != 0; }
    constexpr state_set operator|(state_set other) const {
        other.bits_ |= bits_;
        return other;
    }

  private:
    static constexpr unsigned bit(state s) { return 1u << static_cast<unsigned>(s); }
    unsigned bits_ = 0;
};

inline constexpr state_set active_states{
    state::invited_or_joined, state::onboarding_in_progress, state::onboarding_completed,
    state::role_eligible,     state::rules_accepted,         state::verification_pending,
    state::verified};
/// Those who are out and may come back.
inline constexpr state_set left_states{state::rejected_not_eligible, state::kicked,
                                       state::left_guild};

enum class guard : std::uint8_t { none, email, email_and_actor };

/// Whether a command's payload has a field.
enum class presence : std::uint8_t { none, optional, required };

struct payload_rule {
    presence email = presence::none;
    presence campaign_id = presence::none;
    presence outcome = presence::none;
};

/// Where the payload's outcome may lead.
inline constexpr state_set expiry_outcomes{state::kicked, state::rejected_not_eligible};

/// A row of the table: where a command holds, where it leads, what it needs and what it brings.
struct transition {
    command_kind command{};
    event_kind event{};
    state_set from;
    std::optional<state> to; // nothing: the payload's outcome says
    guard needs = guard::none;
    payload_rule brings{};
};

/// The whole rule book; a pair of state and command that is not in it is refused.
inline constexpr std::array<transition, count_of<command_kind>> transitions{{
    {command_kind::join, event_kind::member_joined, left_states | state_set{state::none},
     state::invited_or_joined},
    {command_kind::begin_onboarding,
     event_kind::onboarding_begun,
     {state::invited_or_joined},
     state::onboarding_in_progress},
    {command_kind::complete_onboarding,
     event_kind::onboarding_completed,
     {state::onboarding_in_progress},
     state::onboarding_completed},
    {command_kind::grant_eligibility,
     event_kind::eligibility_granted,
     {state::onboarding_completed},
     state::role_eligible},
    {command_kind::reject_eligibility,
     event_kind::eligibility_rejected,
     {state::onboarding_completed, state::verification_pending},
     state::rejected_not_eligible},
    {command_kind::accept_rules,
     event_kind::rules_accepted,
     {state::role_eligible},
     state::rules_accepted},
    {command_kind::request_verification,
     event_kind::verification_requested,
     {state::rules_accepted},
     state::verification_pending,
     guard::none,
     {.email = presence::optional}},
    {command_kind::record_email,
     event_kind::email_recorded,
     {state::verification_pending},
     state::verification_pending,
     guard::none,
     {.email = presence::required}},
    {command_kind::confirm_verification,
     event_kind::verification_confirmed,
     {state::verification_pending},
     state::verified,
     guard::email},
    {command_kind::override_verification,
     event_kind::verification_overridden,
     {state::verification_pending},
     state::verified,
     guard::email_and_actor},
    {command_kind::require_reverification,
     event_kind::reverification_required,
     {state::verified},
     state::verification_pending,
     guard::none,
     {.campaign_id = presence::required}},
    {command_kind::expire_verification,
     event_kind::verification_expired,
     {state::verification_pending},
     std::nullopt,
     guard::none,
     {.outcome = presence::required}},
    // Discord tells a removal first, and that it was a kick later, by the audit log.
    {command_kind::kick, event_kind::member_kicked, active_states | state_set{state::left_guild},
     state::kicked},
    {command_kind::leave, event_kind::member_left, active_states, state::left_guild},
    {command_kind::ban, event_kind::member_banned, active_states | left_states, state::banned},
    {command_kind::lift_ban, event_kind::ban_lifted, {state::banned}, state::left_guild},
}};

/// The row of a command; rows stand at their command's number.
constexpr const transition& transition_of(command_kind kind) {
    return transitions[static_cast<std::size_t>(kind)];
}

} // namespace datadrop::domain
