#pragma once
// Rows of the read model's tables, in and out of PostgreSQL. Each call is of one partition, on the
// caller's session and in the caller's transaction. Throws connection_lost, statement_refused.

#include "eventstore/postgres/driver/session.hpp"
#include "projections/fold.hpp"
#include "projections/read_model.hpp"

#include <functional>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace datadrop::projections {

enum class generation : std::uint8_t {
    in_service,
    next, // the tables that a rebuild fills
};

eventstore::global_position checkpoint(eventstore::postgres::session& db,
                                       eventstore::partition_number partition);
/// Waits for whoever writes rows of the partition; nobody else does until the transaction ends.
eventstore::global_position lock_checkpoint(eventstore::postgres::session& db,
                                            eventstore::partition_number partition);
void move_checkpoint(eventstore::postgres::session& db, eventstore::global_position to);

/// The row of an answer with the columns of members.sql. Throws unexpected_value for a state that
/// the domain does not know.
member_row member_in(const eventstore::postgres::rows& answer, std::size_t row);

/// Those of the members that have a row.
std::vector<member_row> load_members(eventstore::postgres::session& db,
                                     eventstore::partition_number partition,
                                     std::span<const domain::member_id> wanted);

/// A row as it stands in the table, where the state may be anything.
struct member_columns {
    domain::member_id who;
    std::string_view state;
    std::int64_t version = 0;
    std::int64_t lifecycle = 0;
    bool has_email = false;
    domain::timestamp updated_at{};
    std::int64_t position = 0;
    bool operator==(const member_columns&) const = default;
};
member_columns columns_of(const member_row& row);
/// Throws unexpected_value as member_in.
member_row row_of(const member_columns& columns);

/// A statement about one of the tables in service for the table of a generation, which has the same
/// columns.
std::string in_generation(generation which, std::string_view sql);

/// Hands over the rows in service, at most `limit` of them, in no order; the text of one lasts for
/// the call.
void read_members(eventstore::postgres::session& db, eventstore::partition_number partition,
                  const std::function<void(const member_columns&)>& each,
                  std::int64_t limit = std::numeric_limits<std::int64_t>::max());

/// Hands over a member's row in service, when there is one.
void read_member(eventstore::postgres::session& db, eventstore::partition_number partition,
                 domain::member_id who, const std::function<void(const member_columns&)>& each);

/// Hands over rows in service of all partitions, at most `limit`: each partition's share of it, and
/// what those before it have left of theirs.
void read_share_of_members(eventstore::postgres::session& db, int partitions,
                           const std::function<void(const member_columns&)>& each,
                           std::int64_t limit);

/// The first rows of the next generation; `between` is called now and then, and may throw.
void fill_next_members(eventstore::postgres::session& db, eventstore::partition_number partition,
                       std::span<const member_row> rows, const std::function<void()>& between);
/// As read_members.
void read_next_members(eventstore::postgres::session& db,
                       const std::function<void(const member_columns&)>& each);

/// The journal of a rebuild (projections/kept_fold.hpp).
void fill_kept_members(eventstore::postgres::session& db, eventstore::partition_number partition,
                       std::span<const member_row> rows);
void read_kept_members(eventstore::postgres::session& db, eventstore::partition_number partition,
                       const std::function<void(const member_row&)>& each);

/// What a rebuild has kept to switch back to, by partition.
std::vector<previous_tables> read_previous(eventstore::postgres::session& db);

/// Of a partition's members, by what their events say of them.
struct projection_move {
    eventstore::global_position from{};
    std::int64_t generation = 0;
    eventstore::global_position to{};
    bool letters_follow = false; // the caller writes dead letters' rows in the same transaction
};
/// Nothing is written but when it says so.
enum class projected : std::uint8_t {
    written,
    overtaken,           // checkpoint or tables are not those any more
    not_without_letters, // there are dead letters' events, and nobody writes them
    not_without_a_fold,  // an event does not say it alone, or is missing
};
[[nodiscard]] projected project(eventstore::postgres::session& db, const projection_move& move);

/// New rows, and new values of rows that are there.
void write(eventstore::postgres::session& db, generation into,
           eventstore::partition_number partition, std::span<const member_row> rows);
void write(eventstore::postgres::session& db, generation into,
           eventstore::partition_number partition, std::span<const dead_letter_row> rows);

} // namespace datadrop::projections
