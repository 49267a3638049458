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

/// An append under way.
struct append_work {
    std::vector<lane*> lanes;                       // in the order of its chains
    era asked{};                                    // the era in which it was asked for
    std::optional<eventstore::append_plan> ahead{}; // for one behind it; nothing: none may be
};

struct partition_work {
    known_tail known{};
    era load_asked{};                   // the era in which the load under way was asked for …
    era reserve_asked{};                // … and the reservation
    bool writing = false;               // reservation, park or failure record
    bool reserving = false;             // the tail is locked, or about to be
    std::vector<append_work> appends{}; // under way, the older first; while none is writing
    write_kind next_write{};
    lane_turns ready{};
    lane_turns contending{};
    std::vector<lane*> chosen{};   // for the append that is being made up
    std::vector<lane*> reserved{}; // in the order of the reservation's heads
    lane_turns to_load{};
    std::vector<lane*> loading{}; // in the order of the load under way
    item_turns<leaving> to_park{};
    std::vector<leaving> parking{}; // in the order of the park under way
    item_turns<failed_redrive> failed{};
    std::optional<failed_redrive> recording{};

    bool is_free() const { return !writing && appends.empty(); }
    /// Another append may go behind the one that is under way. It has to be worth its while: many
    /// small ones cost more than a few that wait. And the other kinds have their turns.
    bool has_followers() const {
        return !appends.empty() && appends.back().ahead && to_park.empty() && failed.empty() &&
               contending.empty() && !ready.empty() &&
               2 * ready.size() >= appends.front().lanes.size();
    }
    /// What the next append may expect.
    std::optional<eventstore::expectation> expected() const {
        if (!known.at()) return std::nullopt;
        if (appends.empty()) return *known.at();
        return eventstore::expectation(*known.at(), appends.front().ahead);
    }
};

} // namespace datadrop::processor
