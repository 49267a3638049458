// The connection to the database is cut before, during and after a write. The answer is the true
// one, it comes at the first sending, and what was to be written is there once.

#include "tests/faults/cases.hpp"
#include "tests/faults/support/commands.hpp"

#include <future>
#include <string>

namespace datadrop::test {
namespace {

using namespace std::chrono_literals;
using domain::command_kind;
using domain::state;

constexpr statement_moment moments[] = {statement_moment::before, statement_moment::during,
                                        statement_moment::after};

/// The rule fires while `ask` waits for its answer.
template <typename Ask>
auto cut(stage& at, const proxy_rule& rule, Ask ask) {
    CAPTURE(static_cast<int>(rule.when));
    at.proxy().set(rule);
    const auto told = ask();
    CHECK(at.proxy().wait_until_fired());
    return told;
}

std::string parked_letter(client& by) {
    const somebody who;
    who.bring(by, state::invited_or_joined);
    return fields(by.deliver(who.hopeless()), {"dead_letter_id"});
}

bool nobody_waits_for_a_lock(eventstore::postgres::session& watcher) {
    return watcher
               .run("SELECT FROM pg_stat_activity WHERE datname = current_database() "
                    "AND wait_event_type = 'Lock'")
               .size() == 0;
}

/// The second attempt is the last, and so it reserves.
const arguments reserve_at_once{"--attempts-max", "2"};

} // namespace

TEST_SUITE_BEGIN("connection cut");

/// An attempt that the log has not answered is one of the budget's, too.
TEST_CASE("at an append: accepted at the first attempt or the one after it, and written once") {
    stage at;
    auto bot = at.bot();
    for (const auto when : moments) {
        const auto told = cut(at, {"datadrop\\.append\\(", when, interference::cut},
                              [&] { return bot.send(somebody().command(command_kind::join)); });
        CHECK_EQ(fields(told, {"outcome", "version", "replayed"}), "accepted 1 false");
        CAPTURE(static_cast<int>(when));
        if (when == statement_moment::before) CHECK_EQ(fields(told, {"attempts"}), "2");
        if (when == statement_moment::after) CHECK_EQ(fields(told, {"attempts"}), "1");
    }
    check_log(at);
}

TEST_CASE(
    "at a reserved append: nothing was committed, and the last attempt tells what it lacked") {
    stage at({.serve = reserve_at_once});
    auto bot = at.bot();
    for (const auto when : moments) {
        const somebody who;
        who.bring(bot, state::invited_or_joined);
        const proxy_rule rule{"datadrop\\.append\\(", when, interference::cut,
                              "datadrop\\.reserve\\("};
        const auto told =
            cut(at, rule, [&] { return bot.send(who.stale(command_kind::begin_onboarding, 0)); });
        CHECK_EQ(fields(told, {"outcome", "version", "attempts", "replayed"}),
                 "dead_lettered 1 2 false");
    }
    check_log(at);
}

TEST_CASE("at the commit of a reservation: accepted at that attempt, unless it was never sent") {
    stage at({.serve = reserve_at_once});
    auto bot = at.bot();
    for (const auto when : moments) {
        const somebody who;
        who.bring(bot, state::invited_or_joined);
        const proxy_rule rule{"^COMMIT$", when, interference::cut, "datadrop\\.append\\("};
        const auto told =
            cut(at, rule, [&] { return bot.send(who.stale(command_kind::begin_onboarding, 0)); });
        CHECK_EQ(fields(told, {"outcome", "version", "attempts", "replayed"}),
                 when == statement_moment::before ? "dead_lettered 1 2 false"
                                                  : "accepted 2 2 false");
    }
    check_log(at);
}

TEST_CASE("at a park: dead-lettered, and parked once") {
    stage at({.serve = no_second_try});
    auto bot = at.bot();
    for (const auto when : moments) {
        const somebody who;
        who.bring(bot, state::invited_or_joined);
        const auto told = cut(at, {"datadrop\\.park\\(", when, interference::cut},
                              [&] { return bot.send(who.hopeless()); });
        CHECK_EQ(fields(told, {"outcome", "version", "attempts", "replayed"}),
                 "dead_lettered 1 1 false");
    }
    check_log(at);
}

TEST_CASE("at a redrive: the operator is told that it is accepted, and it is written once") {
    stage at;
    auto bot = at.bot(), op = at.an_operator();
    for (const auto when : moments) {
        const auto id = parked_letter(bot);
        const auto told = cut(at, {"datadrop\\.redrive\\(", when, interference::cut},
                              [&] { return op.remediate(id, domain::remediation::redrive); });
        CHECK_EQ(fields(told, {"status"}), "redriven");
        CHECK_EQ(fields(told.at("outcome").as_object(), {"outcome", "version", "replayed"}),
                 "accepted 2 false");
    }
    check_log(at);
}

TEST_CASE("at a discard: the operator is told that it is discarded, and it is so once") {
    stage at({.serve = no_second_try});
    auto bot = at.bot(), op = at.an_operator();
    for (const auto when : moments) {
        const auto id = parked_letter(bot);
        const auto told = cut(at, {"datadrop\\.remediate\\(", when, interference::cut},
                              [&] { return op.remediate(id, domain::remediation::discard); });
        CHECK_EQ(fields(told, {"status"}), "discarded");
        CHECK_EQ(told.at("events").as_array().size(), 1);
    }
    check_log(at);
}

TEST_CASE(
    "while the old backend still waits to write: it is ended, and the log has the event once") {
    stage at;
    auto bot = at.bot();
    auto holder = at.connect();
    holder.begin();
    holder.run("SELECT datadrop.lock_tail(0::smallint)");
    at.proxy().set({"datadrop\\.append\\(", statement_moment::during, interference::cut});
    auto released = std::async(std::launch::async, [&] {
        CHECK(at.proxy().wait_until_fired());
        auto watcher = at.connect();
        CHECK(eventually([&] { return nobody_waits_for_a_lock(watcher); }));
        holder.rollback();
    });
    const auto told = bot.deliver(somebody().command(command_kind::join));
    released.get();
    CHECK_EQ(fields(told, {"outcome", "version"}), "accepted 1");
    check_log(at);
}

TEST_CASE("an answer that never comes: unavailable when it was not written, else accepted") {
    stage at;
    auto bot = at.bot();
    const auto swallowed = [&](const boost::json::object& command, statement_moment when) {
        return cut(at, {"datadrop\\.append\\(", when, interference::swallow},
                   [&] { return bot.send(command); });
    };
    // The time that the silence took is over the budget, and nobody's expectation failed.
    const auto first = somebody().command(command_kind::join);
    CHECK_EQ(fields(swallowed(first, statement_moment::before), {"outcome"}), "unavailable");
    CHECK_EQ(fields(bot.deliver(first), {"outcome", "version"}), "accepted 1");
    const auto second = somebody().command(command_kind::join);
    CHECK_EQ(fields(swallowed(second, statement_moment::after), {"outcome", "version"}),
             "accepted 1");
    check_log(at);
}

TEST_SUITE_END();

} // namespace datadrop::test
