#pragma once
// Whether a database holds a whole log, or parts that do not belong together: as after `pg_restore
// --data-only` into a schema that `datadrop migrate` made, where the events arrive and what stands
// there already stays. One thread; calls block.

#include "eventstore/postgres/driver/session.hpp"

namespace datadrop::eventstore::postgres {

/// Throws schema_failure, with both of what does not agree: the number of partitions and those that
/// events are in, the first position and 1, dead letters and their keys, the key of the
/// fingerprints and the addresses, and that nothing keeps events from
/// being changed. Looks at the ends of indexes only, so that a long log costs no more than a short
/// one. For a current schema. Throws connection_lost, statement_refused.
void require_whole_log(session& db);

/// The same for every dead letter and its key, which takes as long as there are many.
void require_all_keys(session& db);

} // namespace datadrop::eventstore::postgres
