#pragma once
// The cheap proof: members folded afresh from their own streams and compared with their rows, each
// partition's in one snapshot, so that what the projector has not come to is no difference. Costs
// the same on a long log. On the caller's session; one thread. Throws connection_lost,
// statement_refused, corrupt_event.

#include "projections/difference.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace datadrop::projections {

/// At most so many members of a partition, at random: half are those of random events, which finds
/// rows that are missing, and the others are on random pages of the table, which finds rows that
/// should not be there.
std::vector<domain::member_id> draw_members(eventstore::postgres::session& db,
                                            eventstore::partition_number partition,
                                            std::size_t count);

struct members_checked {
    std::int64_t members = 0;
    std::int64_t events = 0;  // that were folded
    std::int64_t skipped = 0; // members with a longer stream
    std::vector<difference> differences;
};

/// Members of one partition. One with more events than that is not folded.
members_checked
check_members(eventstore::postgres::session& db, eventstore::partition_number partition,
              std::span<const domain::member_id> members,
              std::int64_t events_max = std::numeric_limits<std::int64_t>::max() - 1);

} // namespace datadrop::projections
