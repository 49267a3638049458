#pragma once
// Reads what the checks judge: a few statements, none of which takes longer for a longer log, and
// the free space of the server's disk where it is this machine's. One thread; calls block.

#include "eventstore/postgres/doctor/facts.hpp"
#include "eventstore/postgres/driver/session.hpp"

namespace datadrop::eventstore::postgres::doctor {

/// Needs no right but to connect, and no schema. Throws connection_lost, statement_refused.
facts read_facts(session& db);

} // namespace datadrop::eventstore::postgres::doctor
