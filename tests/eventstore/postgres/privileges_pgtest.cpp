// Who may do what to the log: the owner cannot change an event, the program's own role can append
// and read, and everybody else can do nothing.

#include "eventstore/postgres/database.hpp"
#include "eventstore/sql/statements.hpp"

#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"

namespace datadrop::eventstore::postgres {
namespace {

using domain::command_kind;

/// The five letters with which the server refuses, or "done".
std::string refusal(session& db, std::string_view sql) {
    try {
        db.run_script(sql);
    } catch (const statement_refused& e) {
        return e.sqlstate;
    }
    return "done";
}

constexpr std::string_view insufficient_privilege = "42501";

TEST_SUITE_BEGIN("privileges");

TEST_CASE("events cannot be updated, deleted or truncated, not even by the owner") {
    const test::scratch_database database;
    const auto log = database.open_log();
    const auto head = test::bring_to(*log, test::new_member(), domain::state::verified);
    CHECK_EQ(head.version, domain::stream_version{7});
    auto owner = database.connect();
    for (const std::string sql :
         {"UPDATE datadrop.events SET reason = 'x'",
          "UPDATE datadrop.events SET reason = 'x' WHERE false", "DELETE FROM datadrop.events",
          "TRUNCATE datadrop.events",
          "SET session_replication_role = replica; DELETE FROM datadrop.events"}) {
        CAPTURE(sql);
        CHECK_EQ(refusal(owner, sql), insufficient_privilege);
    }
    CHECK_EQ(log->read(partition_number{}, {}, 100).size(), 7);
}

/// A database whose application role the session has become.
struct as_application {
    test::scratch_database database;
    session db = database.connect();

