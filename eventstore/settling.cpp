#include "eventstore/settling.hpp"

namespace datadrop::eventstore {

std::vector<const step*> steps_in_doubt(const chain& c) {
    std::vector<const step*> steps;
    for (const auto& s : c.steps)
        if (s.event) steps.push_back(&s);
    return steps;
}

chain_fate settled_fate(const chain& c, std::span<const std::optional<written_event>> found) {
    // One transaction wrote all events of a chain or none, so any that is missing, or another's,
    // means that ours was not committed. A chain that was only checked has nothing to be found by:
    // it is not written, and judged anew.
    const auto wanted = steps_in_doubt(c);
    bool written = !wanted.empty();
    for (std::size_t i = 0; i < wanted.size(); ++i)
        written = written && found[i] && found[i]->by == wanted[i]->submission;
    if (!written) return {.what = fate::not_written};
    return {.what = fate::appended,
            .found = c.after,
            .first = found.front()->position,
            .has_parked_keys = true}; // nobody has looked
}

void claim_own(std::span<const parking> commands, std::span<park_fate> fates) {
    // The same key may be under way twice: only the submission tells whether what the second call
    // found is what the first one of this parking left, or another's.
    for (std::size_t i = 0; i < fates.size(); ++i) {
        const auto* held = fates[i].holder ? std::get_if<parked>(&*fates[i].holder) : nullptr;
        if (held == nullptr || held->submission != commands[i].submission) continue;
        fates[i].id = held->id;
        fates[i].holder.reset();
    }
}

} // namespace datadrop::eventstore
