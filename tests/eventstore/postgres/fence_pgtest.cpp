// Two servers' logs on one database. The first loses its connection in the middle of an append,
// while its backend is still at work: it is ended before anything is answered; and where it cannot
// be, the answer is `unavailable`, whatever the backend does later.

#include "eventstore/postgres/database.hpp"
#include "tests/eventstore/support/follower.hpp"
#include "tests/support/append_gate.hpp"
#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"
#include "tests/support/own_sockets.hpp"
#include "tests/support/wait.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <future>

namespace datadrop::eventstore {
namespace {

using domain::command_kind;
using domain::member_id;
using postgres::params;
using postgres::session;
using test::all_of;
using test::fate;
using test::joined;
using test::one_to;
using test::sequences_of;

/// A log whose connection can be cut under its append, which is held at its commit.
class cut_off_writer {
  public:
    cut_off_writer(const test::scratch_database& database, const std::string& url)
        : log_(postgres::open_log({.database = url}, 1)), gate_(database.url(), who),
          socket_(test::socket_opened_by([this] { log_->tails(); })) {
        answer_ = std::async(std::launch::async, [this] { return test::append(*log_, wanted); });
        backend = gate_.held();
    }
    ~cut_off_writer() { let_go(); }
    cut_off_writer(const cut_off_writer&) = delete;
    cut_off_writer& operator=(const cut_off_writer&) = delete;

    void cut() const { test::cut(socket_); }
    chain_fate answer() { return answer_.get(); }
    chain_fate again() { return test::append(*log_, wanted); }
    void let_go() { gate_.let_go(); }
    void turn_back() { gate_.turn_back(); }

    member_id who = test::new_member();
    chain wanted = joined(who);
    int backend = 0;

  private:
    std::unique_ptr<log> log_;
    test::append_gate gate_;
    int socket_;
    std::future<chain_fate> answer_;
};

/// A role that may write to the log and not end another role's backend; whoever runs the tests may
/// connect as it. Where a connection string names no user, libpq takes the environment's.
class weak_role {
  public:
    explicit weak_role(const test::scratch_database& database) : url(database.url()) {
        auto db = database.connect();
        db.run_script("DROP ROLE IF EXISTS weak; CREATE ROLE weak LOGIN");
        postgres::migrate(db, {.app_role = "weak"});
        std::ofstream(std::string(db.run("SHOW ident_file").text(0, 0)), std::ios::app)
            << "datadrop /^.*$ weak\n";
        db.run_script("SELECT pg_reload_conf()");
        url.erase(url.find(" user=datadrop"), std::string_view(" user=datadrop").size());
        use("weak");
        test::wait_until([this] { return connects(); }, "a connection as another role");
        use("datadrop");
    }
    ~weak_role() { unsetenv("PGUSER"); }
    weak_role(const weak_role&) = delete;
    weak_role& operator=(const weak_role&) = delete;

    static void use(const char* role) { setenv("PGUSER", role, 1); }

    std::string url; // names no user

  private:
    bool connects() const {
        try {
            session db({.database = url});
            return true;
        } catch (const postgres::connection_lost&) {
            return false;
        }
    }
};

bool is_there(session& db, int backend) {
    return db.run("SELECT FROM pg_stat_activity WHERE pid = $1", params{}.add(backend)).size() == 1;
}

void wait_for_end_of(session& db, int backend) {
    test::wait_until([&] { return !is_there(db, backend); }, "the end of a backend");
}

/// The chain's key has one event, once it was sent again, and the log says so from then on.
void check_written_once(log& log, const chain& wanted) {
    const auto again = test::append(log, wanted);
    if (again.what != fate::key_found) CHECK_EQ(again.what, fate::appended);
    const auto events = log.history(wanted.who, {}, 10);
    REQUIRE_EQ(events.size(), 1);
    CHECK_EQ(test::append(log, wanted).keys.at(0).holder,
             key_holder(test::recorded_as(wanted, 0, events[0].position)));
    const auto all = all_of(log);
    CHECK_EQ(sequences_of(all), one_to(std::ssize(all)));
}

TEST_SUITE_BEGIN("fence");

TEST_CASE("a lost append's backend is ended, nothing of it is written, and the others go on") {
    const test::scratch_database database;
    const auto other = database.open_log();
    cut_off_writer writer(database, database.url());
    auto waiting = std::async(std::launch::async,
                              [&] { return test::append(*other, joined(test::new_member())); });
    auto db = database.connect();
    test::wait_for_queue(db, 1);
    writer.cut();
    CHECK_EQ(number_of(waiting.get().first), 1);
    CHECK_EQ(writer.answer(), chain_fate{.what = fate::not_written});
    CHECK_FALSE(is_there(db, writer.backend));
    writer.let_go();
    CHECK_EQ(number_of(writer.again().first), 2);
    check_written_once(*other, writer.wanted);
}

TEST_CASE("a backend that does not end: unavailable, and what it does later is found") {
    const test::scratch_database database;
    const auto other = database.open_log();
    cut_off_writer writer(database, database.url());
    auto db = database.connect();
    kill(writer.backend, SIGSTOP);
    writer.cut();
    CHECK_THROWS_AS(writer.answer(), unavailable);
    CHECK(is_there(db, writer.backend));
    CHECK(other->history(writer.who, {}, 10).empty());
    SUBCASE("it finds its way free") { writer.let_go(); }
    SUBCASE("it is still held") {}
    kill(writer.backend, SIGCONT);
    wait_for_end_of(db, writer.backend);
    writer.let_go();
    check_written_once(*other, writer.wanted);
}

TEST_CASE("a role that may not end the backend: unavailable, and what it does later is found") {
    const test::scratch_database database;
    const weak_role role(database);
    const auto other = database.open_log();
    cut_off_writer writer(database, role.url);
    auto db = database.connect();
    weak_role::use("weak");
    writer.cut();
    CHECK_THROWS_AS(writer.answer(), unavailable);
    CHECK(is_there(db, writer.backend));
    CHECK(other->history(writer.who, {}, 10).empty());
    SUBCASE("it commits") { writer.let_go(); }
    SUBCASE("it rolls back") { writer.turn_back(); }
    wait_for_end_of(db, writer.backend); // it finds nobody to answer to
    writer.let_go();
    check_written_once(*other, writer.wanted);
}

TEST_CASE("an append that has not come to its backend yet: unavailable, unless that has ended") {
    const test::scratch_database database;
    const weak_role role(database);
    const auto log = postgres::open_log({.database = role.url, .application_name = "writer"}, 1);
    const int socket = test::socket_opened_by([&] { log->tails(); });
    test::append(*log, joined(test::new_member())); // the statement is prepared
    auto db = database.connect();
    const auto backend = static_cast<int>(
        db.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'writer'").number(0, 0));
    kill(backend, SIGSTOP);
    const auto wanted = joined(test::new_member());
    auto answer = std::async(std::launch::async, [&] { return test::append(*log, wanted); });
    test::wait_until([&] { return test::is_on_the_way(socket); }, "an append that is sent");
    SUBCASE("it comes back as a role that may not even see it") { weak_role::use("weak"); }
    SUBCASE("it comes back as the same role") {}
    test::cut(socket);
    CHECK_THROWS_AS(answer.get(), unavailable);
    kill(backend, SIGCONT);
    wait_for_end_of(db, backend);
    check_written_once(*database.open_log(), wanted);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
