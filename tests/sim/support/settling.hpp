#pragma once
// How a write in doubt is looked up, as eventstore/postgres/postgres_log.cpp does it, on a log that
// is reached through its interface; what is found is judged by eventstore/settling. One thread.

#include "eventstore/log.hpp"

#include <vector>

namespace datadrop::sim {

/// What became of chains whose transaction is over.
std::vector<eventstore::chain_fate> settled_fates(eventstore::log& l,
                                                  eventstore::partition_number partition,
                                                  const std::vector<eventstore::chain>& chains);

/// Whether this very event is one of the dead letter's.
bool stands_in(eventstore::log& l, eventstore::dead_letter_id id,
               const domain::dead_letter_event& what);

} // namespace datadrop::sim
