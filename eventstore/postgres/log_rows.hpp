#pragma once
// What the log's statements answer: heads, fates, holders of keys and stored events out of rows.
// Throws corrupt_event for rows that stand for nothing, unexpected_value for values of another
// form. For postgres_log. Pure; every thread.

#include "eventstore/log.hpp"
#include "eventstore/postgres/driver/rows.hpp"
#include "eventstore/postgres/log_arguments.hpp"
#include "eventstore/settling.hpp"

#include <optional>
#include <vector>

namespace datadrop::eventstore::postgres {

/// Of load_heads and reserve.
members_seen members_in(const rows& answer);

/// Of append or redrive, the fate of chain number n at n - 1.
append_result append_result_in(const rows& answer, const chain_refs& chains);

/// Of park, a command each.
std::vector<park_fate> park_fates_in(const rows& answer);

/// Of find_keys, a key each: what a step that was found to be written may be recognised by.
std::vector<std::optional<written_event>> written_events_in(const rows& answer);

/// Of remediate: where the dead letter stood; nothing when there is none.
remediation_fate remediation_fate_in(const rows& answer, domain::remediation asked);

/// Of the statements that read.
stored_event stored_event_in(const rows& answer, std::size_t row);
std::vector<stored_event> stored_events_in(const rows& answer);

} // namespace datadrop::eventstore::postgres
