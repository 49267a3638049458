// kill -9 in the middle of a work that has several steps: the same work again goes to its end.

#include "tests/faults/cases.hpp"
#include "tests/faults/support/commands.hpp"

#include <csignal>
#include <thread>

namespace datadrop::test {
namespace {

using namespace std::chrono_literals;
using domain::command_kind;
using domain::state;

environment on(const std::string& database) { return {{"DATADROP_DATABASE", database}}; }

/// Runs `datadrop arguments…` until it is about to run such a statement, and kills it there.
void run_until(const cluster& server, const std::string& database, const arguments& args,
               const std::string& statement) {
    CAPTURE(statement);
    const temporary_folder folder;
    database_proxy proxy(server.socket(), folder.path());
    proxy.set({statement, statement_moment::before, interference::hold});
    process program(args, on(proxy.database(database)));
    REQUIRE(proxy.wait_until_fired());
    program.send(SIGKILL);
    program.wait();
}

/// The processor is killed when such a statement is on its way, which arrives all the same; and it
/// is started again.
template <typename Ask>
void kill_at(stage& at, const std::string& statement, statement_moment when, Ask ask) {
    at.proxy().set({statement, when, interference::hold});
    std::jthread asking(ask);
    REQUIRE(at.proxy().wait_until_fired());
    at.processor().kill();
    at.proxy().clear();
    at.processor().start();
}

constexpr statement_moment moments[] = {statement_moment::before, statement_moment::after};

} // namespace

TEST_SUITE_BEGIN("interrupted");

TEST_CASE("kill -9 in the middle of a rebuild: the table in service stays, and the next one ends") {
    stage at;
    const auto found = under_load(at, at.both_sides(), [&](load& clients) {
        for (const auto* step : {"begin_generation", "INSERT INTO datadrop.projection_rebuilds",
                                 "switch_generation", "LOCK TABLE ONLY"}) {
            run_until(at.postgres(), at.database_name(), {"projection", "rebuild"}, step);
            clients.wait_for_accepted(20);
        }
        CHECK(run({"projection", "rebuild"}, {.variables = on(at.database())}).exit_code == 0);
    });
    check_verdict(found, {.unavailability = 5s});
}

TEST_CASE("kill -9 in the middle of a migration: the next one ends, and the database serves") {
    stage at;
    int number = 0;
    for (const auto* step :
         {"CREATE SCHEMA", "CREATE TABLE datadrop.events", "INSERT INTO datadrop.schema_migrations",
          "INSERT INTO datadrop.settings", "REVOKE ALL"}) {
        const auto name = "fresh_" + std::to_string(++number);
        const auto direct = at.postgres().make_database(name);
        run_until(at.postgres(), name, {"migrate"}, step);
        const auto again = run({"migrate"}, {.variables = on(direct)});
        CHECK_MESSAGE(again.exit_code == 0, again.err);
        process serve({"serve", "--listen", "127.0.0.1:0"}, on(direct));
        CHECK(serve.wait_for_err("listening on"));
        serve.send(SIGTERM);
        CHECK(serve.wait() == 0);
    }
}

TEST_CASE("kill -9 in the middle of a park: the key again is parked, once") {
    stage at({.serve = no_second_try});
    auto bot = at.bot();
    for (const auto when : moments) {
        const somebody who;
        who.bring(bot, state::invited_or_joined);
        boost::json::object told;
        kill_at(at, "datadrop\\.park\\(", when, [&] { told = bot.deliver(who.hopeless()); });
        CHECK_EQ(fields(told, {"outcome"}), "dead_lettered");
    }
    check_log(at);
}

TEST_CASE("kill -9 in the middle of an append: the key again is accepted, once") {
    stage at;
    auto bot = at.bot();
    for (const auto when : moments) {
        boost::json::object told;
        kill_at(at, "datadrop\\.append\\(", when,
                [&] { told = bot.deliver(somebody().command(command_kind::join)); });
        CHECK_EQ(fields(told, {"outcome", "version"}), "accepted 1");
    }
    check_log(at);
}

TEST_CASE("kill -9 in the middle of a redrive: asked again, it is redriven, once") {
    stage at({.serve = no_second_try});
    auto bot = at.bot(), op = at.an_operator();
    for (const auto when : moments) {
        const somebody who;
        who.bring(bot, state::invited_or_joined);
        const auto id = fields(bot.deliver(who.hopeless()), {"dead_letter_id"});
        kill_at(at, "datadrop\\.redrive\\(", when,
                [&] { op.remediate(id, domain::remediation::redrive); });
        const auto told = op.remediate(id, domain::remediation::redrive);
        CHECK_EQ(fields(told, {"status"}), "redriven");
        CHECK_EQ(fields(told.at("outcome").as_object(), {"outcome", "version"}), "accepted 2");
    }
    check_log(at);
}

TEST_SUITE_END();

} // namespace datadrop::test
