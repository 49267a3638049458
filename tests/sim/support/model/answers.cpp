// What each answer says, held against what the log held while it was asked.

#include "tests/sim/support/model/model.hpp"
#include "tests/sim/support/model/rules.hpp"

#include <algorithm>

namespace datadrop::sim::model {

using domain::number_of;
using eventstore::number_of;
using processor::outcome_kind;

namespace {

template <typename Held>
bool same_command(const domain::envelope& command, domain::command_kind kind, const Held& data) {
    return command.kind == kind && command.data == data;
}

bool same_command(const domain::envelope& command, const written_event& w) {
    return same_command(command, command_of(w.event.what.kind), w.event.what.data);
}

bool same_command(const domain::envelope& command, const letter& l) {
    return same_command(command, l.parked.command.kind, l.parked.command.data);
}

} // namespace

void model::check_accepted(const asked_command& s) const {
    const auto& o = s.said;
    const auto* w = ledger_.written(s.key());
    demand(w != nullptr, "what is accepted is in the log", "{}: key {} is not", s.ticket,
           s.command->idempotency_key);
    demand(w->event.version == o.version && w->event.what.to == o.state &&
               o.position == std::optional(w->event.position),
           "an acceptance tells what is written", "{}: key {} stands at version {}", s.ticket,
           s.command->idempotency_key, number_of(w->event.version));
    demand(same_command(*s.command, *w), "a key answers for its own command", "{}: key {} holds {}",
           s.ticket, s.command->idempotency_key, name_of(w->event.what.kind));
    const auto* after = ledger_.at_version(s.command->who, number_of(o.version));
    demand(after->lifecycle == o.lifecycle, "an acceptance tells what is written",
           "{}: key {} is of stay {}", s.ticket, s.command->idempotency_key, after->lifecycle);
    if (o.replayed) return check_replayed(s);
    check_new_once(s);
    const auto* before = ledger_.at_version(s.command->who, number_of(o.version) - 1);
    demand(!is_over(*s.command, *before), "a command hits the stay that it was made for",
           "{}: key {} was written in stay {}", s.ticket, s.command->idempotency_key,
           before->lifecycle);
    demand(o.attempts >= 1 && o.attempts <= shared_.chosen.limits.tries.attempts_max,
           "attempts stay within the budget", "{}: {} attempts", s.ticket, o.attempts);
    demand(expectations_hold(*s.command, o.attempts, number_of(o.version) - 1, w->event.what.from),
           "a stated expectation holds where it is written", "{}: key {}", s.ticket,
           s.command->idempotency_key);
}

/// One submission wrote the event, and it is the one that is told so: also when its connection was
/// lost while another had the same key under way.
void model::check_new_once(const asked_command& s) const {
    for (const auto* other : submissions_.of(s.key()))
        demand(other->ticket == s.ticket || !other->was(outcome_kind::accepted) ||
                   other->said.replayed,
               "a key is new to one submission", "{} and {}: key {}", s.ticket, other->ticket,
               s.command->idempotency_key);
}

void model::check_replayed(const asked_command& s) const {
    const auto same = submissions_.of(s.key());
    const auto* w = ledger_.written(s.key());
    const auto* l = ledger_.letter_of(s.key());
    const bool is_of_before =
        (w != nullptr && w->at <= begun_) || (l != nullptr && l->open.from <= begun_);
    demand(same.size() > 1 || s.redriven || is_of_before,
           "answered again is only what was asked before", "{}: key {} was never sent before",
           s.ticket, s.command->idempotency_key);
}

/// The head that a refusal names; it must have been the member's at some time.
const standing& model::head_told(const asked_command& s) const {
    const auto* head = ledger_.at_version(s.command->who, number_of(s.said.version));
    demand(head != nullptr && head->current == s.said.state && head->lifecycle == s.said.lifecycle,
           "a refusal names a head that was", "{}: {} v{} of stay {} never was", s.ticket,
           name_of(s.said.state), number_of(s.said.version), s.said.lifecycle);
    return *head;
}

/// When nothing was written or parked under the key; a redrive's own dead letter is no obstacle
/// while it is open.
span_of_time model::key_was_free(const asked_command& s) const {
    span_of_time free;
    if (const auto* w = ledger_.written(s.key())) free.to = w->at;
    if (const auto* l = ledger_.letter_of(s.key()))
        free.to =
            std::min(free.to, s.redriven && s.redriven->id == l->id ? l->open.to : l->open.from);
    return free;
}

/// It was true at some moment between the submission and the answer.
void model::check_refusal_was_true(const asked_command& s) const {
    const auto& head = head_told(s);
    const auto moment = head.during & s.asked(shared_.time.now()) & key_was_free(s);
    demand(!moment.empty(), "a refusal was true while it was asked",
           "{}: {} v{} stood from {} to {} us, the key was free until {} us, asked from {} us",
           s.ticket, name_of(head.current), head.version, head.during.from.count(),
           head.during.to.count(), key_was_free(s).to.count(), s.arrived.count());
}

void model::check_rejected(const asked_command& s) const {
    const auto& head = head_told(s);
    const auto ruled = rule(head.current, head.has_email, head.lifecycle, *s.command);
    demand(!ruled.to && ruled.code == code_name(s.said), "a rejection is right for its state",
           "{}: {} in {} is told {}", s.ticket, name_of(s.command->kind), name_of(head.current),
           code_name(s.said));
    demand(is_over(*s.command, head) ||
               expectations_hold(*s.command, s.said.attempts, head.version, head.current),
           "expectations go before the rules", "{} is judged on {} v{}", s.ticket,
           name_of(head.current), head.version);
    check_refusal_was_true(s);
    check_redrive_noted(s);
}

void model::check_conflict(const asked_command& s) const {
    demand(s.command->conflict == domain::on_conflict::fail,
           "only who fails fast is told of a conflict", "{}", s.ticket);
    const auto& head = head_told(s);
    demand(!is_over(*s.command, head), "no retry brings a stay back", "{}: {} v{} of stay {}",
           s.ticket, name_of(head.current), head.version, head.lifecycle);
    demand(!expectations_hold(*s.command, 1, head.version, head.current),
           "a conflict is told when an expectation does not hold", "{}: it holds on {} v{}",
           s.ticket, name_of(head.current), head.version);
    check_refusal_was_true(s);
    check_redrive_noted(s);
}

void model::check_key_reused(const asked_command& s) const {
    const auto* w = ledger_.written(s.key());
    const auto* l = ledger_.letter_of(s.key());
    const bool other = (w != nullptr && !same_command(*s.command, *w)) ||
                       (w == nullptr && l != nullptr && !same_command(*s.command, *l));
    demand(other, "a key is refused when another command has it", "{}: key {}", s.ticket,
           s.command->idempotency_key);
    const auto& head = head_told(s);
    demand(!(head.during & s.asked(shared_.time.now())).empty(),
           "a refusal was true while it was asked", "{}: {} v{}", s.ticket, name_of(head.current),
           head.version);
}

void model::check_dead_lettered(const asked_command& s) const {
    const auto* l = ledger_.letter_of(s.key());
    demand(l != nullptr && s.said.dead_letter == std::optional(l->id),
           "what is dead-lettered is parked", "{}: key {}", s.ticket, s.command->idempotency_key);
    demand(same_command(*s.command, *l), "a key answers for its own command", "{}: key {}",
           s.ticket, s.command->idempotency_key);
    const auto asked = s.asked(shared_.time.now());
    if (s.said.replayed) {
        const auto closed = l->redriven ? l->open.to : never;
        demand(closed >= asked.from, "a redriven command is told as accepted",
               "{}: letter {} was redriven before", s.ticket, number_of(l->id));
        return check_replayed(s);
    }
    if (s.redriven) return check_redrive_noted(s);
    demand(l->open.from >= asked.from, "a dead letter is told as new once",
           "{}: letter {} was parked before", s.ticket, number_of(l->id));
    demand(!(head_told(s).during & asked).empty(), "a refusal was true while it was asked",
           "{}: {} v{}", s.ticket, name_of(s.said.state), number_of(s.said.version));
    demand(s.said.attempts == static_cast<int>(l->parked.attempts.size()),
           "an answer tells the dead letter's attempts", "{}: {} and {}", s.ticket, s.said.attempts,
           l->parked.attempts.size());
}

/// A redrive that did not write left its mark, unless the dead letter was closed meanwhile.
void model::check_redrive_noted(const asked_command& s) const {
    if (!s.redriven) return;
    const auto& l = ledger_.letter_at(s.redriven->id);
    const bool noted = std::ranges::any_of(l.failures, [&](const auto& f) {
        return f.by == s.redriven->by && f.reason == s.redriven->reason &&
               f.code == code_name(s.said);
    });
    demand(noted || l.open.to != never, "a failed redrive is noted", "{}: letter {}", s.ticket,
           number_of(l.id));
}

/// Or what spent its time without ever meeting a conflict.
void model::check_unavailable(const asked_command& s) const {
    const auto& o = shared_.chosen;
    const bool patient = o.limits.queue_wait_max >= milliseconds(10'000);
    const bool in_time = *s.answered - s.arrived < o.limits.tries.time_max;
    demand(o.faulty || !patient || !in_time, "unavailable is only what failed",
           "nothing fails in this run");
}

} // namespace datadrop::sim::model
