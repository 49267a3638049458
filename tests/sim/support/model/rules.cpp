#include "tests/sim/support/model/rules.hpp"

#include <set>

namespace datadrop::sim::model {
namespace {

using domain::command_kind;
using domain::state;

const std::set<state> active{
    state::invited_or_joined, state::onboarding_in_progress, state::onboarding_completed,
    state::role_eligible,     state::rules_accepted,         state::verification_pending,
    state::verified};
const std::set<state> left{state::left_guild, state::kicked, state::rejected_not_eligible};

std::optional<state> step(state from, state only_from, state to) {
    return from == only_from ? std::optional(to) : std::nullopt;
}

std::optional<state> step(bool allowed, state to) {
    return allowed ? std::optional(to) : std::nullopt;
}

std::optional<state> target(state from, command_kind kind, const domain::payload& data) {
    const bool is_active = active.contains(from);
    switch (kind) {
    case command_kind::join:
        return step(from == state::none || left.contains(from), state::invited_or_joined);
    case command_kind::begin_onboarding:
        return step(from, state::invited_or_joined, state::onboarding_in_progress);
    case command_kind::complete_onboarding:
        return step(from, state::onboarding_in_progress, state::onboarding_completed);
    case command_kind::grant_eligibility:
        return step(from, state::onboarding_completed, state::role_eligible);
    case command_kind::reject_eligibility:
        return step(from == state::onboarding_completed || from == state::verification_pending,
                    state::rejected_not_eligible);
    case command_kind::accept_rules:
        return step(from, state::role_eligible, state::rules_accepted);
    case command_kind::request_verification:
        return step(from, state::rules_accepted, state::verification_pending);
    case command_kind::record_email:
        return step(from, state::verification_pending, state::verification_pending);
    case command_kind::confirm_verification:
    case command_kind::override_verification:
        return step(from, state::verification_pending, state::verified);
    case command_kind::require_reverification:
        return step(from, state::verified, state::verification_pending);
    case command_kind::expire_verification:
        return from == state::verification_pending ? data.outcome : std::nullopt;
    case command_kind::kick:
        return step(is_active || from == state::left_guild, state::kicked);
    case command_kind::leave:
        return step(is_active, state::left_guild);
    case command_kind::ban:
        return step(is_active || left.contains(from), state::banned);
    case command_kind::lift_ban:
        return step(from, state::banned, state::left_guild);
    }
    return std::nullopt;
}

} // namespace

ruling rule(state from, bool has_email, std::int64_t lifecycle, const domain::envelope& command) {
    if (command.expected_lifecycle.value_or(lifecycle) != lifecycle)
        return {.code = "lifecycle_over"};
    const auto to = target(from, command.kind, command.data);
    if (!to) return {.code = "transition_not_allowed"};
    const bool confirms = command.kind == command_kind::confirm_verification;
    const bool overrides = command.kind == command_kind::override_verification;
    if ((confirms || overrides) && !has_email) return {.code = "email_missing"};
    if (overrides && !command.actor) return {.code = "actor_required"};
    return {.to = to};
}

bool has_email_after(bool before, command_kind kind, const domain::payload& data) {
    if (kind == command_kind::join) return false;
    return before || data.email.has_value();
}

std::int64_t lifecycle_after(std::int64_t before, command_kind kind) {
    return kind == command_kind::join ? before + 1 : before;
}

} // namespace datadrop::sim::model
