#pragma once
// What became of a write in doubt: its connection was lost, its transaction is over one way or the
// other, and its keys have been looked up. The same judgement for every log and for the simulator.
// Pure; every thread.

#include "eventstore/answers.hpp"

#include <optional>
#include <span>
#include <vector>

namespace datadrop::eventstore {

/// The event that was found under a key: whose submission wrote it, and where it stands.
struct written_event {
    submission_number by{};
    global_position position{};
};

/// The steps of a chain that have an event, whose keys are to be looked up, in order.
std::vector<const step*> steps_in_doubt(const chain& c);

/// What became of the chain, `found` being what each of those keys holds: appended when its own
/// submissions wrote the events, and then whatever it was to check was checked with them; otherwise
/// not_written, also when others have used the keys.
[[nodiscard]] chain_fate settled_fate(const chain& c,
                                      std::span<const std::optional<written_event>> found);

/// Parkings were repeated: what the first time had parked is found then, and becomes the parking's
/// own when its submission had parked it.
void claim_own(std::span<const parking> commands, std::span<park_fate> fates);

} // namespace datadrop::eventstore
