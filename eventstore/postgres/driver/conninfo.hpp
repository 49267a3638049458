#pragma once
// Connection strings as libpq takes them. Pure; every thread.

#include "eventstore/postgres/driver/session.hpp"

#include <string>

namespace datadrop::eventstore::postgres {

/// Whether libpq understands the text as a URL or as key/value pairs.
bool is_connection_string(const std::string& text);

/// The user's connection string with what it leaves open filled in: bounded waits, and with several
/// hosts the one that takes writes. Throws connection_lost for a text that cannot be read.
std::string complete_conninfo(const session::options& o);

/// The user's connection string, by which a server that takes no writes is taken, too: to look at
/// it. Throws as complete_conninfo.
std::string taking_any_server(const std::string& database);

} // namespace datadrop::eventstore::postgres
