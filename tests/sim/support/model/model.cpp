#include "tests/sim/support/model/model.hpp"

#include <algorithm>
#include <utility>

namespace datadrop::sim::model {

using eventstore::remediation_fate;
using processor::outcome_kind;

namespace {

/// No answer takes longer: budget and queue, a database that is away or slow at each step, the
/// fence, and a frozen processor, with those before it in its lane.
constexpr milliseconds silence_max{60'000};

void count(coverage& seen, const processor::outcome& said) {
    switch (said.kind) {
    case outcome_kind::accepted:
        return seen.saw(said.replayed ? sight::answered_replayed : sight::answered_accepted);
    case outcome_kind::rejected:
        return seen.saw(said.code == processor::outcome_code::idempotency_key_reused
                            ? sight::answered_key_reused
                            : sight::answered_rejected);
    case outcome_kind::conflict:
        return seen.saw(sight::answered_conflict);
    case outcome_kind::dead_lettered:
        return seen.saw(sight::answered_dead_lettered);
    case outcome_kind::overloaded:
        return seen.saw(sight::answered_overloaded);
    case outcome_kind::unavailable:
        return seen.saw(sight::answered_unavailable);
    }
}

} // namespace

bool is_over(const domain::envelope& command, const standing& head) {
    return command.expected_lifecycle.value_or(head.lifecycle) != head.lifecycle;
}

bool expectations_hold(const domain::envelope& command, int attempt, std::int64_t version,
                       domain::state current) {
    if (command.expected_state && *command.expected_state != current) return false;
    const bool counts = attempt == 1 || command.conflict == domain::on_conflict::fail;
    return !counts || !command.expected_version || number_of(*command.expected_version) == version;
}

void model::begin_with(eventstore::log& log) {
    ledger_.read(log);
    begun_ = shared_.time.now();
}

void model::arrived(asked_command s) {
    forget_refused();
    s.arrived = shared_.time.now();
    submissions_.add(std::move(s));
}

/// What was never admitted has left nothing.
void model::forget_refused() {
    for (const auto t : std::exchange(refused_, {}))
        submissions_.forget(t);
}

void model::answered(processor::ticket t, const processor::outcome& said) {
    auto& s = submissions_.of(t);
    demand(!s.answered, "each submission is answered once", "{} is answered again", t);
    s.answered = shared_.time.now();
    s.said = said;
    count(shared_.seen, said);
    demand(said.who == s.command->who, "an answer is about its member", "{} is told of another", t);
    demand(*s.answered - s.arrived <= silence_max, "no command is silent for long",
           "{} waited {} ms", t, (*s.answered - s.arrived).count() / 1000);
    check_not_delayed(s);
    switch (said.kind) {
    case outcome_kind::accepted:
        return check_accepted(s);
    case outcome_kind::rejected:
        return said.code == processor::outcome_code::idempotency_key_reused ? check_key_reused(s)
                                                                            : check_rejected(s);
    case outcome_kind::conflict:
        return check_conflict(s);
    case outcome_kind::dead_lettered:
        return check_dead_lettered(s);
    case outcome_kind::unavailable:
        return check_unavailable(s);
    case outcome_kind::overloaded:
        refused_.push_back(t);
        return check_overloaded(s);
    }
}

std::vector<processor::ticket> model::silenced(int process) {
    std::vector<processor::ticket> tickets;
    for (const auto& [t, s] : submissions_.all())
        if (s.process == process && !s.answered) tickets.push_back(t);
    for (const auto t : tickets)
        submissions_.of(t).silenced = true;
    shared_.seen.saw(sight::never_answered, tickets.size());
    return tickets;
}

void model::committed(eventstore::log& log) {
    const auto fresh = ledger_.read(log);
    for (const auto* w : fresh.written)
        check_written(*w);
    for (const auto* l : fresh.parked)
        check_parked(*l);
    for (const auto* l : fresh.failed)
        check_redrive_failed(*l);
}

void model::discarded(eventstore::dead_letter_id id, remediation_fate told) const {
    const auto& l = ledger_.letter_at(id);
    const bool was = l.discarded.has_value();
    const bool right = told == remediation_fate::closed ? l.redriven.has_value() : was;
    demand(right, "an operator is told what became of the dead letter", "letter {}",
           eventstore::number_of(id));
}

std::size_t model::unanswered() const {
    return static_cast<std::size_t>(std::ranges::count_if(submissions_.all(), [](const auto& one) {
        return !one.second.answered && !one.second.silenced;
    }));
}

void model::check_end(eventstore::log& log) const {
    for (const auto& [t, s] : submissions_.all())
        demand(s.answered || s.silenced, "every submission is answered", "{} was not", t);
    for (const auto& [key, w] : ledger_.events())
        if (w.at > begun_) check_asked_for(w);
    check_order();
    ledger_.check_end(log);
}

} // namespace datadrop::sim::model
