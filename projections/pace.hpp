#pragma once
// Keeps a rebuild from being felt by those who write. What it goes by is measured, not reckoned: a
// probe does on a connection of its own, again and again, what an append of nothing does (the turn
// to write to a partition, and a commit that is durable), and how long that takes is what an append
// waits now: for its turn, for a core and for the disk. While the bound is broken, the worker rests
// longer after each piece of its work; while it holds, it rests less.
//
// `pace_control` is pure; `pacer` has a thread for the probe, and its `rest` is for every other.

#include "eventstore/position.hpp"
#include "eventstore/postgres/driver/session.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace datadrop::projections {

/// One broken bound doubles the rest, and a hundred that hold halve it: so about one append in a
/// hundred is above the bound.
class pace_control {
  public:
    using duration = std::chrono::microseconds;

    explicit pace_control(duration bound) : bound_(bound) {}

    void measured(duration wait);
    /// After each piece of work; at most a second, so that whatever the bound the work ends.
    duration rest() const { return rest_; }

  private:
    duration bound_;
    duration rest_{5'000};
};

/// Events, or rows, between two rests.
inline constexpr std::int64_t paced_piece = 2'000;

class pacer {
  public:
    /// Connects. Throws connection_lost, statement_refused.
    pacer(const eventstore::postgres::session::options& database, int partitions,
          std::chrono::milliseconds bound);
    ~pacer();

    void rest();

  private:
    void probe();

    eventstore::postgres::session db_;
    const int partitions_;
    std::mutex mutex_; // guards the rest
    std::condition_variable turn_;
    pace_control control_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace datadrop::projections
