#pragma once
// How a connection to a server comes to be, on libpq alone, and what the server says besides
// answers. For the session, which owns the connection. Calls block; every thread.

#include "eventstore/postgres/driver/session.hpp"

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <string_view>

namespace datadrop::eventstore::postgres {

struct finish_connection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using held_connection = std::unique_ptr<PGconn, finish_connection>;

/// Connects, with several hosts to the one that takes writes unless the user says otherwise. Throws
/// takes_no_writes, connection_lost; their texts are complete and hold no password.
held_connection connected(const session::options& o);

/// From now on the sink of tell_notices_to hears what this connection's server says.
void hear_notices(PGconn* connection);

/// What libpq and the server said when the connection was lost: libpqxx keeps it to itself.
std::string last_words(const PGconn* connection);

/// libpq's texts have several lines, some of them indented.
std::string on_one_line(std::string_view text);

} // namespace datadrop::eventstore::postgres
