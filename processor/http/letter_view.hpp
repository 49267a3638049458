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

/// The record (projections/letter_record.hpp) of a letter by its events, which there are.
boost::json::object read_record(reader& from, letter_events events);

/// What became of the member since the letter was parked: the last of its events, at most
/// since_events_max.
boost::json::array read_since(reader& from, letter_events events);

/// {"dead_letter", "would", "since"}: would is what a redrive would be answered.
boost::json::object read_preview(reader& from, const redrive_preview& seen);

} // namespace datadrop::processor::http
