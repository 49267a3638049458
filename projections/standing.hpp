#pragma once
// Where the log and the read model stand, asked of the database: here and nowhere else. On the
// caller's session. Throws connection_lost, statement_refused, unexpected_value.

#include "eventstore/position.hpp"
#include "eventstore/postgres/driver/session.hpp"

#include <cstdint>

namespace datadrop::projections {

/// Of all partitions, in one snapshot.
struct standing {
    eventstore::cursor log;
    eventstore::cursor read_model;
};
standing read_standing(eventstore::postgres::session& db, int partitions);

/// Of the read model alone, which is asked again and again while somebody waits.
eventstore::cursor read_checkpoints(eventstore::postgres::session& db, int partitions);

/// One partition's, and how old the oldest event is that is not shown yet.
struct partition_standing {
    eventstore::global_position log{};
    eventstore::global_position read_model{};
    std::int64_t lag_seconds = 0;
};
partition_standing read_lag(eventstore::postgres::session& db,
                            eventstore::partition_number partition);

} // namespace datadrop::projections
