#pragma once
// Holds the appends of one member open at their very end: all is written, the tail is theirs, and
// only the commit is to come. For tests of what others see meanwhile, and of what becomes of a
// writer that is cut off there. It works on every writer of the database, in other processes too.
//
// One thread; the destructor lets go.

#include "domain/ids.hpp"
#include "eventstore/postgres/driver/session.hpp"

#include <string>

namespace datadrop::test {

class append_gate {
  public:
    append_gate(const std::string& database, domain::member_id who);

    /// Waits until an append is held, and gives the process id of its backend. Throws
    /// std::runtime_error when none comes.
    int held();

    /// The held append, and those to come, may commit.
    void let_go();

    /// The held append is rolled back: its statement is cancelled.
    void turn_back();

  private:
    eventstore::postgres::session db_;
};

/// Waits until that many transactions of the session's database wait for a partition's tail.
void wait_for_queue(eventstore::postgres::session& db, std::size_t writers);

} // namespace datadrop::test
