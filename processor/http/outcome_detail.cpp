#include "processor/http/outcome_detail.hpp"

#include "domain/membership.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <vector>

namespace datadrop::processor::http {

namespace {

std::string names_of(const std::vector<domain::command_kind>& commands) {
    std::vector<std::string_view> names;
    for (const auto kind : commands)
        names.push_back(name_of(kind));
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string where_it_is(const outcome& what) {
    return fmt::format("the member is {} at version {}, lifecycle {}", name_of(what.state),
                       domain::number_of(what.version), what.lifecycle);
}

std::string detail_of(outcome_code code, const outcome& what) {
    switch (code) {
    case outcome_code::transition_not_allowed:
        return fmt::format("not allowed in the state {}, which allows {}", name_of(what.state),
                           names_of(domain::allowed_commands(what.state)));
    case outcome_code::email_missing:
        return "no e-mail address is on record for this stay: RecordEmail comes first";
    case outcome_code::actor_required:
        return "actor is missing: say who asked for it";
    case outcome_code::lifecycle_over:
        return where_it_is(what) + ": the stay that expected_lifecycle names is not this one";
    case outcome_code::idempotency_key_reused:
        return "another command of this member has the idempotency_key: a new command needs a key "
               "of its own";
    case outcome_code::stale_expectation:
        return where_it_is(what) + ", and not what was expected; nothing was written";
    case outcome_code::retry_budget_spent:
        return fmt::format("the budget was spent in {} attempts; operators redrive or discard the "
                           "command as dead letter {}",
                           what.attempts, what.dead_letter ? number_of(*what.dead_letter) : 0);
    case outcome_code::queue_full:
        return "the queue is full and nothing was done; the same key is safe to send again";
    case outcome_code::token_rate_exceeded:
        return "the token sends more commands a second than it may, and nothing was done; the same "
               "key is safe to send again";
    case outcome_code::guild_rate_exceeded:
        return "more commands a second come for the guild than may, and nothing was done; the same "
               "key is safe to send again";
    case outcome_code::database_unavailable:
        break;
    }
    return "the command could not be settled in time; the same key is safe to send again";
}

} // namespace

bool is_settled(const outcome& what) {
    switch (what.kind) {
    case outcome_kind::accepted:
    case outcome_kind::rejected:
    case outcome_kind::conflict:
    case outcome_kind::dead_lettered:
        return true;
    case outcome_kind::overloaded:
    case outcome_kind::unavailable:
        break;
    }
    return false;
}

std::string detail_of(const outcome& what) {
    return what.code ? detail_of(*what.code, what) : std::string{};
}

} // namespace datadrop::processor::http
