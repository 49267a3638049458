// What holds for one guild's members holds beside another guild's flood.

#include "tests/sim/support/model/model.hpp"

#include <algorithm>

namespace datadrop::sim::model {

using processor::outcome_kind;

namespace {

/// A command that needs no second attempt waits for a load and an append of its own behind those
/// under way, and for the turns of a few guilds.
constexpr milliseconds delay_max{100};

bool is_of_flood(const asked_command& s) { return s.command->who.guild == flood::guild; }

} // namespace

/// Commands of other guilds in the same process, those that arrived together with it too.
std::size_t model::under_way_beside_flood(const asked_command& s) const {
    return static_cast<std::size_t>(std::ranges::count_if(submissions_.all(), [&](const auto& one) {
        const auto& other = one.second;
        const bool arrived_now = other.was(outcome_kind::overloaded);
        return other.process == s.process && !is_of_flood(other) &&
               (!other.answered || arrived_now);
    }));
}

/// Who floods has left the others room: a quarter of the queue at least.
void model::check_overloaded(const asked_command& s) const {
    if (shared_.chosen.raid.commands == 0) return;
    if (is_of_flood(s)) return shared_.seen.saw(sight::flood_refused);
    const auto others = under_way_beside_flood(s);
    demand(4 * others > shared_.chosen.limits.queue_max, "a flood refuses nobody else's commands",
           "{}: {} commands of other guilds are under way", s.ticket, others);
}

void model::check_not_delayed(const asked_command& s) const {
    if (shared_.chosen.raid.commands == 0 || is_of_flood(s) || s.follows) return;
    if (s.said.attempts > 1 || s.was(outcome_kind::overloaded)) return;
    shared_.seen.saw(sight::answered_beside_flood);
    const auto took = *s.answered - s.arrived;
    demand(took <= delay_max && !s.was(outcome_kind::unavailable),
           "a flood delays nobody else's commands", "{}: {} after {} us", s.ticket,
           name_of(s.said.kind), took.count());
}

} // namespace datadrop::sim::model
