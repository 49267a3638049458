#include "eventstore/postgres/driver/pooler.hpp"

#include "eventstore/postgres/driver/answer_limit.hpp"
#include "eventstore/postgres/driver/connecting.hpp"
#include "eventstore/postgres/driver/libpq_statement.hpp"
#include "eventstore/sql/driver.hpp"

#include <libpq-fe.h>

#include <optional>
#include <string>

namespace datadrop::eventstore::postgres {
namespace {

/// A pooler with much to do gives a session at random.
constexpr int rounds = 4;

constexpr const char* remedy =
    "connect to PostgreSQL directly, or set pool_mode = session for this database";

/// Without anything that a pooler might have to keep for us, such as a prepared statement.
class plain_connection {
  public:
    explicit plain_connection(const session::options& o) : raw_(connected(o)) {
        // A pool whose sessions are all taken lets us wait; a server that swaps them does not
        // answer.
        if (o.connect_timeout.count() > 0)
            limit_.emplace(PQsocket(raw_.get()), 2 * o.connect_timeout);
    }

    /// The first column of the only row, as text; nothing for a command.
    std::string ask(std::string_view sql) {
        const held_result answer(PQexec(raw_.get(), std::string(sql).c_str()));
        const auto status = PQresultStatus(answer.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(raw_.get(), answer.get());
        return status == PGRES_TUPLES_OK ? PQgetvalue(answer.get(), 0, 0) : "";
    }

    /// Which process serves the connection just now.
    std::string backend() { return ask(sql::driver::which_backend); }

  private:
    held_connection raw_;
    std::optional<answer_limit> limit_{}; // ends before the connection
};

[[noreturn]] void refuse_pool(const std::string& said = {}) {
    throw sessions_not_ours(
        std::string("a connection pooler stands before the database, and gives each transaction or "
                    "statement another session (PgBouncer's pool_mode transaction or statement), "
                    "where neither locks nor settings stay with their owner: ") +
        remedy + said);
}

/// Poolers that allow no transaction say so, in words of their own, and hang up.
std::string backend_in_transaction(plain_connection& db) {
    std::string backend;
    try {
        db.ask("BEGIN");
        backend = db.backend();
        db.ask("COMMIT");
    } catch (const std::runtime_error& e) {
        refuse_pool(std::string("; it said: ") + e.what());
    }
    return backend;
}

void require_no_leftovers(plain_connection& db) {
    if (db.ask(sql::driver::count_prepared) == "0") return;
    throw sessions_not_ours(
        std::string("a connection pooler stands before the database, and hands sessions on with "
                    "what others have prepared in them (PgBouncer's server_reset_query is not "
                    "DISCARD ALL): ") +
        remedy + ", and have it reset sessions");
}

} // namespace

void require_own_sessions(const session::options& o) {
    plain_connection one(o), other(o);
    const auto ours = one.backend(), theirs = other.backend();
    for (int round = 0; round < rounds; ++round)
        if (ours == theirs || backend_in_transaction(one) != ours || other.backend() != theirs ||
            backend_in_transaction(other) != theirs || one.backend() != ours)
            refuse_pool();
    require_no_leftovers(one);
    require_no_leftovers(other);
}

} // namespace datadrop::eventstore::postgres
