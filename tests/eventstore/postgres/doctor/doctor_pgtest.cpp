// Each trouble made true on a real server, seen to be told, and mended by the very lines that were
// told with it.

#include "eventstore/postgres/cluster/cluster_home.hpp"
#include "eventstore/postgres/cluster/private_cluster.hpp"
#include "eventstore/postgres/database.hpp"
#include "eventstore/postgres/doctor/checks.hpp"
#include "eventstore/postgres/doctor/read_facts.hpp"
#include "eventstore/postgres/driver/conninfo.hpp"
#include "eventstore/postgres/driver/transaction.hpp"

#include "tests/support/database.hpp"
#include "tests/support/print.hpp"
#include "tests/support/standby.hpp"
#include "tests/support/text.hpp"
#include "tests/support/wait.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace datadrop::eventstore::postgres::doctor {
namespace {

using test::contains;
using server_settings = std::map<std::string, std::string>;

/// A server that may be set otherwise, with a database that holds a log.
class patient {
  public:
    explicit patient(server_settings settings) : settings_(std::move(settings)) {
        start();
        server_->create_database();
        auto db = connect();
        migrate(db, {});
    }

    /// Roles may log in from now on.
    void let_in() const {
        write_file(folder_.path() / "pg/data/pg_hba.conf", "local all,replication all trust\n");
        run("SELECT pg_reload_conf()");
    }

    std::string url() const { return server_->database(); }
    session connect() const { return session({.database = url()}); }
    void run(const std::string& sql) const { connect().run_script(sql); }

    /// What the check says that is not ok, as a session of the role sees it.
    findings told(std::string_view check, const limits& l = {}, const std::string& as = {}) const {
        session db({.database = taking_any_server(url() + as)});
        return worse_than_ok(check, judge(read_facts(db), l));
    }

    /// The only one, when that is what it says.
    finding one(std::string_view check, severity how_bad, const limits& l = {},
                const std::string& as = {}) const {
        const auto all = told(check, l, as);
        REQUIRE_EQ(all.size(), 1);
        CHECK_EQ(all[0].how_bad, how_bad);
        return all[0];
    }

    /// Does what was told, in one session of the owner's.
    void mend(const finding& what) {
        CAPTURE(what.what);
        session db({.database = taking_any_server(url())});
        for (const auto& line : what.remedy)
            if (line.ends_with(';')) db.run_script(line);
        if (what.remedy.back() == "restart PostgreSQL") start();
    }

    void check_well(std::string_view check, const limits& l = {},
                    const std::string& as = {}) const {
        CHECK(test::eventually([&] { return told(check, l, as).empty(); }));
    }

    void mend_all(std::string_view check, const limits& l = {}) {
        for (const auto& what : told(check, l))
            mend(what);
        check_well(check, l);
    }

  private:
    static findings worse_than_ok(std::string_view check, findings all) {
        std::erase_if(
            all, [&](const finding& f) { return f.check != check || f.how_bad == severity::ok; });
        return all;
    }

    void start() {
        server_.reset(); // its folder has one owner
        server_ = std::make_unique<private_cluster>(
            private_cluster::options{.folder = folder_.path() / "pg", .settings = settings_});
    }

