#pragma once
// postgres/ is the log on PostgreSQL: the schema that keeps it, the statements' rows, and what a
// lost connection leaves in doubt. Whoever opens, migrates or examines a database calls this header
// and whole_log.hpp; the rest is called through eventstore/log.hpp.
//
// Here: what a database holds besides the log, its schema and the server's key. Blocks; one thread.

#include "eventstore/fingerprint.hpp"
#include "eventstore/log.hpp"
#include "eventstore/postgres/driver/session.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace datadrop::eventstore::postgres {

/// The schema of the database cannot be used, or cannot be made as asked: what and the remedy.
struct schema_failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct migration_options {
    std::optional<int> partitions{};       // 1 … 64; of a new database 1 unless said
    std::optional<std::string> app_role{}; // an existing role that is granted what `serve` needs
};

/// PostgreSQL's, the first one that serves.
constexpr int server_version_min = 15;

/// The number of the last migration: of the schema that this program makes and needs.
int schema_version();

/// Brings the schema `datadrop` up to date, under an advisory lock, each migration in a
/// transaction of its own; returns the names of those that were applied. Throws schema_failure:
/// a migration that was applied has another checksum here, the database is newer than this
/// program, another number of partitions than the database was made with, a default isolation or
/// server version that does not serve.
std::vector<std::string> migrate(session& db, const migration_options& o);

/// Throws schema_failure, naming `datadrop migrate`, unless the schema is this program's.
void require_current_schema(session& db);

/// What keeps the session's role from doing what a running server does: rights that `datadrop
/// migrate --app-role` grants, or a database that takes no writes. Nothing when all is well.
[[nodiscard]] std::optional<std::string> obstacle_to_writing(session& db);

/// Throws schema_failure for a right that is lacking, naming the remedy.
void require_rights(session& db);

/// How many partitions the database was made with.
int partition_count(session& db);

/// The key of the fingerprints, made by the first migration. Throws unexpected_value for one that
/// is missing or is none.
fingerprint_key load_fingerprint_key(session& db);

/// The log of a database with the current schema; connects at the first call and again whenever
/// the connection was lost. A commit in doubt is settled before anything is answered: the lost
/// backend is ended from a new connection, then the keys are looked up.
std::unique_ptr<log> open_log(const session::options& o, int partitions);

} // namespace datadrop::eventstore::postgres
