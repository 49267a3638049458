#pragma once
// A connection pooler between us and PostgreSQL that gives each transaction, or each statement, the
// session that happens to be free (PgBouncer's pool_mode transaction or statement). Settings,
// prepared statements and session locks are then somebody else's: projectors believe to have locks
// that they have not, and statements meet others of their name. It shows in nothing but that, so it
// is looked for before anything is done. A pooler in session mode is as good as none.

#include "eventstore/postgres/driver/session.hpp"

#include <stdexcept>

namespace datadrop::eventstore::postgres {

/// What was seen, and the remedy.
struct sessions_not_ours : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Connects twice and sees that each connection has one backend for itself, inside a transaction
/// and outside, and that nobody's statements were left in it. Throws sessions_not_ours, and
/// connection_lost as a session does.
void require_own_sessions(const session::options& o);

} // namespace datadrop::eventstore::postgres
