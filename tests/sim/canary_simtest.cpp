// Each planted bug is found, by the check that it breaks; with none switched on, the same build
// passes the same seeds.
#include "tests/sim/support/campaign.hpp"
#include "tests/sim/support/canary.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

using namespace datadrop::sim;

namespace {

constexpr std::uint64_t seeds_max = 6000;

struct bird {
    canary bug;
    const char* name;
    std::vector<std::string> checks; // that may notice it
};

const std::vector<bird> birds{
    {canary::key_not_checked,
     "key not checked",
     {"a key is written once", "a key is never both parked and written",
      "a refusal was true while it was asked", "what is not accepted is not written"}},
    {canary::parked_key_not_checked,
     "parked key not checked",
     {"a key is parked once", "a key is never both parked and written",
      "a refusal was true while it was asked"}},
    {canary::head_not_checked,
     "head not checked",
     {"versions run without a gap", "a refusal was true while it was asked"}},
    {canary::chain_partly_applied, "chain partly applied", {"what is accepted is in the log"}},
    {canary::position_skipped, "position skipped", {"positions run without a gap"}},
    {canary::answered_before_commit, "answered before commit", {"what is accepted is in the log"}},
    {canary::dead_letter_without_its_command,
     "dead letter without its command",
     {"a dead letter holds the whole command"}},
    {canary::redrive_leaves_letter_open,
     "redrive leaves letter open",
     {"a key is never both parked and written"}},
    {canary::state_not_checked,
     "state not checked",
     {"expectations go before the rules", "what is written was asked for"}},
    {canary::stay_not_checked,
     "stay not checked",
     {"a command hits the stay that it was made for", "a rejection is right for its state",
      "no retry brings a stay back", "what is written was asked for"}},
    {canary::stay_over_retried,
     "stay over is retried",
     {"no retry brings a stay back", "a rejection is right for its state"}},
    {canary::key_of_another_answers,
     "key of another answers",
     {"a key answers for its own command"}},
    {canary::stale_cache_after_conflict,
     "stale cache after conflict",
     {"a later attempt starts from a fresh read", "a refusal was true while it was asked",
      "a refusal names a head that was"}},
    {canary::refusal_from_cache,
     "refusal from cache",
     {"a refusal was true while it was asked", "a refusal names a head that was",
      "attempts met heads that were", "a later attempt starts from a fresh read",
      "a rejection is right for its state"}},
    {canary::lost_race_reorders,
     "lost race reorders",
     {"commands of one member are decided as they arrived"}},
    {canary::answered_twice, "answered twice", {"each submission is answered once"}},
    {canary::followers_forgotten, "followers forgotten", {"every submission is answered"}},
    {canary::parked_without_settling,
     "parked without settling",
     {"only a spent budget parks", "answered again is only what was asked before"}},
    {canary::attempts_forgotten,
     "attempts forgotten",
     {"what is parked has met a conflict", "an answer tells the dead letter's attempts"}},
    {canary::tail_never_reserved, "tail never reserved", {"contention alone never parks"}},
    {canary::parked_without_attempt,
     "parked without attempt",
     {"what is parked has met a conflict", "a refusal was true while it was asked"}},
    {canary::queue_not_shared, "queue not shared", {"a flood refuses nobody else's commands"}},
    {canary::turn_kept, "turn kept", {"a flood delays nobody else's commands"}},
    {canary::reservation_kept,
     "reservation kept",
     {"the run comes to rest", "every submission is answered"}},
    {canary::reservation_passed_on,
     "reservation passed on",
     {"the run comes to rest", "every submission is answered"}},
    {canary::guard_sees_nobody,
     "guard sees nobody",
     {"a refusal was true while it was asked", "versions run without a gap"}},
    {canary::second_judged_on_failed_first,
     "second judged on a first that failed",
     {"a refusal was true while it was asked", "versions run without a gap"}},
    {canary::exact_across_anothers_write,
     "exact across another's write",
     {"a refusal was true while it was asked", "versions run without a gap"}},
    {canary::exact_across_a_gap,
     "exact across a gap",
     {"a refusal was true while it was asked", "attempts met heads that were",
      "versions run without a gap"}},
    {canary::exact_over_new_connection,
     "exact over a new connection",
     {"a refusal was true while it was asked", "a refusal names a head that was",
      "an acceptance tells what is written", "versions run without a gap"}},
    {canary::expected_over_new_connection,
     "expected over a new connection",
     {"a refusal was true while it was asked", "a refusal names a head that was",
      "an acceptance tells what is written", "versions run without a gap"}},
    {canary::exact_after_doubt,
     "exact after a doubt",
     {"a refusal was true while it was asked", "versions run without a gap"}},
    {canary::parked_key_not_asked_for,
     "parked key not asked for",
     {"a key is never both parked and written", "a refusal was true while it was asked"}},
    {canary::doubt_taken_for_written,
     "doubt taken for written",
     {"what is accepted is in the log", "an acceptance tells what is written",
      "a refusal was true while it was asked", "a refusal names a head that was"}},
    {canary::doubt_retried_blind,
     "doubt retried blind",
     {"answered again is only what was asked before"}},
    {canary::doubt_taken_for_own,
     "doubt taken for own",
     {"a key is new to one submission", "an acceptance tells what is written"}},
    {canary::second_settled_before_first,
     "second settled before the first",
     {"what is not accepted is not written", "answered again is only what was asked before"}},
};

/// The seeds in which it was found, by check.
std::map<std::string, int> find(const bird& b) {
    plant(b.bug);
    const auto result =
        run({.seeds = seeds_max, .threads = cores(), .failures_max = 5}, [](std::uint64_t) {});
    plant(canary::none);
    std::map<std::string, int> found;
    for (const auto& r : result.failed)
        ++found[r.broken];
    for (const auto& [check, times] : found)
        fmt::print("{:<32} found in {} of {} seeds by \"{}\"\n", b.name, times, result.runs, check);
    return found;
}

} // namespace

TEST_SUITE_BEGIN("canaries");

TEST_CASE("each planted bug is found by the check that it breaks") {
    for (const auto& b : birds) {
        INFO(b.name);
        const auto found = find(b);
        CHECK_FALSE(found.empty());
        for (const auto& one : found) {
            INFO(one.first);
            CHECK(std::ranges::find(b.checks, one.first) != b.checks.end());
        }
    }
}

TEST_CASE("with none switched on, the build passes the same seeds") {
    const auto result = run({.seeds = seeds_max, .threads = cores()}, [](std::uint64_t) {});
    CHECK(result.failed.empty());
}

TEST_SUITE_END();
