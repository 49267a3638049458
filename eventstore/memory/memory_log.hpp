#pragma once
// memory/ is the log in memory, held to the words of eventstore/log.hpp by the same behaviour suite
// as the one on PostgreSQL: for the simulator and for tests of what stands on a log.

#include "eventstore/log.hpp"

#include <functional>
#include <memory>

namespace datadrop::eventstore::memory {

/// What several `log` objects share; lives as long as the last of them. Thread-safe.
class store;

/// A new, empty log with `partitions` (1 … 64) partitions; `now` gives recorded_at. A tail that has
/// moved by more than `followed_max` events is not followed.
std::shared_ptr<store> make_store(int partitions, std::function<domain::timestamp()> now,
                                  std::int64_t followed_max = log::followed_max);

/// What the one holds becomes what the other holds, as if it were restored from that backup: its
/// history is the same for all that a look at it could tell. Both have as many partitions.
void restore(store& into, const store& backup);

/// One connection's worth of it.
std::unique_ptr<log> open_log(std::shared_ptr<store> shared);

/// The address on record of a member, to see that it is kept and erased; nothing when there is
/// none.
std::optional<std::string> address_of(const store& shared, domain::member_id who);

} // namespace datadrop::eventstore::memory
