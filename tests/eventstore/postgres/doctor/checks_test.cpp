// What is said of facts: each check on a server that is as it should be but for one thing.

#include "eventstore/postgres/doctor/checks.hpp"
#include "eventstore/postgres/doctor/remedies.hpp"

#include "tests/support/print.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace datadrop::eventstore::postgres::doctor {
namespace {

constexpr std::int64_t gigabyte = std::int64_t{1} << 30;

constexpr std::pair<const char*, const char*> usual_settings[] = {
    {"fsync", "on"},
    {"full_page_writes", "on"},
    {"synchronous_commit", "on"},
    {"synchronous_standby_names", ""},
    {"default_transaction_read_only", "off"},
    {"enable_indexscan", "on"},
    {"autovacuum", "on"},
    {"track_counts", "on"},
    {"wal_compression", "off"},
    {"log_statement", "ddl"},
    {"log_min_duration_statement", "-1"},
    {"log_min_duration_sample", "-1"},
    {"log_transaction_sample_rate", "0"},
    {"log_parameter_max_length", "-1"},
    {"log_parameter_max_length_on_error", "0"},
    {"max_wal_size", "1024"}};

facts healthy() {
    facts f{.version = 150014,
            .version_text = "15.14",
            .database = "club",
            .role = "app",
            .sees_statistics = true,
            .sees_settings = true,
            .is_local = true,
            .encoding = "UTF8",
            .connections_max = 100,
            .connections_reserved = 3,
            .connections = 10,
            .wal_bytes_max = gigabyte,
            .log_bytes = 1000};
    for (const auto& [name, value] : usual_settings)
        f.settings[name] = {.value = value, .source = "default"};
    f.settings["max_connections"] = {.value = "100", .source = "default", .needs_restart = true};
    f.settings["wal_compression"].choices = "off,pglz,lz4,on";
    f.disks = {{.path = "/data", .bytes = 100 * gigabyte, .bytes_free = 50 * gigabyte}};
    return f;
}

/// "commits warning: REMEDY | REMEDY", a line each that is not ok.
std::string told(const facts& f, const limits& l = {}) {
    std::string text;
    for (const auto& one : judge(f, l)) {
        if (one.how_bad == severity::ok) continue;
        CHECK_FALSE(one.why.empty());
        text +=
            (text.empty() ? "" : "\n") + one.check + " " + std::string(name_of(one.how_bad)) + ":";
        for (const auto& line : one.remedy)
            text += " " + line;
    }
    return text;
}

struct change {
    std::function<void(facts&)> made;
    std::string told;
};

void check_told(const std::vector<change>& all) {
    for (const auto& one : all) {
        CAPTURE(one.told);
        auto f = healthy();
        one.made(f);
        CHECK_EQ(told(f), one.told);
    }
}

std::function<void(facts&)> setting_is(const char* name, const char* value,
                                       const char* source = "configuration file") {
    return [=](facts& f) {
        f.settings[name].value = value;
        f.settings[name].source = source;
    };
}

TEST_SUITE_BEGIN("doctor");

TEST_CASE("a server as it should be is told of by every check, and all is well") {
    CHECK_EQ(told(healthy()), "");
    CHECK_EQ(judge(healthy(), {}).size(), checks().size());
}

TEST_CASE("version and encoding") {
    check_told(
        {{[](facts& f) { f.version = 140009; },
          "version error: bring the cluster to a later version (pg_upgradecluster, pg_upgrade)"},
         {[](facts& f) { f.version = 190000; }, "version note: look for a later datadrop"},
         {[](facts& f) { f.encoding = "SQL_ASCII"; },
          "encoding error: CREATE DATABASE datadrop_utf8 TEMPLATE template0 ENCODING 'UTF8'; "
          "datadrop migrate, on the new one"}});
}

TEST_CASE("a collation of another version than was noted, of the database and of an index") {
    check_told(
        {{[](facts& f) { f.collation_noted = f.collation_actual = "2.36"; }, ""},
         {[](facts& f) { f.collation_actual = "2.41"; }, ""},
         {[](facts& f) {
              f.collation_noted = "2.36";
              f.collation_actual = "2.41";
          },
          "collations warning: REINDEX DATABASE \"club\"; ALTER DATABASE \"club\" REFRESH "
          "COLLATION VERSION;"},
         {[](facts& f) { f.outdated_collations = {"public.german"}; },
          "collations warning: REINDEX DATABASE \"club\"; ALTER COLLATION public.german REFRESH "
          "VERSION;"}});
}

TEST_CASE("a setting is changed where it has been set") {
    const auto on = "settings warning: ";
    check_told(
        {{setting_is("fsync", "off"),
          "durability error: ALTER SYSTEM SET fsync = 'on'; SELECT pg_reload_conf();"},
         {setting_is("full_page_writes", "off"),
          "durability error: ALTER SYSTEM SET full_page_writes = 'on'; SELECT pg_reload_conf();"},
         {setting_is("enable_indexscan", "off", "database"),
          std::string(on) + "ALTER DATABASE \"club\" SET enable_indexscan = 'on';"},
         {setting_is("enable_indexscan", "off", "user"),
          std::string(on) + "ALTER ROLE \"app\" SET enable_indexscan = 'on';"},
         {setting_is("enable_indexscan", "off", "database user"),
          std::string(on) + "ALTER ROLE \"app\" IN DATABASE \"club\" SET enable_indexscan = 'on';"},
         {setting_is("enable_indexscan", "off", "global"),
          std::string(on) + "ALTER ROLE ALL SET enable_indexscan = 'on';"},
         {setting_is("enable_indexscan", "off", "client"),
          std::string(on) +
              "take enable_indexscan out of the connection string, or out of PGOPTIONS"},
         {setting_is("enable_indexscan", "off", "command line"),
          std::string(on) + "take enable_indexscan out of the command line that starts "
                            "PostgreSQL, and restart it"},
         {setting_is("temp_file_limit", "0", "database"),
          "settings note: ALTER DATABASE \"club\" SET temp_file_limit = '-1';"},
         {setting_is("default_transaction_read_only", "on", "database"),
          "settings error: SET default_transaction_read_only = off; ALTER DATABASE \"club\" SET "
          "default_transaction_read_only = 'off';"}});
}

TEST_CASE("statements that are logged with what they write") {
    const auto* const mend = "statement-log warning: ALTER SYSTEM SET log_parameter_max_length = "
                             "'0'; SELECT pg_reload_conf();";
    check_told({{setting_is("log_statement", "all"), mend},
                {setting_is("log_statement", "mod"), mend},
                {setting_is("log_min_duration_statement", "0"), mend},
                {setting_is("log_min_duration_sample", "100"), mend},
                {setting_is("log_transaction_sample_rate", "0.1"), mend},
                {setting_is("log_parameter_max_length_on_error", "-1"),
                 "statement-log warning: ALTER SYSTEM SET log_parameter_max_length_on_error = '0'; "
                 "SELECT pg_reload_conf();"},
                {[](facts& f) {
                     f.settings["log_statement"].value = "all";
                     f.settings["log_parameter_max_length"].value = "0";
                 },
                 ""}});
}

TEST_CASE("connections: of the server, the role and the database, unless a server has its own") {
    check_told({{[](facts& f) { f.connections = 90; },
                 "connections error: ALTER SYSTEM SET max_connections = '110'; restart PostgreSQL"},
                {[](facts& f) {
                     f.connections = 90;
                     f.own_connections = 8;
                 },
                 ""},
                {[](facts& f) { f.role_connections_max = 10; },
                 "connections error: ALTER ROLE \"app\" CONNECTION LIMIT -1;"},
                {[](facts& f) { f.database_connections_max = 10; },
                 "connections error: ALTER DATABASE \"club\" CONNECTION LIMIT -1;"},
                {[](facts& f) {
                     f.database_connections_max = f.role_connections_max = 10;
                     f.is_superuser = true;
                 },
                 ""},
                {[](facts& f) { f.role_connections_max = 11; }, ""}});
    auto f = healthy();
    f.connections = 80;
    CHECK_EQ(told(f, {.connections_needed = 20}),
             "connections error: ALTER SYSTEM SET max_connections = '110'; restart PostgreSQL");
}

TEST_CASE("a password that ends, and one that has ended") {
    const auto ends_in = [](std::int64_t seconds) {
        return [=](facts& f) { f.password_seconds = seconds; };
    };
    const auto* const mend = "password warning: ALTER ROLE \"app\" VALID UNTIL 'infinity';";
    check_told({{ends_in(-1), mend}, {ends_in(86'400), mend}, {ends_in(20 * 86'400), ""}});
}

TEST_CASE("standbys that commits do not wait for, and those that they wait for in vain") {
    const auto* const give_up = "ALTER SYSTEM SET synchronous_standby_names = ''; SELECT "
                                "pg_reload_conf();";
    const auto named = [](facts& f) { f.settings["synchronous_standby_names"].value = "*"; };
    check_told(
        {{[](facts& f) { f.standbys = {{.name = "b"}}; },
          "commits warning: ALTER SYSTEM SET synchronous_standby_names = '*'; SELECT "
          "pg_reload_conf();"},
         {[=](facts& f) {
              named(f);
              f.standbys = {{.name = "b", .is_synchronous = true}};
          },
          ""},
         {[=](facts& f) { named(f); },
          std::string("commits error: bring the standby back, or do without (what is accepted "
                      "then is lost with this machine): ") +
              give_up},
         {[=](facts& f) {
              named(f);
              f.standbys = {{.name = "b", .is_synchronous = true}};
              f.synchronous_standbys_wanted = 2;
          },
          std::string("commits error: bring the standby back, or do without (what is accepted "
                      "then is lost with this machine): ") +
              give_up},
         {setting_is("synchronous_commit", "off"),
          "commits note: ALTER SYSTEM SET synchronous_commit = 'on'; SELECT pg_reload_conf();"},
         {setting_is("synchronous_commit", "remote_write"), ""},
         {[](facts& f) { f.is_standby = true; },
          "commits error: name the primary, or both hosts (host=ONE,OTHER); when the primary is "
          "gone for good: SELECT pg_promote();"}});
}

TEST_CASE("what keeps dead rows: snapshots, prepared transactions, slots") {
    const auto held = [](std::int64_t seconds) {
        return [=](facts& f) {
            f.snapshots = {{.pid = 7, .role = "eve", .program = "psql", .seconds = seconds}};
        };
    };
    check_told(
        {{held(599), ""},
         {held(600), "snapshots note: SELECT pg_terminate_backend(7);"},
         {held(3600), "snapshots warning: SELECT pg_terminate_backend(7);"},
         {[](facts& f) { f.prepared = {{.name = "it's", .owner = "eve", .seconds = 300}}; },
          "prepared warning: ROLLBACK PREPARED 'it''s';"},
         {[](facts& f) { f.prepared = {{.name = "new", .owner = "eve", .seconds = 299}}; }, ""},
         {[](facts& f) { f.slots = {{.name = "old"}}; },
          "slots warning: bring its reader back, or, if it is gone: SELECT "
          "pg_drop_replication_slot('old');"},
         {[](facts& f) { f.slots = {{.name = "new", .is_active = true}}; }, ""},
         {[](facts& f) {
              f.slots = {{.name = "slow", .is_active = true, .bytes_kept = 9 * gigabyte}};
          },
          "slots warning: see why its reader is slow"}});
}

TEST_CASE("autovacuum: off, off for a table, behind, and out of numbers") {
    check_told(
        {{setting_is("autovacuum", "off"),
          "autovacuum warning: ALTER SYSTEM SET autovacuum = 'on'; SELECT pg_reload_conf();"},
         {setting_is("track_counts", "off", "user"),
          "autovacuum warning: ALTER ROLE \"app\" SET track_counts = 'on';"},
         {[](facts& f) { f.tables = {{.name = "datadrop.t", .is_left_alone = true}}; },
          "autovacuum warning: ALTER TABLE datadrop.t RESET (autovacuum_enabled);"},
         {[](facts& f) {
              f.tables = {{.name = "datadrop.t", .dead_rows = 500'000, .live_rows = 1'000'000},
                          {.name = "datadrop.u", .dead_rows = 400'000, .live_rows = 1'000'000},
                          {.name = "datadrop.v", .dead_rows = 100'000, .live_rows = 0}};
          },
          "autovacuum warning: VACUUM (ANALYZE) datadrop.t;"},
         {[](facts& f) { f.transactions_age = 300'000'000; }, ""},
         {[](facts& f) { f.transactions_age = 300'000'001; },
          "autovacuum warning: VACUUM (FREEZE);"},
         {[](facts& f) { f.transactions_age = 1'000'000'001; },
          "autovacuum error: VACUUM (FREEZE);"}});
}

TEST_CASE("a long log: what is written behind a checkpoint") {
    auto f = healthy();
    f.log_bytes = 2 * gigabyte;
    CHECK_EQ(told(f), "wal note: ALTER SYSTEM SET wal_compression = 'lz4'; SELECT "
                      "pg_reload_conf();\n"
                      "wal note: ALTER SYSTEM SET max_wal_size = '4GB'; SELECT pg_reload_conf();");
    f.settings["wal_compression"].choices = "off,pglz,on";
    f.wal_bytes_max = 4 * gigabyte;
    CHECK_EQ(told(f),
             "wal note: ALTER SYSTEM SET wal_compression = 'on'; SELECT pg_reload_conf();");
    f.settings["wal_compression"].value = "pglz";
    CHECK_EQ(told(f), "");
}

TEST_CASE("the disk: nearly full, smaller than the WAL may become, out of sight") {
    const auto free = [](std::int64_t bytes) {
        return [=](facts& f) { f.disks[0].bytes_free = bytes; };
    };
    const auto* const room = "give the disk more room, or remove what is not PostgreSQL's";
    check_told({{free(10 * gigabyte), ""},
                {free(10 * gigabyte - 1), std::string("disk warning: ") + room},
                {free(2 * gigabyte - 1), std::string("disk error: ") + room},
                {[](facts& f) { f.wal_bytes_max = 60 * gigabyte; },
                 "disk error: ALTER SYSTEM SET max_wal_size = '12800MB'; SELECT pg_reload_conf();"},
                {[](facts& f) { f.disks.clear(); },
                 "disk note: run `datadrop doctor` on the server's own machine, over its socket"}});
}

TEST_CASE("a role that may not see all says so, and takes nothing unseen for a fault") {
    check_told({{[](facts& f) {
                     f.sees_settings = f.sees_statistics = false;
                     f.disks.clear();
                     f.settings["synchronous_standby_names"].value = "*";
                     f.standbys = {{.name = "without a name"}};
                 },
                 "sight note: GRANT pg_monitor TO \"app\";"}});
}

TEST_CASE("sizes and times are told in their own units") {
    CHECK_EQ(size_text(0), "0 bytes");
    CHECK_EQ(size_text(1536), "1.5 kB");
    CHECK_EQ(size_text(50 * gigabyte), "50 GB");
    CHECK_EQ(time_text(119), "119 s");
    CHECK_EQ(time_text(3600), "60 min");
    CHECK_EQ(time_text(3 * 86'400), "3 days");
    CHECK_EQ(identifier("a\"b"), "\"a\"\"b\"");
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore::postgres::doctor
