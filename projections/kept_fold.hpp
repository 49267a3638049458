#pragma once
// What a rebuild has folded so far, kept in the database, so that the next one goes on there when
// it is killed. Members are kept as a journal: each time the rows that changed since, behind those
// of before. Dead letters are few and read again from the log.
//
// What is kept counts only for the same program, since another may fold otherwise. The table does
// not survive a crash of PostgreSQL, or come with a standby: the number of its rows tells.
//
// One thread; blocks. Throws connection_lost, statement_refused, corrupt_event.

#include "projections/fold.hpp"

#include <optional>

namespace datadrop::projections {

class kept_fold {
  public:
    kept_fold(eventstore::postgres::session& db, eventstore::partition_number partition)
        : db_(db), partition_(partition), kept_to_(eventstore::position_at(partition, 0)) {}

    /// Puts what is kept into a new fold and gives the position that it came to; nothing when there
    /// is none that counts, and then none is kept.
    std::optional<eventstore::global_position> take_up(fold& rows);

    /// Keeps what changed since the last call, or since take_up.
    void keep(const fold& rows, eventstore::global_position at);

  private:
    std::optional<eventstore::global_position> kept_position();
    bool take_members(fold& rows, std::int64_t count);
    void drop();

    eventstore::postgres::session& db_;
    eventstore::partition_number partition_;
    eventstore::global_position kept_to_;
    std::int64_t kept_rows_ = 0;
};

} // namespace datadrop::projections
