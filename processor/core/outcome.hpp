#pragma once
// What a submitter is told of one command. A value; every thread.

#include "domain/ids.hpp"
#include "domain/vocabulary.hpp"
#include "eventstore/log.hpp"

#include <optional>
#include <string_view>

namespace datadrop::processor {

enum class outcome_kind : std::uint8_t {
    accepted,      // committed and durable
    rejected,      // a rule said no
    conflict,      // on_conflict = fail and the expectation is stale
    dead_lettered, // the budget is spent, the command is parked
    overloaded,    // there is no room for it now; nothing was done
    unavailable,   // not settled in time; the same key is safe to send again
};

/// Why an outcome is not `accepted`.
enum class outcome_code : std::uint8_t {
    transition_not_allowed, // these four as domain::rejection_code: a rule said no
    email_missing,
    actor_required,
    lifecycle_over,
    idempotency_key_reused, // rejected: another command has the key
    stale_expectation,      // conflict
    retry_budget_spent,     // dead_lettered
    queue_full,             // overloaded, as the next two
    token_rate_exceeded,    // more commands a second than a token may send
    guild_rate_exceeded,    // … than there may be of a guild
    database_unavailable,   // unavailable
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

constexpr std::string_view name_of(outcome_code value) {
    using enum outcome_code;
    switch (value) {
    case transition_not_allowed: return name_of(domain::rejection_code::transition_not_allowed);
    case email_missing:          return name_of(domain::rejection_code::email_missing);
    case actor_required:         return name_of(domain::rejection_code::actor_required);
    case lifecycle_over:         return name_of(domain::rejection_code::lifecycle_over);
    case idempotency_key_reused: return "idempotency_key_reused";
    case stale_expectation:      return "stale_expectation";
    case retry_budget_spent:     return "retry_budget_spent";
    case queue_full:             return "queue_full";
    case token_rate_exceeded:    return "token_rate_exceeded";
    case guild_rate_exceeded:    return "guild_rate_exceeded";
    case database_unavailable:   return "database_unavailable";
    }
    return {};
}

constexpr outcome_code code_of(domain::rejection_code value) {
    using enum domain::rejection_code;
    switch (value) {
    case transition_not_allowed: return outcome_code::transition_not_allowed;
    case email_missing:          return outcome_code::email_missing;
    case actor_required:         return outcome_code::actor_required;
    case lifecycle_over:         break;
    }
    return outcome_code::lifecycle_over;
}

// clang-format on

struct outcome {
    outcome_kind kind{};
    domain::member_id who;
    domain::state state{}; // not for overloaded and unavailable, as the next
    domain::stream_version version{};
    std::int64_t lifecycle = 0;
    std::optional<eventstore::global_position> position{}; // accepted
    int attempts = 0;
    bool replayed = false; // the answer of an earlier submission of the key, given again
    std::optional<outcome_code> code{};                      // all but accepted
    std::optional<eventstore::dead_letter_id> dead_letter{}; // dead_lettered
    bool operator==(const outcome&) const = default;
};

/// The name of its code; empty without one.
constexpr std::string_view code_name(const outcome& what) {
    return what.code ? name_of(*what.code) : std::string_view{};
}

} // namespace datadrop::processor
