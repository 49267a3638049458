#pragma once
// BEGIN … COMMIT with an owner: what has not been committed when the owner goes out of scope, by
// whatever exception, is rolled back, and its locks with it. One thread at a time; calls block.

#include "eventstore/postgres/driver/session.hpp"

namespace datadrop::eventstore::postgres {

class transaction {
  public:
    /// The session must have none open. Throws as session::run.
    explicit transaction(session& db, isolation level = isolation::read_committed) : db_(db) {
        db_.begin(level);
    }
    ~transaction() { db_.rollback(); }
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;

    /// What it had an effect on is not known after connection_lost.
    void commit() { db_.commit(); }

  private:
    session& db_;
};

} // namespace datadrop::eventstore::postgres
