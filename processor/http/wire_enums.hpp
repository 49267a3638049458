#pragma once
// Enumerations of the FlatBuffers messages: each enumerator stands one behind the domain's number,
// since 0 is what is missing. Constants, for every thread.

#include "domain/enum_names.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace datadrop::processor::http {

template <typename Wire, domain::named Enum>
constexpr Wire to_wire(Enum value) {
    static_assert(static_cast<std::size_t>(Wire::MAX) >= domain::count_of<Enum>,
                  "the schema has each of the domain's enumerators");
    return static_cast<Wire>(domain::number_of(value) + 1);
}

/// Nothing for what is missing, and for a number that no enumerator has.
template <typename Enum, typename Wire>
constexpr std::optional<Enum> from_wire(Wire given) {
    return domain::from_number<Enum>(static_cast<std::int64_t>(given) - 1);
}

} // namespace datadrop::processor::http
