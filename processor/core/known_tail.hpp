#pragma once
// Up to where this process knows a partition of the log exactly, so that one comparison of the tail
// proves all that it knows.
//
// The rule: a head that is exact was the member's, and no key of the member was parked, at the tail
// told here or later. It stays so while the tail moves by what is told: one's own writes, and those
// of others that an append tells. What leaves a gap (a tail that moved too far, another history, a
// new connection, which may lead to another) ends an era: what was learned in it is a hint.
//
// No threads: data of the machine.

#include "eventstore/answers.hpp"

#include <cstdint>
#include <optional>

namespace datadrop::processor {

/// Of one partition, counted from 1.
enum class era : std::uint64_t {
    none = 0, // what belongs to it is a hint
};

class known_tail {
  public:
    /// Nothing is exact any more.
    void begin_era();

    era now() const { return now_; }
    /// What an append may expect; nothing when nothing is exact.
    const std::optional<eventstore::log_point>& at() const { return at_; }
    bool is_exact(era learned) const { return at_ && learned == now_; }

    // What came of a call that was asked for in an era. Each gives the era in which what it tells
    // of members is exact.

    era learn(const eventstore::members_seen& seen, era asked);
    /// Of others it tells whom the caller has to follow.
    era learn(const eventstore::append_result& told, era asked);

  private:
    bool is_of_now(const std::optional<eventstore::log_point>& at, era asked);

    std::optional<eventstore::log_point> at_;
    era now_{1};
};

} // namespace datadrop::processor
