#include "processor/core/lane.hpp"

#include "domain/check.hpp"

#include <algorithm>

namespace datadrop::processor {
namespace {

eventstore::step step_of(const flight& f) {
    eventstore::step s{.command = f.command->command, .submission = f.command->submission};
    if (const auto* happened = std::get_if<domain::event>(&f.decided)) {
        s.event = *happened;
        s.redriven = f.command->redriven;
    }
    return s;
}

eventstore::head after(const flight& f) {
    const auto* happened = std::get_if<domain::event>(&f.decided);
    if (happened == nullptr) return f.before;
    return {next(f.before.version), evolve(f.before.member, *happened)};
}

/// A redrive has a transaction of its own: it neither follows others in a chain nor leads them.
bool ends_chain(const std::vector<flight>& chain, const entry& candidate) {
    if (chain.empty()) return false;
    return candidate.redriven || chain.back().command->redriven;
}

} // namespace

void make_ready(lane& l, entry_ptr command) {
    // Nearly always the newest; one that comes back goes to the place of its arrival.
    if (l.ready.empty() || l.ready.back()->arrival < command->arrival)
        return l.ready.push_back(std::move(command));
    const auto place = std::upper_bound(
        l.ready.begin(), l.ready.end(), command->arrival,
        [](std::uint64_t arrival, const entry_ptr& other) { return arrival < other->arrival; });
    l.ready.insert(place, std::move(command));
}

eventstore::chain build_chain(lane& l, std::size_t steps_max, eventstore::knowledge known) {
    domain::check(l.known.has_value(), "a chain is decided on a head that is known");
    domain::check(l.chain.empty(), "a lane has one chain at a time");
    eventstore::chain built{
        .who = l.who, .expected = *l.known, .steps = {}, .after = *l.known, .known = known};
    built.steps.reserve(std::min(l.ready.size(), steps_max));
    while (!l.ready.empty() && l.chain.size() < steps_max &&
           !ends_chain(l.chain, *l.ready.front())) {
        auto command = std::move(l.ready.front());
        l.ready.pop_front();
        // On what the one before it leaves, as if that were written already.
        auto decided = judge(*command->command, command->attempt_number(), built.after);
        l.chain.push_back({std::move(command), std::move(decided), built.after});
        built.steps.push_back(step_of(l.chain.back()));
        built.after = after(l.chain.back());
    }
    l.after = built.after;
    return built;
}

} // namespace datadrop::processor
