#pragma once
// Statements over a connection of libpq's, for what libpqxx does not do: parameters in the binary
// format beside others. For the session, which owns the connection. One thread at a time; calls
// block.

#include "eventstore/postgres/driver/params.hpp"
#include "eventstore/postgres/driver/rows.hpp"

#include <libpq-fe.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace datadrop::eventstore::postgres {

struct clear_result {
    void operator()(PGresult* result) const { PQclear(result); }
};
using held_result = std::unique_ptr<PGresult, clear_result>;

/// Whether the connection is gone or going after an error with this SQLSTATE.
bool means_lost(std::string_view sqlstate);

/// Throws connection_lost or statement_refused, by what the result says; null is a lost connection.
[[noreturn]] void fail(PGconn* connection, const PGresult* result);

/// Throws as fail.
void prepare_statement(PGconn* connection, const std::string& name, const std::string& sql);

/// Holds a result that is no failure. Throws as fail.
held_result succeeded(PGconn* connection, PGresult* given);

/// Tells the number of a type by its name.
using type_numbers = std::function<std::uint32_t(const std::string&)>;

/// Throws as fail.
held_result execute_statement(PGconn* connection, const std::string& name, const params& values,
                              const type_numbers& types);

/// Does not wait for the answer. Throws as fail.
void send_statement(PGconn* connection, const std::string& name, const params& values,
                    const type_numbers& types);

/// The answer of a statement, for whoever reads it.
std::unique_ptr<const rows::texts> texts_of(held_result answer);

} // namespace datadrop::eventstore::postgres
