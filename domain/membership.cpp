#include "domain/membership.hpp"

#include "domain/check.hpp"
#include "domain/payload_rules.hpp"
#include "domain/transition_table.hpp"

#include <algorithm>

namespace datadrop::domain {
namespace {

consteval bool rows_stand_at_their_number() {
    for (std::size_t i = 0; i < transitions.size(); ++i)
        if (static_cast<std::size_t>(transitions[i].command) != i) return false;
    return transitions.size() == count_of<command_kind>;
}
static_assert(rows_stand_at_their_number(), "the table is indexed by command");

consteval bool rows_lead_somewhere() {
    return std::ranges::all_of(transitions, [](const transition& row) {
        return row.to.has_value() != (row.outcome == presence::required);
    });
}
static_assert(rows_lead_somewhere(), "the payload has the outcome where the table leaves it open");

} // namespace

decision decide(const membership& current, const command& asked) {
    check(!misfit(asked.kind, shape_of(asked.data)), "a payload fits its command");
    const auto& row = transition_of(asked.kind);
    if (asked.expected_lifecycle && *asked.expected_lifecycle != current.lifecycle)
        return rejection{rejection_code::lifecycle_over};
    if (!row.from.contains(current.current))
        return rejection{rejection_code::transition_not_allowed};
    if (row.needs != guard::none && !current.has_email)
        return rejection{rejection_code::email_missing};
    if (row.needs == guard::email_and_actor && !asked.has_actor)
        return rejection{rejection_code::actor_required};
    return event{.kind = event_of(row.command),
                 .from = current.current,
                 .to = row.to ? *row.to : *asked.data.outcome,
                 .data = asked.data};
}

membership evolve(membership current, const event& happened) {
    current.current = happened.to;
    if (happened.kind == event_kind::member_joined) {
        ++current.lifecycle;
        current.has_email = false; // a new lifecycle starts with no e-mail on record
    }
    if (happened.data.email) current.has_email = true;
    return current;
}

std::vector<command_kind> allowed_commands(state current) {
    std::vector<command_kind> allowed;
    for (const auto& row : transitions)
        if (row.from.contains(current)) allowed.push_back(row.command);
    return allowed;
}

} // namespace datadrop::domain
