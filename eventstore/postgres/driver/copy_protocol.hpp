#pragma once
// COPY over a connection of libpq's, for the session, which owns it. One thread at a time; calls
// block.

#include "eventstore/postgres/driver/copy_format.hpp"

#include <libpq-fe.h>

#include <functional>
#include <string>

namespace datadrop::eventstore::postgres {

/// What `each` throws passes, behind the last row. Throws connection_lost, statement_refused.
void copy_out(PGconn* connection, const std::string& sql,
              const std::function<void(copied_row&)>& each);

/// Throws connection_lost, statement_refused.
void copy_in(PGconn* connection, const std::string& sql, const std::string& bytes);

} // namespace datadrop::eventstore::postgres
