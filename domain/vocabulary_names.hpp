#pragma once
// The names of the domain's words, which are a contract with those who read and write them: the
// other half of vocabulary.hpp, which includes it. Pure values, for every thread.

#include "domain/vocabulary.hpp"

#include <string_view>

namespace datadrop::domain {

// clang-format off

constexpr std::string_view name_of(state value) {
    using enum state;
    switch (value) {
    case none:                    return "None";
    case invited_or_joined:       return "InvitedOrJoined";
    case onboarding_in_progress:  return "OnboardingInProgress";
    case onboarding_completed:    return "OnboardingCompleted";
    case role_eligible:           return "RoleEligible";
    case rules_accepted:          return "RulesAccepted";
    case verification_pending:    return "VerificationPending";
    case verified:                return "Verified";
    case rejected_not_eligible:   return "RejectedNotEligible";
    case kicked:                  return "Kicked";
    case left_guild:              return "LeftGuild";
    case banned:                  return "Banned";
    }
    return {};
}

constexpr std::string_view name_of(command_kind value) {
    using enum command_kind;
    switch (value) {
    case join:                    return "Join";
    case begin_onboarding:        return "BeginOnboarding";
    case complete_onboarding:     return "CompleteOnboarding";
    case grant_eligibility:       return "GrantEligibility";
    case reject_eligibility:      return "RejectEligibility";
    case accept_rules:            return "AcceptRules";
    case request_verification:    return "RequestVerification";
    case record_email:            return "RecordEmail";
    case confirm_verification:    return "ConfirmVerification";
    case override_verification:   return "OverrideVerification";
    case require_reverification:  return "RequireReverification";
    case expire_verification:     return "ExpireVerification";
    case kick:                    return "Kick";
    case leave:                   return "Leave";
    case ban:                     return "Ban";
    case lift_ban:                return "LiftBan";
    }
    return {};
}

constexpr std::string_view name_of(event_kind value) {
    using enum event_kind;
    switch (value) {
    case member_joined:            return "MemberJoined";
    case onboarding_begun:         return "OnboardingBegun";
    case onboarding_completed:     return "OnboardingCompleted";
    case eligibility_granted:      return "EligibilityGranted";
    case eligibility_rejected:     return "EligibilityRejected";
    case rules_accepted:           return "RulesAccepted";
    case verification_requested:   return "VerificationRequested";
    case email_recorded:           return "EmailRecorded";
    case verification_confirmed:   return "VerificationConfirmed";
    case verification_overridden:  return "VerificationOverridden";
    case reverification_required:  return "ReverificationRequired";
    case verification_expired:     return "VerificationExpired";
    case member_kicked:            return "MemberKicked";
    case member_left:              return "MemberLeft";
    case member_banned:            return "MemberBanned";
    case ban_lifted:               return "BanLifted";
    }
    return {};
}

constexpr std::string_view name_of(source value) {
    using enum source;
    switch (value) {
    case bot:        return "bot";
    case api:        return "api";
    case operator_:  return "operator";
    case system:     return "system";
    }
    return {};
}

constexpr std::string_view name_of(on_conflict value) {
    using enum on_conflict;
    switch (value) {
    case retry:  return "retry";
    case fail:   return "fail";
    }
    return {};
}

constexpr std::string_view name_of(rejection_code value) {
    using enum rejection_code;
    switch (value) {
    case transition_not_allowed:  return "transition_not_allowed";
    case email_missing:           return "email_missing";
    case actor_required:          return "actor_required";
    case lifecycle_over:          return "lifecycle_over";
    }
    return {};
}

constexpr std::string_view name_of(dead_letter_event_kind value) {
    using enum dead_letter_event_kind;
    switch (value) {
    case command_parked:     return "CommandParked";
    case command_redriven:   return "CommandRedriven";
    case redrive_failed:     return "RedriveFailed";
    case command_discarded:  return "CommandDiscarded";
    }
    return {};
}

constexpr std::string_view name_of(dead_letter_status value) {
    using enum dead_letter_status;
    switch (value) {
    case parked:     return "parked";
    case redriven:   return "redriven";
    case discarded:  return "discarded";
    }
    return {};
}

// clang-format on

} // namespace datadrop::domain
