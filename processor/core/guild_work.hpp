#pragma once
// What one guild has under way in the process, and its places in its partition's turns: so that
// what holds for one guild holds beside another's flood. Data of the machine; one thread at a time.

#include "processor/core/turns.hpp"

#include <cstddef>

namespace datadrop::processor {

struct guild_work {
    std::size_t under_way = 0; // commands admitted and not yet answered
    lane_line ready{};         // lanes with something to decide
    lane_line contending{};    // those that reserve the tail for it
    lane_line to_load{};       // lanes whose head is not known
    item_line<leaving> to_park{};
    item_line<failed_redrive> failed{}; // to be noted
};

} // namespace datadrop::processor
