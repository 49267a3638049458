#include "tests/eventstore/support/follower.hpp"

#include "tests/support/wait.hpp"

#include <iterator>
#include <numeric>
#include <variant>

namespace datadrop::test {

using eventstore::global_position;
using eventstore::stored_event;

global_position position_of(const stored_event& e) {
    return std::visit([](const auto& stored) { return stored.position; }, e);
}

std::vector<std::int64_t> sequences_of(const std::vector<stored_event>& events) {
    std::vector<std::int64_t> sequences;
    for (const auto& e : events)
        sequences.push_back(sequence_of(position_of(e)));
    return sequences;
}

std::vector<std::int64_t> one_to(std::int64_t count) {
    std::vector<std::int64_t> numbers(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), 1);
    return numbers;
}

std::vector<stored_event> all_of(eventstore::log& log, eventstore::partition_number partition) {
    return log.read(partition, eventstore::position_at(partition, 0), 100'000);
}

follower::follower(std::unique_ptr<eventstore::log> from, eventstore::partition_number partition)
    : from_(std::move(from)), thread_([this, partition](const std::stop_token& stopping) {
          while (!stopping.stop_requested())
              read_on(partition);
      }) {}

void follower::read_on(eventstore::partition_number partition) {
    auto at = eventstore::position_at(partition, 0);
    {
        const std::lock_guard lock(mutex_);
        if (!seen_.empty()) at = position_of(seen_.back());
    }
    try {
        auto next = from_->read(partition, at, 10);
        const std::lock_guard lock(mutex_);
        std::move(next.begin(), next.end(), std::back_inserter(seen_));
    } catch (const eventstore::unavailable&) {
        // A reader asks again.
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

std::vector<stored_event> follower::seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
}

void follower::wait_for(std::size_t events) const {
    wait_until([&] { return seen().size() >= events; }, "a reader at the end of the log");
}

} // namespace datadrop::test
