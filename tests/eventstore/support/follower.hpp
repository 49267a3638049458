#pragma once
// A reader that follows a partition on a thread of its own, as a feed does: always behind the last
// event that it has seen, and through every failure of the database.

#include "eventstore/log.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace datadrop::test {

eventstore::global_position position_of(const eventstore::stored_event& e);

/// The sequences of events, in the order in which they came: 1, 2, 3, … for a reader of all.
std::vector<std::int64_t> sequences_of(const std::vector<eventstore::stored_event>& events);

/// 1 … count
std::vector<std::int64_t> one_to(std::int64_t count);

/// All events of a partition, at once.
std::vector<eventstore::stored_event> all_of(eventstore::log& log,
                                             eventstore::partition_number partition = {});

class follower {
  public:
    follower(std::unique_ptr<eventstore::log> from, eventstore::partition_number partition);

    /// What it has seen by now.
    std::vector<eventstore::stored_event> seen() const;

    /// Returns once it has read that many. Throws std::runtime_error when it does not.
    void wait_for(std::size_t events) const;

  private:
    void read_on(eventstore::partition_number partition);

    std::unique_ptr<eventstore::log> from_; // the thread's
    mutable std::mutex mutex_;              // guards seen_
    std::vector<eventstore::stored_event> seen_;
    std::jthread thread_;
};

} // namespace datadrop::test
