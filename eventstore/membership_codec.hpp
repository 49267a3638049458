#pragma once
// The stored form of a member's event: FlatBuffers of schemas/membership_events.fbs. Pure; every
// thread.

#include "domain/membership.hpp"
#include "schemas/membership_events_generated.h"

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace datadrop::eventstore {

/// Bytes of the log that no version of this program has written.
struct corrupt_event : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The same bytes for the same payload.
std::vector<std::uint8_t> encode(const domain::payload& data);

/// From bytes at any address. Throws corrupt_event.
domain::payload decode_payload(std::span<const std::uint8_t> given);

/// A payload as a part of another message.
flatbuffers::Offset<stored::MembershipPayload> put(flatbuffers::FlatBufferBuilder& out,
                                                   const domain::payload& data);
/// Throws corrupt_event.
domain::payload take(const stored::MembershipPayload& from);

/// The enumerator of a stored number. Throws corrupt_event.
template <typename Enum>
Enum enumerator(std::int64_t number) {
    const auto value = domain::from_number<Enum>(number);
    if (!value)
        throw corrupt_event("a stored number stands for nothing: " + std::to_string(number));
    return *value;
}

} // namespace datadrop::eventstore
