// What an answer of the log means for the commands that waited on it.

#include "domain/check.hpp"
#include "processor/core/machine.hpp"

#include <algorithm>
#include <utility>

namespace datadrop::processor {

using eventstore::global_position;

namespace {

/// What keeps a log from answering when it is certain, nevertheless, that nothing was written.
constexpr const char* connection_lost = "the connection was lost";

/// What is told of a command whose last attempt is over, and where the member stood then.
outcome ended(const entry& command, const eventstore::head& met, outcome_kind how,
              outcome_code code) {
    return {.kind = how,
            .who = command.command->who,
            .state = met.member.current,
            .version = met.version,
            .lifecycle = met.member.lifecycle,
            .attempts = static_cast<int>(command.attempts.size()),
            .code = code};
}

/// What the submitter stated is what was found: those before it in the chain would have led there,
/// and others did. No conflict of its own.
bool expected_what_is_found(const domain::attempt& made) {
    return made.expected_state == made.found_state && made.expected_version == made.found_version;
}

} // namespace

void machine::settle(lane& l, const eventstore::chain_fate& fate, moment now) {
    l.read = now.steady;
    switch (fate.what) {
    case eventstore::fate::appended:
    case eventstore::fate::confirmed:
        settle_confirmed(l, fate, now);
        break;
    case eventstore::fate::conflict:
        settle_conflict(l, fate.found, now);
        break;
    case eventstore::fate::key_found:
        settle_keys(l, fate, now);
        break;
    case eventstore::fate::not_written:
        settle_unwritten(l, now);
        break;
    }
    resume(l);
}

void machine::settle_confirmed(lane& l, const eventstore::chain_fate& fate, moment now) {
    l.known = l.after;
    auto position = fate.first;
    for (auto& f : l.chain) {
        const bool written = std::holds_alternative<domain::event>(f.decided);
        finish(l, std::move(f), position, now);
        if (written) position = global_position{number_of(position) + 1};
    }
    l.chain.clear();
}

/// The chain lost a race: it is decided anew, in order and at once, on what was found. What failed
/// is the guard of the chain, and attempts tell that where nothing was stated. Behind a command
/// that met no conflict none is given up, which would be to overtake it.
void machine::settle_conflict(lane& l, const eventstore::head& found, moment now) {
    l.known = found;
    const auto guard = l.chain.front().before;
    bool in_place = false;
    for (auto& f : l.chain) {
        f.before = guard;
        in_place = in_place ||
                   expected_what_is_found(attempt_made(
                       *f.command->command, f.command->attempt_number(), guard, found, now.wall));
        if (in_place)
            make_ready(l, std::move(f.command));
        else
            lost_race(l, std::move(f), found, now);
    }
    l.chain.clear();
}

void machine::lost_race(lane& l, flight f, const eventstore::head& found, moment now) {
    count_conflict(*f.command, f.before, found, now);
    ++f.command->lost_races;
    try_again(l, std::move(f.command), now);
}

/// The database did not answer, and it is certain that nothing was written: each command has had an
/// attempt, and is decided anew on a fresh read.
void machine::settle_unwritten(lane& l, moment now) {
    l.known.reset();
    for (auto& [command, decided, before] : std::exchange(l.chain, {})) {
        command->attempts.push_back(attempt_unanswered(*command->command, command->attempt_number(),
                                                       before, connection_lost, now.wall));
        try_again(l, std::move(command), now);
    }
}

void machine::try_again(lane& l, entry_ptr command, moment now) {
    if (static_cast<int>(command->attempts.size()) >= limits_.tries.attempts_max)
        spend(l, std::move(command), now);
    else
        make_ready(l, std::move(command));
}

void machine::settle_keys(lane& l, const eventstore::chain_fate& fate, moment now) {
    l.known = fate.found;
    auto chain = std::exchange(l.chain, {});
    for (const auto& [step, holder] : fate.keys) {
        domain::check(step < chain.size() && chain[step].command != nullptr,
                      "a key that was found is one of the chain, told once");
        auto& f = chain[step];
        if (is_own_letter(*f.command, holder))
            settle_redrive(l, std::move(f), fate.found, now);
        else {
            auto what = held(*f.command, holder, fate.found);
            reply(l, std::move(f.command), std::move(what), now);
        }
    }
    for (auto& f : chain)
        if (f.command) make_ready(l, std::move(f.command));
}

/// A redrive that was only checked finds its own parked key, which is no obstacle: what counts is
/// the head.
void machine::settle_redrive(lane& l, flight f, const eventstore::head& found, moment now) {
    if (f.before == found && !std::holds_alternative<domain::event>(f.decided))
        finish(l, std::move(f), {}, now);
    else
        lost_race(l, std::move(f), found, now);
}

bool machine::is_own_letter(const entry& command, const eventstore::key_holder& holder) {
    const auto* letter = std::get_if<eventstore::parked>(&holder);
    return command.redriven && letter != nullptr && letter->id == command.redriven->id &&
           letter->status == domain::dead_letter_status::parked;
}

/// The log confirmed the head that the command was decided on.
void machine::finish(lane& l, flight f, global_position position, moment now) {
    outcome result{.who = l.who,
                   .state = f.before.member.current,
                   .version = f.before.version,
                   .lifecycle = f.before.member.lifecycle,
                   .attempts = f.command->attempt_number()};
    if (const auto* happened = std::get_if<domain::event>(&f.decided)) {
        result.kind = outcome_kind::accepted;
        result.state = happened->to;
        result.version = next(f.before.version);
        result.lifecycle = evolve(f.before.member, *happened).lifecycle;
        result.position = position;
        reply(l, std::move(f.command), std::move(result), now);
    } else if (const auto* refused = std::get_if<domain::rejection>(&f.decided)) {
        result.kind = outcome_kind::rejected;
        result.code = code_of(refused->code);
        if (f.command->redriven) count_conflict(*f.command, f.before, f.before, now);
        conclude(l, std::move(f.command), std::move(result), now);
    } else {
        met_stale(l, std::move(f.command), f.before, now);
    }
}

/// A stated expectation does not hold: the command alone steps aside.
void machine::met_stale(lane& l, entry_ptr command, const eventstore::head& found, moment now) {
    count_conflict(*command, found, found, now);
    if (command->command->conflict == domain::on_conflict::fail)
        return conclude_stale(l, std::move(command), found, now);
    const int made = static_cast<int>(command->attempts.size());
    const auto wait = wait_before(made + 1);
    const bool in_time = now.steady - *command->started + wait < limits_.tries.time_max;
    if (made >= limits_.tries.attempts_max || !in_time) return spend(l, std::move(command), now);
    if (wait.count() == 0) return make_ready(l, std::move(command));
    ++l.elsewhere;
    aside_.emplace(now.steady + wait, leaving{&l, std::move(command), now.steady});
}

void machine::conclude_stale(lane& l, entry_ptr command, const eventstore::head& found,
                             moment now) {
    auto told = ended(*command, found, outcome_kind::conflict, outcome_code::stale_expectation);
    conclude(l, std::move(command), std::move(told), now);
}

std::chrono::microseconds machine::wait_before(int attempt) {
    if (attempt <= 2) return {};
    const std::chrono::microseconds longest =
        std::min(limits_.waits.max, limits_.waits.base * (1 << std::min(attempt - 3, 16)));
    return std::chrono::microseconds(
        std::uniform_int_distribution<std::int64_t>(0, longest.count())(random_));
}

void machine::count_conflict(entry& command, const eventstore::head& expected,
                             const eventstore::head& found, moment now) {
    command.attempts.push_back(
        attempt_made(*command.command, command.attempt_number(), expected, found, now.wall));
    command.met = found;
    ++figures_.conflicts;
}

/// The budget is spent: to the dead letters, or back to them. A command that never met a conflict,
/// but only waited for the database, is for nobody to look at: sending it again is. When the stay
/// is over, or with on_conflict fail, what stands in the way is known since the race that was lost
/// (its key was free then), and nobody has to look. A head that was only loaded says nothing of the
/// key.
void machine::spend(lane& l, entry_ptr command, moment now) {
    if (!command->met) return reply_unavailable(l, std::move(command), now);
    const auto met = *command->met;
    const auto last = judge(*command->command, command->attempt_number(), met);
    const auto over = domain::rejection_code::lifecycle_over;
    if (last == verdict{domain::rejection{over}}) {
        auto told = ended(*command, met, outcome_kind::rejected, code_of(over));
        return conclude(l, std::move(command), std::move(told), now);
    }
    if (command->command->conflict == domain::on_conflict::fail &&
        std::holds_alternative<stale>(last))
        return conclude_stale(l, std::move(command), met, now);
    if (command->redriven) {
        auto result =
            ended(*command, met, outcome_kind::dead_lettered, outcome_code::retry_budget_spent);
        result.dead_letter = command->redriven->id;
        return fail_redrive(l, std::move(command), std::move(result));
    }
    ++l.elsewhere;
    at(l.partition).to_park.add(l.guild->to_park, {&l, std::move(command)});
}

/// A refusal is final, and a redrive's is noted with its dead letter first.
void machine::conclude(lane& l, entry_ptr command, outcome result, moment now) {
    if (command->redriven)
        fail_redrive(l, std::move(command), std::move(result));
    else
        reply(l, std::move(command), std::move(result), now);
}

void machine::fail_redrive(lane& l, entry_ptr command, outcome result) {
    ++l.elsewhere;
    at(l.partition).failed.add(l.guild->failed, {&l, std::move(command), std::move(result)});
}

void machine::settle_parked(lane& l, entry_ptr command, const eventstore::park_fate& fate,
                            moment now) {
    if (fate.holder) {
        auto what = held(*command, *fate.holder, fate.found);
        return reply(l, std::move(command), std::move(what), now);
    }
    ++figures_.parked;
    auto result =
        ended(*command, fate.found, outcome_kind::dead_lettered, outcome_code::retry_budget_spent);
    result.dead_letter = fate.id;
    reply(l, std::move(command), std::move(result), now);
}

/// The key was used before: what became of it, given again, or a refusal when it was another
/// command's.
outcome machine::held(const entry& command, const eventstore::key_holder& holder,
                      const eventstore::head& found) const {
    outcome result{.kind = outcome_kind::rejected,
                   .who = command.command->who,
                   .state = found.member.current,
                   .version = found.version,
                   .lifecycle = found.member.lifecycle,
                   .attempts = command.attempt_number(),
                   .code = outcome_code::idempotency_key_reused};
    if (!same_command(*command.command, holder)) return result;
    result.replayed = true;
    if (const auto* written = std::get_if<eventstore::recorded>(&holder)) {
        result.kind = outcome_kind::accepted;
        result.state = written->state;
        result.version = written->version;
        result.lifecycle = written->lifecycle;
        result.position = written->position;
        result.code.reset();
    } else {
        const auto& letter = std::get<eventstore::parked>(holder);
        result.kind = outcome_kind::dead_lettered;
        result.attempts = letter.attempts;
        result.code = outcome_code::retry_budget_spent;
        result.dead_letter = letter.id;
    }
    return result;
}

/// Answers a command; a later submission of its key is judged now.
void machine::reply(lane& l, entry_ptr command, outcome what, moment now) {
    actions_.push_back(answer{command->to, std::move(what)});
    --admitted_;
    --l.guild->under_way;
    l.keys.erase(command->command->idempotency_key);
    if (command->followers.empty()) return;
    auto next_one = std::move(command->followers.front());
    command->followers.pop_front();
    next_one->followers = std::move(command->followers);
    next_one->arrived = now.steady;
    l.keys.emplace(next_one->command->idempotency_key, next_one.get());
    make_ready(l, std::move(next_one));
}

void machine::reply_unavailable(lane& l, entry_ptr command, moment now) {
    reply(l, std::move(command),
          {.kind = outcome_kind::unavailable,
           .who = l.who,
           .code = outcome_code::database_unavailable},
          now);
}

} // namespace datadrop::processor