    test::temporary_folder folder_;
    server_settings settings_;
    std::unique_ptr<private_cluster> server_;
};

/// One for all that leave it as it was.
patient& shared() {
    static patient one(server_settings{{"max_prepared_transactions", "4"}});
    return one;
}

/// The server reads who is let in a moment after it was told to.
void wait_for_login(const patient& at, const std::string& as) {
    test::wait_until(
        [&] {
            try {
                const session opened({.database = at.url() + as});
                return true;
            } catch (const connection_lost&) {
                return false;
            }
        },
        "a login of" + as);
}

TEST_SUITE_BEGIN("doctor on a server");

TEST_CASE("a new private cluster has nothing that is worse than a note") {
    session db = shared().connect();
    for (const auto& f : judge(read_facts(db), {})) {
        CAPTURE(f.check);
        CAPTURE(f.what);
        if (f.check != "disk") CHECK_EQ(f.how_bad, severity::ok);
    }
}

TEST_CASE("fsync and full_page_writes are off") {
    patient ill(server_settings{{"fsync", "off"}, {"full_page_writes", "off"}});
    CHECK_EQ(ill.told("durability").size(), 2);
    ill.mend_all("durability");
}

TEST_CASE("a setting of the database, of the role, of the server") {
    auto& at = shared();
    for (const std::string whose : {"DATABASE datadrop", "ROLE datadrop", "ROLE ALL",
                                    "ROLE datadrop IN DATABASE datadrop", "SYSTEM"}) {
        CAPTURE(whose);
        at.run("ALTER " + whose + " SET enable_indexscan = off");
        at.run("SELECT pg_reload_conf()");
        CHECK(test::eventually([&] { return at.told("settings").size() == 1; }));
        at.mend(at.one("settings", severity::warning));
        at.check_well("settings");
        at.run("ALTER " + whose + " RESET enable_indexscan");
    }
}

TEST_CASE("a database that is set to read only") {
    auto& at = shared();
    at.run("ALTER DATABASE datadrop SET default_transaction_read_only = on");
    at.mend(at.one("settings", severity::error));
    at.check_well("settings");
}

TEST_CASE("statements are logged with what they write") {
    auto& at = shared();
    at.run("ALTER DATABASE datadrop SET log_statement = 'all'");
    at.mend(at.one("statement-log", severity::warning));
    at.check_well("statement-log");
    at.run("ALTER DATABASE datadrop RESET log_statement");
}

TEST_CASE("too few connections: of the server") {
    patient ill(server_settings{{"max_connections", "12"}});
    ill.mend(ill.one("connections", severity::error));
    ill.check_well("connections");
}

TEST_CASE("too few connections: of the role and of the database") {
    auto& at = shared();
    const std::string as = " user=few";
    at.let_in();
    at.run("CREATE ROLE few LOGIN CONNECTION LIMIT 3");
    wait_for_login(at, as);
    at.mend(at.one("connections", severity::error, {}, as));
    at.check_well("connections", {}, as);
    at.run("ALTER DATABASE datadrop CONNECTION LIMIT 3");
    at.mend(at.one("connections", severity::error, {}, as));
    at.check_well("connections", {}, as);
    at.run("DROP ROLE few");
}

TEST_CASE("a password that ends soon") {
    auto& at = shared();
    const std::string as = " user=guest";
    at.let_in();
    at.run("CREATE ROLE guest LOGIN");
    wait_for_login(at, as);
    at.check_well("password", {}, as);
    at.run("DO $$ BEGIN EXECUTE format('ALTER ROLE guest VALID UNTIL %L', now() + '2 d'); END $$");
    at.mend(at.one("password", severity::warning, {}, as));
    at.check_well("password", {}, as);
    at.run("DROP ROLE guest");
}

TEST_CASE("a role that sees little says so, and what would show it more") {
    auto& at = shared();
    const std::string as = " user=blind";
    at.let_in();
    at.run("CREATE ROLE blind LOGIN");
    wait_for_login(at, as);
    const auto what = at.one("sight", severity::note, {}, as);
    CHECK(at.told("disk", {}, as).empty());
    at.mend(what);
    at.check_well("sight", {}, as);
    at.run("DROP ROLE blind");
}

TEST_CASE("a snapshot that is held") {
    auto& at = shared();
    const limits any{.snapshot_seconds_noted = 0, .snapshot_seconds_max = 0};
    auto holder = at.connect();
    const transaction held(holder, isolation::repeatable_read_read_only);
    holder.run("SELECT 1");
    at.mend(at.one("snapshots", severity::warning, any));
    at.check_well("snapshots", any);
}

TEST_CASE("a transaction that was prepared and forgotten") {
    auto& at = shared();
    const limits any{.prepared_seconds_max = 0};
    auto db = at.connect();
    db.run_script("BEGIN; CREATE TABLE public.forgotten (a integer);"
                  " PREPARE TRANSACTION 'it''s forgotten'");
    at.mend(at.one("prepared", severity::warning, any));
    at.check_well("prepared", any);
}

TEST_CASE("a slot that nobody reads") {
    auto& at = shared();
    at.run("SELECT pg_create_physical_replication_slot('gone', true)");
    at.mend(at.one("slots", severity::warning));
    at.check_well("slots");
}

TEST_CASE("autovacuum: off, and off for a table") {
    auto& at = shared();
    at.run("ALTER SYSTEM SET autovacuum = off");
    at.run("SELECT pg_reload_conf()");
    CHECK(test::eventually([&] { return at.told("autovacuum").size() == 1; }));
    at.mend(at.one("autovacuum", severity::warning));
    at.check_well("autovacuum");
    at.run("ALTER TABLE datadrop.tokens SET (autovacuum_enabled = off)");
    at.mend(at.one("autovacuum", severity::warning));
    at.check_well("autovacuum");
}

TEST_CASE("autovacuum: dead rows that nobody removes") {
    auto& at = shared();
    const limits any{.dead_rows_min = 0};
    const auto count = [&](std::size_t wanted) {
        return test::eventually([&] { return at.told("autovacuum", any).size() == wanted; });
    };
    at.run("ALTER TABLE datadrop.parked_keys SET (autovacuum_enabled = off);"
           "INSERT INTO datadrop.parked_keys (partition, guild_id, user_id, idempotency_key,"
           " dead_letter_id, status) SELECT 0, 1, n, 'k', n, 0 FROM generate_series(1, 100) AS n;"
           "DELETE FROM datadrop.parked_keys WHERE user_id > 10");
    REQUIRE(count(2));
    at.mend(at.told("autovacuum", any).back()); // the dead rows
    REQUIRE(count(1));
    at.mend(at.one("autovacuum", severity::warning, any)); // why there were
    at.check_well("autovacuum", any);
    at.run("DELETE FROM datadrop.parked_keys");
}

TEST_CASE("autovacuum: rows that wait to be frozen") {
    auto& at = shared();
    // The server's own least is a hundred thousand: the figure of its setting is lowered here.
    const auto told = [&] {
        auto db = at.connect();
        auto f = read_facts(db);
        f.freeze_age_max = 4'000;
        return judge_autovacuum(f, {}).front();
    };
    at.run("CREATE TABLE public.burned (a integer)");
    at.run("DO $$ BEGIN FOR i IN 1..8000 LOOP BEGIN INSERT INTO public.burned VALUES (i);"
           " EXCEPTION WHEN division_by_zero THEN NULL; END; END LOOP; END $$");
    CHECK_EQ(told().how_bad, severity::warning);
    at.mend(told());
    CHECK_EQ(told().what, "is on, and keeps up");
    at.run("DROP TABLE public.burned");
}

TEST_CASE("a long log: whole pages in the WAL, and checkpoints that come soon") {
    auto& at = shared();
    const limits any{.long_log_bytes = 0};
    CHECK_EQ(at.told("wal", any).size(), 2);
    at.mend_all("wal", any);
    CHECK(at.connect().run("SELECT current_setting('wal_compression')").text() == "lz4");
    for (const auto* name : {"wal_compression", "max_wal_size"})
        at.run(std::string("ALTER SYSTEM RESET ") + name);
    at.run("SELECT pg_reload_conf()");
}

TEST_CASE("the disk: the WAL may become longer than there is room") {
    auto& at = shared();
    const auto of_wal = [&] {
        auto all = at.told("disk");
        std::erase_if(all, [](const finding& f) { return !contains(f.what, "max_wal_size"); });
        return all;
    };
    at.run("ALTER SYSTEM SET max_wal_size = '1024TB'");
    at.run("SELECT pg_reload_conf()");
    CHECK(test::eventually([&] { return of_wal().size() == 1; }));
    at.mend(of_wal().at(0));
    CHECK(test::eventually([&] { return of_wal().empty(); }));
    at.run("ALTER SYSTEM RESET max_wal_size");
    at.run("SELECT pg_reload_conf()");
}

TEST_CASE("a collation of another version than indexes were made with") {
    auto& at = shared();
    at.run("CREATE COLLATION public.german (provider = icu, locale = 'de-DE', version = '1')");
    at.run("CREATE TABLE public.names (name text COLLATE public.german PRIMARY KEY)");
    at.mend(at.one("collations", severity::warning));
    at.check_well("collations");
    at.run("DROP TABLE public.names; DROP COLLATION public.german");
}

TEST_CASE("a database whose collation is another than it was made with, or whose encoding is") {
    auto& at = shared();
    const auto told = [&](const std::string& name, std::string_view check) {
        session db({.database = at.url() + " dbname=" + name});
        auto all = judge(read_facts(db), {});
        std::erase_if(all, [&](const finding& f) { return f.check != check; });
        return all.at(0);
    };
    at.run("CREATE DATABASE moved TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-DE'");
    at.run("UPDATE pg_database SET datcollversion = '1' WHERE datname = 'moved'");
    const auto moved = told("moved", "collations");
    CHECK_EQ(moved.how_bad, severity::warning);
    {
        session db({.database = at.url() + " dbname=moved"});
        for (const auto& line : moved.remedy)
            db.run_script(line);
    }
    CHECK_EQ(told("moved", "collations").how_bad, severity::ok);
    at.run("CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'");
    const auto ascii = told("ascii", "encoding");
    CHECK_EQ(ascii.how_bad, severity::error);
    at.run(ascii.remedy.front());
    CHECK_EQ(told("datadrop_utf8", "encoding").how_bad, severity::ok);
}

TEST_CASE("a standby that commits do not wait for, and one that they wait for in vain") {
    test::primary_and_standby servers(test::primary_and_standby::commits::asynchronous);
    const auto told = [](const std::string& url) {
        session db({.database = taking_any_server(url)});
        return judge_commits(read_facts(db), {}).front();
    };
    const auto primary = servers.database_of_primary("postgres");
    const auto mend = [&](const finding& what) {
        session db({.database = primary});
        for (const auto& line : what.remedy)
            if (line.ends_with(';')) db.run_script(line);
        CHECK(test::eventually([&] { return told(primary).how_bad == severity::ok; }));
    };
    const auto unheard = told(primary);
    CHECK_EQ(unheard.how_bad, severity::warning);
    mend(unheard);
    CHECK_EQ(told(servers.database_of_standby("postgres")).how_bad, severity::error);
    servers.stop_standby();
    CHECK(test::eventually([&] { return told(primary).how_bad == severity::error; }));
    mend(told(primary));
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore::postgres::doctor
