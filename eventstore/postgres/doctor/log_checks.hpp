#pragma once
// What only a look at the schema and at the log can tell, by the same questions that a server asks
// at its start. One thread; calls block. Throws connection_lost, and statement_refused for what no
// right explains.

#include "eventstore/cursor_proof.hpp"
#include "eventstore/postgres/doctor/finding.hpp"
#include "eventstore/postgres/driver/session.hpp"

#include <string>
#include <string_view>

namespace datadrop::eventstore::postgres::doctor {

/// Whether the schema is this program's, and the role may read it; when it is not, nothing else of
/// it can be looked at.
findings examine_schema(session& db, std::string_view role);

/// What the role lacks of what a server needs.
findings examine_rights(session& db, std::string_view role);

/// Whether what is there belongs together, and whether events are kept from being changed.
findings examine_log(session& db);

/// Whether the log still holds what it held when it ended at `seen`, a cursor in text with its
/// checks; `memory` says where that was kept, and what to do to forget it.
struct last_seen {
    std::string cursor;
    std::string memory; // the command line that forgets it
};
findings examine_end(log& of, const last_seen& seen);

/// A name of the log that is the same whatever server it moves to, restores included: of its key,
/// which it does not tell.
std::string log_name(session& db);

} // namespace datadrop::eventstore::postgres::doctor
