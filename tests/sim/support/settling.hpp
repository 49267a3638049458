#pragma once
// How a write in doubt is looked up, as eventstore/postgres/postgres_log.cpp does it, on a log that
// is read through its interface. One thread.

#include "eventstore/log.hpp"

#include <vector>

namespace datadrop::sim {

/// What became of chains whose transaction is over: appended, not_written, or key_found when they
/// had steps that were only to be checked.
std::vector<eventstore::chain_fate> settled_fates(eventstore::log& l, int partition,
                                                  const std::vector<eventstore::chain>& chains);

/// Parking was repeated: what the first time has parked is found then, and is ours when it is the
/// very same event.
void claim_own(eventstore::log& l, const std::vector<eventstore::parking>& commands,
               std::vector<eventstore::park_fate>& fates);

/// Whether this very event is one of the dead letter's.
bool stands_in(eventstore::log& l, eventstore::dead_letter_id id,
               const domain::dead_letter_event& what);

} // namespace datadrop::sim