    as_application() {
        auto owner = database.connect();
        // A role that is assumed, not logged in as, sees its own backend by this membership only.
        owner.run_script("DROP ROLE IF EXISTS application, stranger;"
                         "CREATE ROLE application IN ROLE pg_read_all_stats;"
                         "CREATE ROLE stranger IN ROLE pg_read_all_stats");
        migrate(owner, {.app_role = "application"});
    }
    ~as_application() {
        auto owner = database.connect();
        owner.run_script("DROP OWNED BY application, stranger; DROP ROLE application, stranger");
    }
    std::string refused(std::string_view role, std::string sql) {
        return refusal(db, "RESET ROLE; SET ROLE " + std::string(role) + "; " + std::move(sql));
    }
};

TEST_CASE("the application role appends and reads through the log's own calls") {
    as_application application;
    const auto log =
        open_log({.database = application.database.url() + " options='-c role=application'"}, 1);
    const auto who = test::new_member();
    const auto head = test::bring_to(*log, who, domain::state::verification_pending);
    CHECK_EQ(test::head_of(*log, who), head);
    CHECK_EQ(log->read(partition_number{}, {}, 100).size(), 6);
    CHECK_EQ(log->history(who, {}, 100).size(), 6);
    const auto command = test::make_command(who, command_kind::leave);
    const auto id = test::park(*log, command).id;
    CHECK_EQ(log->dead_letter(id).size(), 1);
    log->reserve(partition_number{}, std::vector{who});
    CHECK_EQ(test::append(*log, test::redriven(head, command, id)).what, fate::appended);
    session db({.database = application.database.url() + " options='-c role=application'"});
    require_current_schema(db);
    CHECK_EQ(partition_count(db), 1);
    CHECK_NE(load_fingerprint_key(db), fingerprint_key{});
}

TEST_CASE("the application role does nothing else") {
    as_application application;
    const auto* const add_dead_letter_event =
        "SELECT datadrop.add_dead_letter_event(0::smallint, 1, 1, 1, null, 0::smallint,"
        " 0::smallint, '', '', '')";
    for (const std::string sql :
         {"INSERT INTO datadrop.events SELECT * FROM datadrop.events",
          "UPDATE datadrop.events SET reason = 'x'", "DELETE FROM datadrop.events",
          "TRUNCATE datadrop.events", "DELETE FROM datadrop.parked_keys",
          "SELECT * FROM datadrop.addresses", "UPDATE datadrop.settings SET partition_count = 2",
          "UPDATE datadrop.server_key SET key = key", "DELETE FROM datadrop.tokens",
          "UPDATE datadrop.tokens SET last_used_at = now()",
          "UPDATE datadrop.schema_migrations SET checksum = ''",
          "SELECT datadrop.lock_tail(0::smallint)", "DROP TABLE datadrop.events",
          add_dead_letter_event, "CREATE TABLE datadrop.mine (a integer)",
          "ALTER TABLE datadrop.events DISABLE TRIGGER ALL"}) {
        CAPTURE(sql);
        CHECK_EQ(application.refused("application", sql), insufficient_privilege);
    }
    CHECK_EQ(application.refused("application", "SELECT * FROM datadrop.membership_events"),
             "done");
    CHECK_EQ(application.refused("application", "SELECT * FROM datadrop.log_head"), "done");
    CHECK_EQ(application.refused("application", "SELECT datadrop.note_tokens_used('{}')"), "done");
}

TEST_CASE("nobody else does anything") {
    as_application application;
    for (const std::string sql :
         {"SELECT * FROM datadrop.membership_events", "SELECT key FROM datadrop.server_key",
          "SELECT hash FROM datadrop.tokens", "SELECT datadrop.note_tokens_used('{}')",
          "SELECT datadrop.heads_of(0::smallint, '{1}', '{1}')"}) {
        CAPTURE(sql);
        CHECK_EQ(application.refused("stranger", sql), insufficient_privilege);
    }
    session db({.database = application.database.url() + " options='-c role=stranger'"});
    CHECK_THROWS_WITH_AS(require_current_schema(db), doctest::Contains("--app-role"),
                         schema_failure);
}

void grant_some_to_stranger(session& owner) {
    owner.run_script("GRANT USAGE ON SCHEMA datadrop TO stranger;"
                     "GRANT SELECT ON datadrop.log_head TO stranger WITH GRANT OPTION;"
                     "GRANT SELECT (position, actor) ON datadrop.membership_events TO stranger;"
                     "GRANT EXECUTE ON FUNCTION datadrop.append TO stranger");
}

/// What these grants let one do, and what they do not.
constexpr std::pair<const char*, std::string_view> asked_by_stranger[] = {
    {"SELECT position FROM datadrop.log_head", "done"},
    {"SELECT actor FROM datadrop.membership_events", "done"},
    {"SELECT * FROM datadrop.membership_events", insufficient_privilege},
    {"SELECT datadrop.heads_of(0::smallint, '{1}', '{1}')", insufficient_privilege},
};

void forget_views(session& owner) {
    owner.run_script("DROP VIEW datadrop.log_head, datadrop.membership_events;"
                     "UPDATE datadrop.schema_migrations SET checksum = 'old'"
                     " WHERE name IN ('view_log_head', 'view_membership_events')");
}

/// As in the midst of a migrate that makes functions anew.
void forget(session& owner, const std::vector<std::string>& functions) {
    owner.run(sql::statements::keep_grants);
    for (const auto& function : functions)
        owner.run_script("DROP FUNCTION datadrop." + function + ";" +
                         "UPDATE datadrop.schema_migrations SET checksum = 'old' WHERE name = '" +
                         function + "'");
}

TEST_CASE("migrate keeps what each role may do, with objects that it makes anew too") {
    as_application application;
    auto owner = application.database.connect();
    grant_some_to_stranger(owner);
    forget(owner, {"append", "project"});
    forget_views(owner);
    migrate(owner, {});
    CHECK_EQ(application.refused("application", "SELECT * FROM datadrop.log_head"), "done");
    session db({.database = application.database.url() + " options='-c role=application'"});
    CHECK_EQ(obstacle_to_writing(db), std::nullopt);
    for (const auto& [sql, answer] : asked_by_stranger) {
        CAPTURE(sql);
        CHECK_EQ(application.refused("stranger", sql), answer);
    }
    CHECK(owner
              .run("SELECT has_table_privilege('stranger', 'datadrop.log_head',"
                   " 'SELECT WITH GRANT OPTION')")
              .flag(0, 0));
}

TEST_CASE("a server's role is given what is new for servers, and nobody else is") {
    as_application application;
    auto owner = application.database.connect();
    owner.run_script("GRANT SELECT ON datadrop.server_key TO stranger;"
                     "REVOKE ALL ON FUNCTION datadrop.project, datadrop.app_role_rights,"
                     " datadrop.state_name FROM application");
    forget(owner, {"heads_of"});
    migrate(owner, {});
    session db({.database = application.database.url() + " options='-c role=application'"});
    CHECK_EQ(obstacle_to_writing(db), std::nullopt);
    CHECK_EQ(application.refused("stranger", "SELECT datadrop.state_name(0::smallint)"),
             insufficient_privilege);
}

TEST_CASE("what a migrate that was killed had kept is given back by the next one") {
    as_application application;
    auto owner = application.database.connect();
    owner.run(sql::statements::keep_grants);
    owner.run_script("DROP OWNED BY application");
    CHECK(migrate(owner, {}).empty());
    session db({.database = application.database.url() + " options='-c role=application'"});
    CHECK_EQ(obstacle_to_writing(db), std::nullopt);
    owner.run_script("REVOKE ALL ON datadrop.tokens FROM application");
    CHECK(migrate(owner, {}).empty());
    CHECK_EQ(obstacle_to_writing(db), "the role application lacks SELECT on datadrop.tokens");
}

TEST_CASE("a role that lacks rights is told the remedy") {
    as_application application;
    auto owner = application.database.connect();
    session db({.database = application.database.url() + " options='-c role=application'"});
    require_rights(db);
    for (const std::string lost :
         {"EXECUTE ON FUNCTION datadrop.append", "EXECUTE ON FUNCTION datadrop.app_role_rights",
          "DELETE ON datadrop.membership", "USAGE ON SCHEMA datadrop"}) {
        CAPTURE(lost);
        owner.run_script("REVOKE " + lost + " FROM application");
        CHECK_THROWS_WITH_AS(require_rights(db), doctest::Contains("datadrop migrate --app-role"),
                             schema_failure);
        migrate(owner, {.app_role = "application"});
    }
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore::postgres
