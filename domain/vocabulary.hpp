#pragma once
// The words of the membership domain: the number of each stands in stored rows and never changes
// its meaning; the names that clients read and write are in vocabulary_names.hpp. Pure values, for
// every thread.

#include "domain/enum_names.hpp"

#include <cstdint>

namespace datadrop::domain {

enum class state : std::uint8_t {
    none, // no stream yet
    invited_or_joined,
    onboarding_in_progress,
    onboarding_completed,
    role_eligible,
    rules_accepted,
    verification_pending,
    verified,
    rejected_not_eligible, // from here on the stay is over
    kicked,
    left_guild,
    banned,
};

enum class command_kind : std::uint8_t {
    join,
    begin_onboarding,
    complete_onboarding,
    grant_eligibility,
    reject_eligibility,
    accept_rules,
    request_verification,
    record_email,
    confirm_verification,
    override_verification,
    require_reverification,
    expire_verification,
    kick,
    leave,
    ban,
    lift_ban,
};

/// One event a command: event k is what command k leaves behind.
enum class event_kind : std::uint8_t {
    member_joined,
    onboarding_begun,
    onboarding_completed,
    eligibility_granted,
    eligibility_rejected,
    rules_accepted,
    verification_requested,
    email_recorded,
    verification_confirmed,
    verification_overridden,
    reverification_required,
    verification_expired,
    member_kicked,
    member_left,
    member_banned,
    ban_lifted,
};

/// Who submitted: a property of the credential, never of the payload.
enum class source : std::uint8_t { bot, api, operator_, system };

enum class on_conflict : std::uint8_t {
    retry, // a stale expectation is tried again within the budget
    fail,  // a person edits what they see: tell them at once
};

enum class rejection_code : std::uint8_t {
    transition_not_allowed,
    email_missing,
    actor_required,
    lifecycle_over, // the stay that the command was made for is not the present one
};

enum class dead_letter_event_kind : std::uint8_t {
    command_parked,
    command_redriven,
    redrive_failed, // parked still, with the new attempts
    command_discarded,
};

enum class dead_letter_status : std::uint8_t { parked, redriven, discarded };

} // namespace datadrop::domain

#include "domain/vocabulary_names.hpp"
