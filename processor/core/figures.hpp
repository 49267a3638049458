#pragma once
// What the core counts. A value.

#include <cstdint>

namespace datadrop::processor {

/// Counters since the start.
struct core_figures {
    std::uint64_t appends = 0;
    std::uint64_t appended_chains = 0;
    std::uint64_t conflicts = 0; // attempts that met another head or a stale expectation
    std::uint64_t reservations = 0;
    std::uint64_t parked = 0;
};

} // namespace datadrop::processor
