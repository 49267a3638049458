#pragma once
// Events as the feed tells them, but for their ids, which are each reader's own: so one text serves
// all readers. Values; every thread.

#include "eventstore/event_filter.hpp"
#include "eventstore/position.hpp"
#include "eventstore/stored_event.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace datadrop::processor::http {

struct feed_event {
    eventstore::global_position position{};
    eventstore::position_check check{};
    domain::guild_id guild{};
    std::optional<domain::event_kind> kind{}; // none of a dead letter's event, which is not told
    std::string text{};                       // the lines behind `id:`, an empty one at the end
};

std::vector<feed_event> feed_events(std::span<const eventstore::stored_event> events);

/// What of events of one partition is told to a reader.
struct feed_part {
    std::string text;      // with ids
    std::size_t taken = 0; // of the events: those that are told, and those that nobody wants
};

/// Of those that are wanted, as many as fit into `bytes` (one at least); moves the cursor behind
/// what is taken.
feed_part tell(std::span<const feed_event> events, const eventstore::event_filter& wanted,
               std::size_t bytes, eventstore::cursor& at);

} // namespace datadrop::processor::http
