#pragma once
// The right to work on the read model's tables, which one has at a time, and the word to readers of
// who it is, what he is at and how far he is. On a connection of its own besides, since the
// worker's transaction is long. One thread; blocks. Throws connection_lost, statement_refused.

#include "eventstore/postgres/driver/session.hpp"
#include "projections/rebuild.hpp"

#include <chrono>

namespace datadrop::projections {

class rebuild_board {
  public:
    /// Throws rebuild_under_way, saying who, when somebody else has the right.
    explicit rebuild_board(eventstore::postgres::session& worker);
    /// What a killed one would leave goes with it, and the right.
    ~rebuild_board();
    rebuild_board(const rebuild_board&) = delete;
    rebuild_board& operator=(const rebuild_board&) = delete;

    /// A partition begins.
    void start(const progress& p);
    /// Tells readers, not more often than anybody would look.
    void move(const progress& p);

  private:
    void report(const progress& p);

    eventstore::postgres::session& worker_; // whose lock the right is
    eventstore::postgres::session db_;
    rebuild_phase phase_{};
    std::chrono::steady_clock::time_point next_{};
};

} // namespace datadrop::projections
