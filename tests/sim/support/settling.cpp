#include "tests/sim/support/settling.hpp"

#include <algorithm>
#include <limits>

namespace datadrop::sim {
namespace {

using eventstore::chain;
using eventstore::chain_fate;
using eventstore::fate;

/// The event of a step as it must stand in the log when the chain was written.
bool is_written(const eventstore::stored_membership_event& found, const eventstore::step& wanted,
                domain::stream_version version) {
    return found.idempotency_key == wanted.command->idempotency_key &&
           found.what.kind == wanted.event->kind && found.what.data == wanted.event->data &&
           found.version == version;
}

bool is_redriven(eventstore::log& l, const eventstore::step& s) {
    return !s.redriven ||
           stands_in(l, s.redriven->id,
                     domain::command_redriven{.by = s.redriven->by, .reason = s.redriven->reason});
}

eventstore::recorded recorded_in(const eventstore::stored_membership_event& e) {
    return {.event = e.what.kind,
            .data = e.what.data,
            .state = e.what.to,
            .version = e.version,
            .position = e.position};
}

/// With a step that was only checked, events that are there may still be another writer's, and the
/// check may never have been made: then the keys are told, and the rest is judged anew.
chain_fate settled_fate(eventstore::log& l, const chain& c, const eventstore::head& current) {
    const auto written = l.history(c.who, c.expected.version, c.steps.size());
    auto version = c.expected.version;
    chain_fate found{.what = fate::key_found, .found = current};
    for (std::size_t i = 0; i < c.steps.size(); ++i) {
        const auto& s = c.steps[i];
        if (!s.event) continue;
        version = domain::next(version);
        const auto events = found.keys.size();
        if (events == written.size() || !is_written(written[events], s, version) ||
            !is_redriven(l, s))
            return {.what = fate::not_written};
        found.keys.push_back({.step = i, .holder = recorded_in(written[events])});
    }
    if (found.keys.empty()) return {.what = fate::not_written};
    if (found.keys.size() < c.steps.size()) return found;
    return {.what = fate::appended, .found = c.after, .first = written.front().position};
}

} // namespace

std::vector<chain_fate> settled_fates(eventstore::log& l, int partition,
                                      const std::vector<chain>& chains) {
    std::vector<chain_fate> fates;
    for (const auto& c : chains)
        fates.push_back(settled_fate(l, c, l.load(partition, {{c.who}}).front()));
    return fates;
}

void claim_own(eventstore::log& l, const std::vector<eventstore::parking>& commands,
               std::vector<eventstore::park_fate>& fates) {
    for (std::size_t i = 0; i < fates.size(); ++i) {
        const auto* held =
            fates[i].holder ? std::get_if<eventstore::parked>(&*fates[i].holder) : nullptr;
        if (held == nullptr) continue;
        domain::command_parked ours{.command = *commands[i].command,
                                    .attempts = commands[i].attempts,
                                    .code = commands[i].code};
        ours.command.address.reset();
        if (!stands_in(l, held->id, ours)) continue;
        fates[i].id = held->id;
        fates[i].holder.reset();
    }
}

bool stands_in(eventstore::log& l, eventstore::dead_letter_id id,
               const domain::dead_letter_event& what) {
    const auto letter = l.dead_letter(id);
    return std::ranges::any_of(letter, [&](const auto& e) { return e.what == what; });
}

} // namespace datadrop::sim
