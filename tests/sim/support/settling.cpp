#include "tests/sim/support/settling.hpp"

#include "eventstore/settling.hpp"

#include <algorithm>

namespace datadrop::sim {
namespace {

using eventstore::chain;
using eventstore::chain_fate;
using eventstore::written_event;

/// The keys of the events as checks, which tell their holders and write nothing.
chain asking_for_keys(const chain& c) {
    chain asked{.who = c.who, .expected = {}, .steps = {}, .after = {}};
    for (const auto* s : eventstore::steps_in_doubt(c))
        asked.steps.push_back({.command = s->command});
    return asked;
}

std::vector<std::optional<written_event>>
find_keys(eventstore::log& l, eventstore::partition_number partition, const chain& c) {
    const auto asked = asking_for_keys(c);
    std::vector<std::optional<written_event>> found(asked.steps.size());
    if (asked.steps.empty()) return found;
    const auto fates = l.append(partition, {}, {&asked, 1}).fates;
    for (const auto& [step, holder] : fates.front().keys)
        if (const auto* e = std::get_if<eventstore::recorded>(&holder))
            found[step] = {.by = e->submission, .position = e->position};
    return found;
}

} // namespace

std::vector<chain_fate> settled_fates(eventstore::log& l, eventstore::partition_number partition,
                                      const std::vector<chain>& chains) {
    std::vector<chain_fate> fates;
    for (const auto& c : chains)
        fates.push_back(eventstore::settled_fate(c, find_keys(l, partition, c)));
    return fates;
}

bool stands_in(eventstore::log& l, eventstore::dead_letter_id id,
               const domain::dead_letter_event& what) {
    const auto letter = l.dead_letter(id);
    return std::ranges::any_of(letter, [&](const auto& e) { return e.what == what; });
}

} // namespace datadrop::sim
