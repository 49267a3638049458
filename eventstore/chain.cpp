#include "eventstore/chain.hpp"

#include "domain/check.hpp"

#include <algorithm>

namespace datadrop::eventstore {

std::size_t count_events(const chain& c) {
    return static_cast<std::size_t>(std::count_if(
        c.steps.begin(), c.steps.end(), [](const step& s) { return s.event.has_value(); }));
}

bool is_redrive(const chain& c) {
    domain::check(!c.steps.empty(), "a chain has a step");
    return c.steps.front().redriven.has_value();
}

std::optional<append_plan> plan_of(std::span<const chain> chains) {
    append_plan plan;
    for (const auto& c : chains) {
        if (is_redrive(c)) return std::nullopt;
        for (const auto& s : c.steps) {
            if (!s.event) continue;
            if (plan.events++ == 0) plan.first = s.submission;
            plan.last = s.submission;
        }
    }
    return plan;
}

std::optional<std::optional<std::string>> address_change(const chain& c) {
    // Followed event by event: one chain may leave and come back, and the last word counts.
    std::optional<std::optional<std::string>> change;
    auto member = c.expected.member;
    for (const auto& s : c.steps) {
        if (!s.event) continue;
        const auto after = domain::evolve(member, *s.event);
        // Whoever begins a new stay begins it without the address of the last.
        if (member.has_email && !after.has_email) change.emplace(std::nullopt);
        if (s.command->address) change.emplace(s.command->address);
        member = after;
    }
    return change;
}

parked parked_as(dead_letter_id id, domain::dead_letter_status status,
                 const domain::command_parked& first, submission_number by) {
    return {.id = id,
            .status = status,
            .command = first.command.kind,
            .data = first.command.data,
            .attempts = static_cast<int>(first.attempts.size()),
            .submission = by};
}

remediation_fate fate_of(std::optional<domain::dead_letter_status> status,
                         domain::remediation asked) {
    if (!status) return remediation_fate::unknown;
    // The rule is the domain's, so that both logs and whoever asks beforehand say the same.
    switch (domain::decide(*status, asked)) {
    case domain::remediation_verdict::allowed:
        return remediation_fate::done;
    case domain::remediation_verdict::already_done:
        return remediation_fate::already_done;
    case domain::remediation_verdict::closed:
        break;
    }
    return remediation_fate::closed;
}

} // namespace datadrop::eventstore
