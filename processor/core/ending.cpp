// The ways on of a command that an attempt, or its time, has come to an end for: it is answered,
// put back into its lane, or sent aside.

#include "processor/core/machine.hpp"
#include "processor/core/telling.hpp"

#include <algorithm>
#include <utility>

namespace datadrop::processor {

// ---- answers it

void machine::tell(lane& l, entry_ptr command, outcome what, moment now) {
    actions_.emplace_back(answer{command->to, std::move(what)});
    --admitted_;
    --l.guild->under_way;
    l.keys.erase(command->command->idempotency_key);
    if (!command->followers.empty()) put_back_follower(l, *command, now);
}

void machine::tell_unavailable(lane& l, entry_ptr command, moment now) {
    tell(l, std::move(command),
         {.kind = outcome_kind::unavailable,
          .who = l.who,
          .code = outcome_code::database_unavailable},
         now);
}

/// The log confirmed the head that the command was decided on, so what was decided is true.
void machine::tell_confirmed(lane& l, flight f, eventstore::global_position position, moment now) {
    if (std::holds_alternative<stale>(f.decided))
        return step_aside(l, std::move(f.command), f.before, now);
    auto result = told_confirmed(f, position);
    if (result.kind == outcome_kind::accepted)
        return tell(l, std::move(f.command), std::move(result), now);
    // A redrive's dead letter shows what it met, also when that is no conflict.
    if (f.command->redriven) count_conflict(*f.command, f.before, f.before, now);
    tell_refusal(l, std::move(f.command), std::move(result), now);
}

/// A refusal is final, and a redrive's is noted with its dead letter first.
void machine::tell_refusal(lane& l, entry_ptr command, outcome result, moment now) {
    if (command->redriven)
        send_to_failures(l, std::move(command), std::move(result));
    else
        tell(l, std::move(command), std::move(result), now);
}

void machine::tell_stale(lane& l, entry_ptr command, const eventstore::head& found, moment now) {
    auto told =
        told_at_end(*command, found, outcome_kind::conflict, outcome_code::stale_expectation);
    tell_refusal(l, std::move(command), std::move(told), now);
}

// ---- puts it back

/// Decided anew, in its place; unless that was its last attempt.
void machine::put_back(lane& l, entry_ptr command, moment now) {
    if (static_cast<int>(command->attempts.size()) >= limits_.tries.attempts_max)
        give_up(l, std::move(command), now);
    else
        make_ready(l, std::move(command));
}

void machine::put_back_beaten(lane& l, flight f, const eventstore::head& found, moment now) {
    count_conflict(*f.command, f.before, found, now);
    ++f.command->lost_races; // which lock the tail in the end, so that it is beaten no more
    put_back(l, std::move(f.command), now);
}

/// A later submission of a key that was under way is judged once the earlier one is answered. It
/// has waited for nothing of its own until now.
void machine::put_back_follower(lane& l, entry& answered, moment now) {
    auto next = std::move(answered.followers.front());
    answered.followers.pop_front();
    next->followers = std::move(answered.followers);
    next->arrived = now.steady;
    l.keys.emplace(next->command->idempotency_key, next.get());
    make_ready(l, std::move(next));
}

void machine::count_conflict(entry& command, const eventstore::head& expected,
                             const eventstore::head& found, moment now) {
    command.attempts.push_back(
        attempt_made(*command.command, command.attempt_number(), expected, found, now.wall));
    command.met = found;
    ++figures_.conflicts;
}

// ---- sends it aside

/// A stated expectation does not hold: the command alone steps aside, and those behind it go on.
void machine::step_aside(lane& l, entry_ptr command, const eventstore::head& found, moment now) {
    count_conflict(*command, found, found, now);
    if (command->command->conflict == domain::on_conflict::fail)
        return tell_stale(l, std::move(command), found, now);
    const int made = static_cast<int>(command->attempts.size());
    const auto wait = wait_before(made + 1);
    // A wait that would end too late is not waited for.
    const bool in_time = now.steady - *command->started + wait < limits_.tries.time_max;
    if (made >= limits_.tries.attempts_max || !in_time) return give_up(l, std::move(command), now);
    if (wait.count() == 0) return make_ready(l, std::move(command));
    ++l.elsewhere;
    aside_.emplace(now.steady + wait, leaving{&l, std::move(command), now.steady});
}

/// Exponential with full jitter: those who met the same conflict do not meet again.
std::chrono::microseconds machine::wait_before(int attempt) {
    if (attempt <= 2) return {};
    const std::chrono::microseconds longest =
        std::min(limits_.waits.max, limits_.waits.base * (1 << std::min(attempt - 3, 16)));
    return std::chrono::microseconds(
        std::uniform_int_distribution<std::int64_t>(0, longest.count())(random_));
}

/// The budget is spent: to the dead letters, or back to them. A command that never met a conflict,
/// but only waited for the database, is for nobody to look at: sending it again is. When the stay
/// is over, or with on_conflict fail, what stands in the way is known since the race that was lost
/// (its key was free then), and nobody has to look. A head that was only loaded says nothing of the
/// key.
void machine::give_up(lane& l, entry_ptr command, moment now) {
    if (!command->met) return tell_unavailable(l, std::move(command), now);
    const auto met = *command->met;
    const auto last = judge(*command->command, command->attempt_number(), met);
    const auto over = domain::rejection_code::lifecycle_over;
    if (last == verdict{domain::rejection{over}}) {
        auto told = told_at_end(*command, met, outcome_kind::rejected, code_of(over));
        return tell_refusal(l, std::move(command), std::move(told), now);
    }
    if (command->command->conflict == domain::on_conflict::fail &&
        std::holds_alternative<stale>(last))
        return tell_stale(l, std::move(command), met, now);
    if (!command->redriven) return send_to_park(l, std::move(command));
    auto told =
        told_at_end(*command, met, outcome_kind::dead_lettered, outcome_code::retry_budget_spent);
    told.dead_letter = command->redriven->id;
    send_to_failures(l, std::move(command), std::move(told));
}

void machine::send_to_park(lane& l, entry_ptr command) {
    ++l.elsewhere;
    at(l.partition).to_park.add(l.guild->to_park, {&l, std::move(command)});
}

void machine::send_to_failures(lane& l, entry_ptr command, outcome result) {
    ++l.elsewhere;
    at(l.partition).failed.add(l.guild->failed, {&l, std::move(command), std::move(result)});
}

} // namespace datadrop::processor
