#pragma once
// What a submitter is told of one command. A value; every thread.

#include "domain/ids.hpp"
#include "domain/vocabulary.hpp"
#include "eventstore/log.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace datadrop::processor {

enum class outcome_kind : std::uint8_t {
    accepted,      // committed and durable
    rejected,      // a rule said no
    conflict,      // on_conflict = fail and the expectation is stale
    dead_lettered, // the budget is spent, the command is parked
    overloaded,    // the queue is full; nothing was done
    unavailable,   // not settled in time; the same key is safe to send again
};

// clang-format off
constexpr std::string_view name_of(outcome_kind value) {
    using enum outcome_kind;
    switch (value) {
    case accepted:      return "accepted";
    case rejected:      return "rejected";
    case conflict:      return "conflict";
    case dead_lettered: return "dead_lettered";
    case overloaded:    return "overloaded";
    case unavailable:   return "unavailable";
    }
    return {};
}
// clang-format on

/// Codes beside those of a domain rejection.
inline constexpr std::string_view idempotency_key_reused = "idempotency_key_reused";
inline constexpr std::string_view stale_expectation = "stale_expectation";
inline constexpr std::string_view retry_budget_spent = "retry_budget_spent";
inline constexpr std::string_view queue_full = "queue_full";
inline constexpr std::string_view database_unavailable = "database_unavailable";

struct outcome {
    outcome_kind kind{};
    domain::member_id who;
    domain::state state{}; // not for overloaded and unavailable, as the next
    domain::stream_version version{};
    std::int64_t lifecycle = 0;
    std::optional<eventstore::global_position> position{}; // accepted
    int attempts = 0;
    bool replayed = false; // the answer of an earlier submission of the key, given again
    std::string code{};    // all but accepted
    std::optional<eventstore::dead_letter_id> dead_letter{}; // dead_lettered
    bool operator==(const outcome&) const = default;
};

} // namespace datadrop::processor
