#include "eventstore/postgres/doctor/read_facts.hpp"

#include "eventstore/sql/doctor.hpp"

#include <filesystem>
#include <system_error>

namespace datadrop::eventstore::postgres::doctor {
namespace {

namespace statements = sql::doctor;
namespace fs = std::filesystem;

/// The columns of the statements of the same names.
enum class server_column {
    version,
    version_text,
    database,
    role,
    is_superuser,
    sees_statistics,
    sees_settings,
    is_standby,
    is_local,
    encoding,
    collation_noted,
    collation_actual,
    transactions_age,
    database_connections_max,
    role_connections_max,
    password_seconds,
    connections_max,
    connections_reserved,
    connections,
    own_connections,
    standbys_wanted,
    wal_bytes_max,
    freeze_age_max,
    log_bytes
};
enum class setting_column { name, value, source, needs_restart, choices };
enum class standby_column { name, is_synchronous };
enum class snapshot_column { pid, role, program, state, seconds };
enum class slot_column { name, is_active, bytes_kept };
enum class prepared_column { name, owner, seconds };
enum class table_column { name, dead_rows, live_rows, is_left_alone };

std::string text_of(const rows& from, std::size_t row, column c) {
    return std::string(from.text(row, c));
}

void read_server(session& db, facts& into) {
    using enum server_column;
    const auto found = db.run(statements::server);
    into.version = static_cast<int>(found.number(0, version));
    into.version_text = text_of(found, 0, version_text);
    into.database = text_of(found, 0, database);
    into.role = text_of(found, 0, role);
    into.is_superuser = found.flag(0, is_superuser);
    into.sees_statistics = found.flag(0, sees_statistics);
    into.sees_settings = found.flag(0, sees_settings);
    into.is_standby = found.flag(0, is_standby);
    into.is_local = found.flag(0, is_local);
    into.encoding = text_of(found, 0, encoding);
    into.collation_noted = found.maybe_text(0, collation_noted);
    into.collation_actual = found.maybe_text(0, collation_actual);
    into.transactions_age = found.number(0, transactions_age);
    into.database_connections_max = found.number(0, database_connections_max);
    into.role_connections_max = found.number(0, role_connections_max);
    into.password_seconds = found.maybe_number(0, password_seconds);
    into.connections_max = found.number(0, connections_max);
    into.connections_reserved = found.number(0, connections_reserved);
    into.connections = found.number(0, connections);
    into.own_connections = found.number(0, own_connections);
    into.synchronous_standbys_wanted = found.number(0, standbys_wanted);
    into.wal_bytes_max = found.number(0, wal_bytes_max);
    into.freeze_age_max = found.number(0, freeze_age_max);
    into.log_bytes = found.number(0, log_bytes);
}

void read_settings(session& db, facts& into) {
    using enum setting_column;
    const auto found = db.run(statements::settings);
    for (std::size_t i = 0; i < found.size(); ++i)
        into.settings.emplace(text_of(found, i, name),
                              setting{.value = text_of(found, i, value),
                                      .source = text_of(found, i, source),
                                      .needs_restart = found.flag(i, needs_restart),
                                      .choices = text_of(found, i, choices)});
}

void read_replication(session& db, facts& into) {
    const auto standbys = db.run(statements::standbys);
    for (std::size_t i = 0; i < standbys.size(); ++i)
        into.standbys.push_back(
            {.name = text_of(standbys, i, standby_column::name),
             .is_synchronous = standbys.flag(i, standby_column::is_synchronous)});
    const auto slots = db.run(statements::slots);
    for (std::size_t i = 0; i < slots.size(); ++i)
        into.slots.push_back({.name = text_of(slots, i, slot_column::name),
                              .is_active = slots.flag(i, slot_column::is_active),
                              .bytes_kept = slots.number(i, slot_column::bytes_kept)});
}

void read_transactions(session& db, facts& into) {
    const auto held = db.run(statements::snapshots);
    for (std::size_t i = 0; i < held.size(); ++i)
        into.snapshots.push_back({.pid = held.number(i, snapshot_column::pid),
                                  .role = text_of(held, i, snapshot_column::role),
                                  .program = text_of(held, i, snapshot_column::program),
                                  .state = text_of(held, i, snapshot_column::state),
                                  .seconds = held.number(i, snapshot_column::seconds)});
    const auto prepared = db.run(statements::prepared_transactions);
    for (std::size_t i = 0; i < prepared.size(); ++i)
        into.prepared.push_back({.name = text_of(prepared, i, prepared_column::name),
                                 .owner = text_of(prepared, i, prepared_column::owner),
                                 .seconds = prepared.number(i, prepared_column::seconds)});
}

void read_tables(session& db, facts& into) {
    using enum table_column;
    const auto found = db.run(statements::tables);
    for (std::size_t i = 0; i < found.size(); ++i)
        into.tables.push_back({.name = text_of(found, i, name),
                               .dead_rows = found.number(i, dead_rows),
                               .live_rows = found.number(i, live_rows),
                               .is_left_alone = found.flag(i, is_left_alone)});
}

void read_collations(session& db, facts& into) {
    const auto found = db.run(statements::collations);
    for (std::size_t i = 0; i < found.size(); ++i)
        into.outdated_collations.push_back(text_of(found, i, 0));
}

std::optional<disk> disk_of(const fs::path& folder) {
    std::error_code none;
    const auto space = fs::space(folder, none);
    if (none || space.capacity == 0) return std::nullopt;
    return disk{.path = folder.string(),
                .bytes = static_cast<std::int64_t>(space.capacity),
                .bytes_free = static_cast<std::int64_t>(space.available)};
}

/// Of a server on another machine nobody but its own system knows.
void look_at_disks(facts& into) {
    const fs::path data(into.value_of("data_directory"));
    if (!into.is_local || data.empty()) return;
    const auto of_data = disk_of(data);
    if (!of_data) return;
    into.disks.push_back(*of_data);
    const auto of_wal = disk_of(data / "pg_wal");
    if (of_wal && of_wal->bytes != of_data->bytes) into.disks.push_back(*of_wal);
}

} // namespace

facts read_facts(session& db) {
    facts found;
    read_server(db, found);
    read_settings(db, found);
    read_collations(db, found);
    read_replication(db, found);
    read_transactions(db, found);
    read_tables(db, found);
    look_at_disks(found);
    return found;
}

} // namespace datadrop::eventstore::postgres::doctor
