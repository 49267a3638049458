#pragma once
// What there is to know of a server, a database and this machine, and from when on it is told.
// Values; every thread.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace datadrop::eventstore::postgres::doctor {

struct setting {
    std::string value{};
    std::string source{};       // PostgreSQL's word for where it was set: "database", "user", …
    bool needs_restart = false; // to be changed
    std::string choices{};      // "off,pglz,lz4" of one that takes words
};

struct standby {
    std::string name{};
    bool is_synchronous = false; // nothing but false can be seen without pg_read_all_stats
};

struct held_snapshot {
    std::int64_t pid = 0;
    std::string role{};
    std::string program{};
    std::string state{};
    std::int64_t seconds = 0;
};

struct slot {
    std::string name{};
    bool is_active = false;
    std::int64_t bytes_kept = 0; // of WAL
};

struct prepared_transaction {
    std::string name{};
    std::string owner{};
    std::int64_t seconds = 0;
};

struct table {
    std::string name{}; // as SQL has it
    std::int64_t dead_rows = 0;
    std::int64_t live_rows = 0;
    bool is_left_alone = false; // autovacuum is switched off for it
};

struct disk {
    std::string path{};
    std::int64_t bytes = 0;
    std::int64_t bytes_free = 0; // for the server's user
};

struct facts {
    int version = 0; // 150014
    std::string version_text{};
    std::string database{};
    std::string role{};
    bool is_superuser = false;
    bool sees_statistics = false; // of other roles' sessions
    bool sees_settings = false;   // that only few may see
    bool is_standby = false;
    bool is_local = false; // reached over a socket of this machine
    std::string encoding{};
    std::optional<std::string> collation_noted{};  // its version when the database was made
    std::optional<std::string> collation_actual{}; // and the one that is installed
    std::int64_t transactions_age = 0;             // since the oldest row that is not frozen
    std::int64_t database_connections_max = -1;    // -1: no limit of its own
    std::int64_t role_connections_max = -1;
    std::optional<std::int64_t> password_seconds{}; // until the role's ends; nothing: it has no end
    std::int64_t connections_max = 0;
    std::int64_t connections_reserved = 0; // of them, not for everybody
    std::int64_t connections = 0;          // that are open
    std::int64_t own_connections = 0;      // of datadrop among them, as far as they can be seen
    std::int64_t synchronous_standbys_wanted = 1;
    std::int64_t wal_bytes_max = 0; // max_wal_size
    std::int64_t freeze_age_max = 200'000'000;
    std::int64_t log_bytes = 0; // the events with their indexes
    std::map<std::string, setting, std::less<>> settings{};
    std::vector<std::string> outdated_collations{};
    std::vector<standby> standbys{};
    std::vector<held_snapshot> snapshots{};
    std::vector<slot> slots{};
    std::vector<prepared_transaction> prepared{};
    std::vector<table> tables{};
    std::vector<disk> disks{}; // of the data, and of the WAL when it is another; none when unseen

    /// Empty for one that the server does not know, or the role may not see.
    std::string_view value_of(std::string_view name) const {
        const auto found = settings.find(name);
        return found == settings.end() ? std::string_view() : std::string_view(found->second.value);
    }
};

/// From when on a figure is told of.
struct limits {
    std::int64_t connections_needed = 8;                 // that a server opens at its start
    std::int64_t password_seconds_min = 14 * 86'400;     // to make a new one without haste
    std::int64_t snapshot_seconds_noted = 600;           // a dump of a long log takes as long
    std::int64_t snapshot_seconds_max = 3'600;           // …
    std::int64_t prepared_seconds_max = 300;             // between prepare and commit lies a moment
    std::int64_t slot_bytes_max = std::int64_t{8} << 30; // of a reader that is merely slow
    std::int64_t dead_rows_min = 100'000;                // that autovacuum should have seen to
    std::int64_t long_log_bytes = std::int64_t{1} << 30;
};

} // namespace datadrop::eventstore::postgres::doctor
