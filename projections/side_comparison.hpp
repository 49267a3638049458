#pragma once
// The tables in service against a fold of the log, on a session and a thread of its own, so that
// the new ones are filled meanwhile. Used by one thread. Throws connection_lost, statement_refused,
// corrupt_event.

#include "eventstore/postgres/driver/transaction.hpp"
#include "projections/comparison.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <vector>

namespace datadrop::projections {

class side_comparison {
  public:
    /// Connects, and takes the snapshot that is compared.
    side_comparison(const eventstore::postgres::session::options& o,
                    eventstore::partition_number partition);
    /// Gives up, and waits for that.
    ~side_comparison();

    /// Where the tables stand in the snapshot: the log is to be folded up to there or beyond.
    eventstore::global_position checkpoint() const { return checkpoint_; }

    /// The fold stays as it is until the end. `between` is called on the other thread now and then.
    void start(const log_folder& log, std::function<void()> between);

    bool is_over_within(std::chrono::milliseconds time);
    /// All rows that differ, explained; once, after the start. Blocks, and the tables are not held
    /// any more.
    std::vector<difference> found() { return found_.get(); }

  private:
    std::vector<difference> compare(const log_folder& log, const std::function<void()>& between);

    eventstore::postgres::session db_;
    std::optional<eventstore::postgres::transaction> snapshot_{};
    eventstore::global_position checkpoint_{};
    std::atomic<bool> is_given_up_ = false;
    std::future<std::vector<difference>> found_{}; // going first, it waits for its thread
};

} // namespace datadrop::projections
