#include "processor/core/telling.hpp"

#include "processor/core/judge.hpp"

namespace datadrop::processor {
namespace {

outcome told_at(const entry& command, const eventstore::head& stood) {
    return {.who = command.command->who,
            .state = stood.member.current,
            .version = stood.version,
            .lifecycle = stood.member.lifecycle,
            .attempts = command.attempt_number()};
}

/// As it was then, however the member went on since.
outcome told_again(outcome result, const eventstore::recorded& written) {
    result.kind = outcome_kind::accepted;
    result.state = written.state;
    result.version = written.version;
    result.lifecycle = written.lifecycle;
    result.position = written.position;
    return result;
}

/// Where the member stands is told as of now: the letter has no state of its own.
outcome told_again(outcome result, const eventstore::parked& letter) {
    result.kind = outcome_kind::dead_lettered;
    result.code = outcome_code::retry_budget_spent;
    result.attempts = letter.attempts;
    result.dead_letter = letter.id;
    return result;
}

} // namespace

outcome told_at_end(const entry& command, const eventstore::head& met, outcome_kind how,
                    outcome_code code) {
    auto result = told_at(command, met);
    result.kind = how;
    result.code = code;
    result.attempts = static_cast<int>(command.attempts.size()); // those made, not the next one
    return result;
}

outcome told_confirmed(const flight& f, eventstore::global_position position) {
    auto result = told_at(*f.command, f.before);
    if (const auto* refused = std::get_if<domain::rejection>(&f.decided)) {
        result.kind = outcome_kind::rejected;
        result.code = code_of(refused->code);
        return result;
    }
    const auto& happened = std::get<domain::event>(f.decided);
    result.kind = outcome_kind::accepted;
    result.state = happened.to;
    result.version = next(f.before.version);
    result.lifecycle = evolve(f.before.member, happened).lifecycle;
    result.position = position;
    return result;
}

outcome told_of_holder(const entry& command, const eventstore::key_holder& holder,
                       const eventstore::head& found) {
    auto result = told_at(command, found);
    if (same_command(*command.command, holder)) {
        result.replayed = true;
        return std::visit([&](const auto& held) { return told_again(std::move(result), held); },
                          holder);
    }
    result.kind = outcome_kind::rejected;
    result.code = outcome_code::idempotency_key_reused;
    return result;
}

} // namespace datadrop::processor
