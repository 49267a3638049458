#pragma once
// What is due and what is under way in one partition. Data of the machine; one thread at a time.

#include "processor/core/lane.hpp"
#include "processor/core/outcome.hpp"

#include <deque>
#include <vector>

namespace datadrop::processor {

/// A command that left its lane's order: it waits aside, or goes to the dead letters.
struct leaving {
    lane* of;
    entry_ptr command;
};

/// A redrive that failed, until the log has noted it.
struct failed_redrive {
    lane* of;
    entry_ptr command;
    outcome result;
};

struct partition_work {
    bool writing = false;           // reservation, append, park or failure record
    bool reserving = false;         // the tail is locked, or about to be
    std::deque<lane*> ready{};      // lanes with something to decide, in order of need
    std::vector<lane*> appending{}; // in the order of the chains under way
    std::vector<lane*> reserved{};  // in the order of the reservation's heads
    std::deque<lane*> to_load{};
    std::vector<lane*> loading{}; // in the order of the load under way
    std::deque<leaving> to_park{};
    std::vector<leaving> parking{};      // in the order of the park under way
    std::deque<failed_redrive> failed{}; // the first is being recorded, if any is
};

} // namespace datadrop::processor
