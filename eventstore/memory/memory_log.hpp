#pragma once
// memory/ is the log in memory, held to the words of eventstore/log.hpp by the same behaviour suite
// as the one on PostgreSQL: for the simulator and for tests of what stands on a log.

#include "eventstore/log.hpp"

#include <functional>
#include <memory>

namespace datadrop::eventstore::memory {

/// What several `log` objects share; lives as long as the last of them. Thread-safe.
class store;

/// A new, empty log with `partitions` (1 … 64) partitions; `now` gives recorded_at.
std::shared_ptr<store> make_store(int partitions, std::function<domain::timestamp()> now);

/// One connection's worth of it.
std::unique_ptr<log> open_log(std::shared_ptr<store> shared);

/// The address on record of a member, to see that it is kept and erased; nothing when there is
/// none.
std::optional<std::string> address_of(const store& shared, domain::member_id who);

} // namespace datadrop::eventstore::memory
