#pragma once
// Bugs planted in a build of its own, each behind a switch: the simulator has to find every one.
// canaries.cmake says where each is planted; three of the doubt are in log_connection.cpp, since
// the protocol that they break is simulated. Set before a run begins, then read by every thread.

#include <cstdint>

namespace datadrop::sim {

enum class canary : std::uint8_t {
    none,
    key_not_checked,
    parked_key_not_checked,
    head_not_checked,
    chain_partly_applied,
    position_skipped,
    answered_before_commit,
    dead_letter_without_its_command,
    redrive_leaves_letter_open,
    state_not_checked,
    stay_not_checked,
    stay_over_retried,
    key_of_another_answers,
    stale_cache_after_conflict,
    refusal_from_cache,
    lost_race_reorders,
    answered_twice,
    followers_forgotten,
    parked_without_settling,
    attempts_forgotten,
    tail_never_reserved,
    parked_without_attempt,
    queue_not_shared,
    turn_kept,
    reservation_kept,
    reservation_passed_on,
    guard_sees_nobody,
    second_judged_on_failed_first,
    exact_across_anothers_write,
    exact_across_a_gap,
    exact_over_new_connection,
    expected_over_new_connection,
    exact_after_doubt,
    parked_key_not_asked_for,
    doubt_taken_for_written,
    doubt_retried_blind,
    doubt_taken_for_own,
    second_settled_before_first,
};

void plant(canary which);
bool planted(canary which);

} // namespace datadrop::sim
