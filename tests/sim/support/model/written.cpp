// What was written and parked, held against what was asked for.

#include "tests/sim/support/model/model.hpp"
#include "tests/sim/support/model/rules.hpp"

#include <algorithm>

namespace datadrop::sim::model {

using domain::number_of;
using eventstore::number_of;
using processor::outcome_kind;

namespace {

/// Whether the event is what this submission would leave on a head.
bool is_wanted(const asked_command& s, const written_event& w, const standing& before) {
    const auto& c = *s.command;
    const auto& e = w.event;
    const bool same = c.kind == command_of(e.what.kind) && c.data == e.what.data &&
                      c.actor == e.actor && c.reason == e.reason && c.by.from == e.from &&
                      c.correlation_id == e.correlation_id && c.occurred_at == e.occurred_at;
    return same && !is_over(c, before) && expectations_hold(c, 2, before.version, e.what.from);
}

/// Its own stale expectation takes a command out of the order.
bool may_step_aside(const asked_command& s) {
    const bool states = s.command->expected_state || s.command->expected_version;
    return states && s.command->conflict == domain::on_conflict::retry && s.said.attempts > 1;
}

/// Who fails fast, or whose stay is over, and ran out of time is told of the race that it lost,
/// which may be long ago.
bool is_told_of_old_race(const asked_command& s, const processor::budget& tries) {
    const bool is_over = s.said.code == processor::outcome_code::lifecycle_over;
    return (s.was(outcome_kind::conflict) || is_over) && *s.answered - s.arrived >= tries.time_max;
}

bool is_decided_in_order(const asked_command& s, const processor::budget& tries) {
    if (!s.answered || s.follows || s.said.replayed || may_step_aside(s)) return false;
    if (s.said.code == processor::outcome_code::idempotency_key_reused) return false;
    if (is_told_of_old_race(s, tries)) return false;
    return s.was(outcome_kind::accepted) || s.was(outcome_kind::rejected) ||
           s.was(outcome_kind::conflict);
}

} // namespace

void model::check_written(const written_event& w) const {
    const auto asked = submissions_.of({w.event.who, w.event.idempotency_key});
    const auto& before = *ledger_.at_version(w.event.who, number_of(w.event.version) - 1);
    const bool wanted = std::ranges::any_of(
        asked, [&](const auto* s) { return s->may_be_written() && is_wanted(*s, w, before); });
    demand(wanted, "what is written was asked for", "{} under key {} at version {}",
           name_of(w.event.what.kind), w.event.idempotency_key, number_of(w.event.version));
}

/// At the end, when the last word is spoken: not accepted means not written.
void model::check_asked_for(const written_event& w) const {
    const auto asked = submissions_.of({w.event.who, w.event.idempotency_key});
    const auto& before = *ledger_.at_version(w.event.who, number_of(w.event.version) - 1);
    const bool stands = std::ranges::any_of(asked, [&](const auto* s) {
        return is_wanted(*s, w, before) && (s->may_be_written() || s->was(outcome_kind::accepted));
    });
    demand(stands, "what is not accepted is not written", "key {} of user {}",
           w.event.idempotency_key, number_of(w.event.who.user));
}

void model::check_parked(const letter& l) const {
    const auto asked = submissions_.of({l.who, l.parked.command.idempotency_key});
    const auto whole = std::ranges::find_if(asked, [&](const auto* s) {
        return s->may_be_written() && !s->redriven && *s->command == l.parked.command;
    });
    demand(whole != asked.end(), "a dead letter holds the whole command", "key {} of user {}",
           l.parked.command.idempotency_key, number_of(l.who.user));
    check_attempts(l.parked.attempts, **whole);
    check_stay(l);
    check_met_conflict(l, l.parked.attempts);
    check_reasons(l);
    check_budget_spent(l, **whole);
}

void model::check_attempts(const std::vector<domain::attempt>& attempts,
                           const asked_command& of) const {
    int number = 0;
    std::int64_t version = 0;
    for (const auto& a : attempts) {
        ++number;
        demand(a.number == number && number <= shared_.chosen.limits.tries.attempts_max,
               "attempts are numbered within the budget", "{}: attempt {} of {}", of.ticket,
               a.number, attempts.size());
        const bool stated =
            of.command->expected_version && of.command->conflict == domain::on_conflict::fail;
        demand(number == 1 || stated || number_of(*a.expected_version) >= version,
               "a later attempt starts from a fresh read", "{}: attempt {} expected v{}", of.ticket,
               a.number, number_of(*a.expected_version));
        demand(!of.command->expected_state || a.expected_state == of.command->expected_state,
               "attempts tell what was expected", "{}: attempt {}", of.ticket, a.number);
        demand(a.stated && a.stated->state == of.command->expected_state.has_value() &&
                   (!a.stated->version || a.expected_version == of.command->expected_version),
               "attempts tell what was stated", "{}: attempt {}", of.ticket, a.number);
        check_met(a, of, version);
    }
}

/// The last head that it met was of the stay that it was made for.
void model::check_stay(const letter& l) const {
    const auto& attempts = l.parked.attempts;
    const auto last = std::find_if(attempts.rbegin(), attempts.rend(),
                                   [](const auto& a) { return a.found_version.has_value(); });
    if (last == attempts.rend()) return;
    const auto version = number_of(*last->found_version);
    demand(!is_over(l.parked.command, *ledger_.at_version(l.who, version)),
           "no retry brings a stay back", "letter {} met v{}", number_of(l.id), version);
}

/// An attempt met a head that was, not older than the version, or nothing and says why.
void model::check_met(const domain::attempt& a, const asked_command& of,
                      std::int64_t& version) const {
    const bool answered = a.found_state && a.found_version && !a.why;
    const bool silent = !a.found_state && !a.found_version && a.why && !a.why->empty();
    demand(answered || (silent && shared_.chosen.faulty),
           "an attempt tells what it met, or why nobody answered", "{}: attempt {}", of.ticket,
           a.number);
    if (silent) return shared_.seen.saw(sight::attempt_unanswered);
    const auto met = ledger_.when(of.command->who, number_of(*a.found_version), *a.found_state);
    // An earlier submission's park may commit after its submitter was told `unavailable`.
    demand(!(met & span_of_time{of.arrived, shared_.time.now()}).empty() &&
               number_of(*a.found_version) >= version,
           "attempts met heads that were", "{}: attempt {} met {} v{}", of.ticket, a.number,
           name_of(*a.found_state), number_of(*a.found_version));
    version = number_of(*a.found_version);
}

/// Who only waited for the database is told so, and nobody has to look at it.
void model::check_met_conflict(const letter& l,
                               const std::vector<domain::attempt>& attempts) const {
    demand(std::ranges::any_of(attempts, [](const auto& a) { return a.found_state.has_value(); }),
           "what is parked has met a conflict", "letter {}: {} attempts", number_of(l.id),
           attempts.size());
}

/// An attempt that found what it expected gives nobody a reason.
void model::check_reasons(const letter& l) const {
    for (const auto& a : l.parked.attempts)
        demand(a.found_state != a.expected_state || a.found_version != a.expected_version,
               "a dead letter tells why", "letter {}: attempt {} found what it expected",
               number_of(l.id), a.number);
}

/// Parked is only who spent the budget: the attempts, or the time (the last wait need not be waited
/// for when it would end too late). Contention alone never does.
void model::check_budget_spent(const letter& l, const asked_command& of) const {
    const auto& limits = shared_.chosen.limits;
    const auto elapsed = shared_.time.now() - of.arrived;
    const auto& attempts = l.parked.attempts;
    const bool all_tried = static_cast<int>(attempts.size()) == limits.tries.attempts_max;
    demand(all_tried || elapsed + limits.waits.max >= limits.tries.time_max,
           "only a spent budget parks", "{}: {} attempts in {} us", of.ticket, attempts.size(),
           elapsed.count());
    const bool stale = std::ranges::any_of(attempts, [&](const auto& a) {
        return a.found_state && !expectations_hold(*of.command, a.number,
                                                   number_of(*a.found_version), *a.found_state);
    });
    const bool had_a_chance = limits.tries.attempts_max > 1 && !shared_.chosen.faulty;
    demand(stale || elapsed >= limits.tries.time_max || !had_a_chance,
           "contention alone never parks", "{}: {} attempts in {} us", of.ticket, attempts.size(),
           elapsed.count());
}

void model::check_redrive_failed(const letter& l) const {
    const auto& failed = l.failures.back();
    const auto asked = submissions_.of({l.who, l.parked.command.idempotency_key});
    const auto by = std::ranges::find_if(asked, [&](const auto* s) {
        return s->redriven && s->redriven->id == l.id && s->redriven->by == failed.by &&
               s->redriven->reason == failed.reason && s->may_be_written();
    });
    demand(by != asked.end(), "a failed redrive was asked for", "letter {}", number_of(l.id));
    check_attempts(failed.attempts, **by);
    check_met_conflict(l, failed.attempts);
}

/// A key that is under way in several processes stands where the log has settled it.
bool model::is_asked_elsewhere(const asked_command& s) const {
    return std::ranges::any_of(submissions_.of(s.key()),
                               [&](const auto* other) { return other->process != s.process; });
}

/// Commands that reached one process for one member are decided in the order of their arrival: no
/// head that one was decided on is older than what an earlier one left.
void model::check_order() const {
    const auto& tries = shared_.chosen.limits.tries;
    std::map<std::pair<int, domain::member_id>, std::int64_t> reached;
    for (const auto& [t, s] : submissions_.all()) {
        if (!is_decided_in_order(s, tries) || is_asked_elsewhere(s)) continue;
        auto& head = reached[{s.process, s.command->who}];
        const auto version = number_of(s.said.version);
        const auto decided_on = s.was(outcome_kind::accepted) ? version - 1 : version;
        demand(decided_on >= head, "commands of one member are decided as they arrived",
               "{} was decided on v{}, and v{} was reached by an earlier one", t, decided_on, head);
        head = version;
    }
}

} // namespace datadrop::sim::model
