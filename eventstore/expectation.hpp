#pragma once
// What a writer expects of the partition that it writes to. Values; every thread.

#include "eventstore/position.hpp"
#include "eventstore/writes.hpp"

#include <cstdint>
#include <optional>

namespace datadrop::eventstore {

/// A place in a log's history: its last event as somebody saw it. A log that was restored, or a
/// standby that lacked the end, gives positions again to other events: its history is another.
struct log_point {
    std::int64_t history = 0;
    global_position tail{};
    bool operator==(const log_point&) const = default;
};

/// What an append writes when nothing stands in its way: how many events, and the submissions of
/// the first and the last of them, by which they are known again.
struct append_plan {
    std::int64_t events = 0;
    submission_number first{};
    submission_number last{};
    bool operator==(const append_plan&) const = default;
};

/// The partition is at a point, or, behind an append of the writer's own whose answer has not come
/// yet, will be where that one leaves it. When that one went otherwise, what is expected is that
/// nobody else has written since the point.
struct expectation {
    expectation(log_point at_, std::optional<append_plan> ahead_ = std::nullopt)
        : at(at_), ahead(ahead_) {}

    log_point at;
    std::optional<append_plan> ahead;
    bool operator==(const expectation&) const = default;
};

} // namespace datadrop::eventstore
