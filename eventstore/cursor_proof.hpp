#pragma once
// Reading on from a cursor, and being told when it is not of this log's history: a database that
// was restored to an earlier moment, or failed over to a standby that lacked the end, gives
// positions again to other events. The event at each position of a cursor is looked up with what
// is read, and compared by its check. So it is noticed at the first read, however it came about,
// and whoever reads needs to know nothing of connections.
//
// Failures: as eventstore/log.hpp. Thread rule: the log's.

#include "eventstore/log.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace datadrop::eventstore {

/// At most `limit` events of a partition behind where the cursor stands in it, in order. Nothing
/// when the event there has another check, or is beyond the log's end. A position without a check
/// is taken for what is there. With a filter those that it wants, and perhaps one more that tells
/// how far was looked: none are left out up to the last.
[[nodiscard]] std::optional<std::vector<stored_event>> read_on(log& from, const cursor& at,
                                                               partition_number partition,
                                                               std::size_t limit,
                                                               const event_filter& wanted = {});

/// The cursor with all its checks; nothing when one of its positions is not of this log's history.
[[nodiscard]] std::optional<cursor> proven(log& in, const cursor& at);

/// Where the log ends, with checks.
cursor proven_tails(log& of);

/// Whether the log has given the position; yes for the beginning of a partition.
bool has_position(log& in, global_position position);

} // namespace datadrop::eventstore
