#pragma once
// What is due and what is under way in one partition. Data of the machine; one thread at a time.

#include "processor/core/known_tail.hpp"
#include "processor/core/turns.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace datadrop::processor {

/// Writes of a partition go one after the other, and the kinds of them take turns.
enum class write_kind : std::uint8_t { park, failure_record, append };

struct partition_work {
    known_tail known{};
    era load_asked{};       // the era in which the load under way was asked for …
    era write_asked{};      // … and the reservation or append
    bool writing = false;   // reservation, append, park or failure record
    bool reserving = false; // the tail is locked, or about to be
    write_kind next_write{};
    lane_turns ready{};
    lane_turns contending{};
    std::vector<lane*> appending{}; // in the order of the chains under way
    std::vector<lane*> reserved{};  // in the order of the reservation's heads
    lane_turns to_load{};
    std::vector<lane*> loading{}; // in the order of the load under way
    item_turns<leaving> to_park{};
    std::vector<leaving> parking{}; // in the order of the park under way
    item_turns<failed_redrive> failed{};
    std::optional<failed_redrive> recording{};
};

} // namespace datadrop::processor
