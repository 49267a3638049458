#pragma once
// What a dead letter's routes answer with: its record as of now. For a reader's thread; blocks.
// Throws eventstore::unavailable, eventstore::corrupt_event.

#include "processor/service/reader.hpp"
#include "processor/service/remediation.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <span>

namespace datadrop::processor::http {

using letter_events = std::span<const eventstore::stored_dead_letter_event>;

/// Where the member of a letter stands now; of its events, which there are, as in all that follows.
eventstore::head read_head(reader& from, letter_events events);

/// The record (projections/letter_record.hpp) of a letter whose member stands at `now`.
boost::json::object read_record(reader& from, letter_events events, const eventstore::head& now);

/// What became of the member from when the letter was parked until `now`: the last of its events,
/// at most since_events_max.
boost::json::array read_since(reader& from, letter_events events, const eventstore::head& now);

/// {"dead_letter", "would", "since"}: would is what a redrive would be answered.
boost::json::object read_preview(reader& from, const redrive_preview& seen);

} // namespace datadrop::processor::http
