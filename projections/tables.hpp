#pragma once
// Rows of the read model's tables, in and out of PostgreSQL. Each call is of one partition, on the
// caller's session and in the caller's transaction. Throws connection_lost, statement_refused.

#include "eventstore/postgres/session.hpp"
#include "projections/fold.hpp"
#include "projections/read_model.hpp"

#include <set>
#include <span>
#include <vector>

namespace datadrop::projections {

enum class generation : std::uint8_t {
    in_service,
    next, // the tables that a rebuild fills
};

eventstore::global_position checkpoint(eventstore::postgres::session& db, int partition);
/// Waits for whoever writes rows of the partition; nobody else does until the transaction ends.
eventstore::global_position lock_checkpoint(eventstore::postgres::session& db, int partition);
void move_checkpoint(eventstore::postgres::session& db, eventstore::global_position to);

/// The row of an answer with the columns of members.sql. Throws std::logic_error for a state that
/// the domain does not know.
member_row member_in(const eventstore::postgres::rows& answer, std::size_t row);

/// Those of the members that have a row.
std::vector<member_row> load_members(eventstore::postgres::session& db, int partition,
                                     const std::set<domain::member_id>& wanted);

/// New rows, and new values of rows that are there.
void write(eventstore::postgres::session& db, generation into, int partition,
           std::span<const member_row> rows);
void write(eventstore::postgres::session& db, generation into, int partition,
           std::span<const dead_letter_row> rows);

} // namespace datadrop::projections
