#pragma once
// The stored form of a dead letter's event: FlatBuffers of schemas/dead_letter_events.fbs, with the
// command as it was received but for its address. Pure; every thread.

#include "domain/dead_letter.hpp"
#include "eventstore/membership_codec.hpp"

namespace datadrop::eventstore {

/// The same bytes for the same event.
std::vector<std::uint8_t> encode(const domain::dead_letter_event& happened);

/// From bytes at any address. Throws corrupt_event.
domain::dead_letter_event decode_dead_letter_event(std::span<const std::uint8_t> given);

} // namespace datadrop::eventstore
