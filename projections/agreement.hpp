#pragma once
// Whether the read model can be of this log. One that is ahead of it, or has rows of a log without
// an event, was left behind by another. One thread; blocks.

#include "eventstore/postgres/driver/session.hpp"

#include <optional>
#include <string>

namespace datadrop::projections {

/// What does not agree, with both numbers, and the remedies; nothing when all does. Costs the same
/// for a long log. Throws connection_lost, statement_refused.
[[nodiscard]] std::optional<std::string> disagreement_with_log(eventstore::postgres::session& db);

} // namespace datadrop::projections
