#pragma once
// The log as the read model needs it: less of each event than the log's own interface gives, so
// that a long log passes by quickly. For projector, rebuild and verify, on the caller's session.
// One thread at a time. Throws connection_lost, statement_refused, corrupt_event.

#include "eventstore/postgres/driver/session.hpp"
#include "eventstore/stored_event.hpp"
#include "projections/winners.hpp"

#include <cstdint>
#include <limits>
#include <vector>

namespace datadrop::projections {

/// A member's event without what is only for the audit trail.
struct member_event {
    eventstore::global_position position{};
    domain::member_id who;
    domain::stream_version version{};
    domain::event what;
    domain::timestamp recorded_at{};
};

/// Events one behind the other. What happens to members and to dead letters does not depend on each
/// other's order.
struct log_page {
    std::vector<member_event> of_members;
    std::vector<eventstore::stored_dead_letter_event> of_letters;
    winners won{}; // of their attempts
};

/// The events of a dead letter, and who had won.
struct letter_log {
    std::vector<eventstore::stored_dead_letter_event> events;
    winners won{};
};

/// Behind `after`, up to and including `end`, which is a position that was given.
struct event_range {
    eventstore::global_position after{};
    eventstore::global_position end{};
};

/// The last position given in a partition.
eventstore::global_position log_end(eventstore::postgres::session& db,
                                    eventstore::partition_number partition);

/// An event that is missing is a corrupt_event, as is one that cannot be read: its position is
/// told.
log_page read_page(eventstore::postgres::session& db, event_range range);

/// Up to and including a position, and no more than so many.
struct stream_bounds {
    eventstore::global_position until{};
    std::int64_t events_max = std::numeric_limits<std::int64_t>::max();
};

/// A member's events, in the partition of `until`.
std::vector<member_event> read_stream(eventstore::postgres::session& db, domain::member_id who,
                                      stream_bounds bounds);

/// The events of a dead letter up to and including a position.
letter_log read_dead_letter(eventstore::postgres::session& db, eventstore::dead_letter_id id,
                            eventstore::global_position end);

/// The same of all dead letters of the position's partition, letter by letter.
log_page read_dead_letters(eventstore::postgres::session& db, eventstore::global_position end);

/// Those of a page's events that are dead letters'.
log_page read_letter_events(eventstore::postgres::session& db, event_range range);

} // namespace datadrop::projections
