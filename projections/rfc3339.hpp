#pragma once
// Times as clients read and write them: RFC 3339. Pure; every thread.

#include "domain/ids.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace datadrop::projections {

/// In UTC with microseconds: 2024-09-01T10:11:12.345000Z. For the years 0001 to 9999.
std::string to_text(domain::timestamp t);

/// RFC 3339's date-time with Z or an offset; of a fraction the microseconds are kept. Nothing for
/// any other text, for a day that no calendar has, for a time outside the years 0001 to 9999 in
/// UTC, and for a leap second (:60), which neither PostgreSQL nor a `timestamp` can hold.
std::optional<domain::timestamp> parse_timestamp(std::string_view text);

} // namespace datadrop::projections
