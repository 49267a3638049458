#pragma once
// How much of the database a call touches, counted by the server: a page once for each time that it
// is looked at, cached or not. So a test tells what grows, however busy the machine is.

#include "eventstore/postgres/driver/session.hpp"

#include <cstdint>
#include <string>

namespace datadrop::test {

/// Of the tables and indexes of datadrop, so far in the session's transaction.
std::int64_t buffers_touched_so_far(eventstore::postgres::session& db);

/// Runs in a transaction of its own, which is committed.
template <typename Run>
std::int64_t buffers_touched(eventstore::postgres::session& db, Run&& run) {
    db.begin();
    const auto before = buffers_touched_so_far(db);
    run();
    const auto after = buffers_touched_so_far(db);
    db.commit();
    return after - before;
}

/// A transaction that somebody began and forgot, for as long as the object lives: what it may see,
/// nobody removes.
class held_snapshot {
  public:
    explicit held_snapshot(const std::string& database);

  private:
    eventstore::postgres::session db_;
};

} // namespace datadrop::test
