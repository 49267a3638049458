// Appends that are sent one behind the other: answered in order, each for itself, and settled in
// order when their connection is lost.

#include "eventstore/chain.hpp"
#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"
#include "tests/support/held_tail.hpp"

#include <poll.h>

#include <stdexcept>

namespace datadrop::eventstore {
namespace {

using domain::command_kind;
using test::fate;

/// A log whose pipe is open, and what is sent through it.
struct piped_log {
    explicit piped_log(const test::scratch_database& database) : log(database.open_log()) {
        log->require_writable();
        at = *log->load(partition_number{}, std::vector{test::new_member()}).at;
        REQUIRE(log->pipe() != nullptr);
        REQUIRE(pipe().is_open());
    }

    append_pipe& pipe() { return *log->pipe(); }

    void send(const std::vector<chain>& chains, partition_number to = {}) {
        pipe().send(to, expectation(at, ahead), chains);
        ahead = plan_of(chains);
    }

    /// The next answers, at least one, or none when the connection is lost.
    std::vector<append_pipe::outcome> wait() {
        for (;;) {
            const auto events = static_cast<short>(POLLIN | (pipe().has_unsent() ? POLLOUT : 0));
            pollfd socket{.fd = pipe().socket(), .events = events, .revents = 0};
            REQUIRE(::poll(&socket, 1, 30'000) == 1);
            auto answers = pipe().take_answers();
            if (!answers.empty() || !pipe().is_open()) return answers;
        }
    }
    std::vector<append_pipe::outcome> wait_for(std::size_t count) {
        std::vector<append_pipe::outcome> all;
        while (all.size() < count)
            for (auto& one : wait())
                all.push_back(std::move(one));
        return all;
    }

    std::unique_ptr<eventstore::log> log;
    log_point at;
    std::optional<append_plan> ahead;
};

std::vector<chain> joining(std::size_t members, const std::string& reason = "a reason") {
    static std::int64_t submissions = 0;
    std::vector<chain> chains;
    for (std::size_t i = 0; i < members; ++i) {
        auto join = test::make_command(test::new_member(), command_kind::join);
        join.reason = reason;
        auto& c = chains.emplace_back(test::decided({}, {join}));
        c.known = knowledge::exact;
        c.steps.front().submission = submission_number{++submissions};
    }
    return chains;
}

std::vector<fate> fates_of(const append_pipe::outcome& told) {
    std::vector<fate> fates;
    REQUIRE_MESSAGE(told.result.has_value(), told.why);
    for (const auto& one : told.result->fates)
        fates.push_back(one.what);
    return fates;
}

} // namespace

TEST_SUITE_BEGIN("append pipe");

TEST_CASE("append pipe: two appends are under way at once, and answered in order") {
    const test::scratch_database database;
    piped_log log(database);
    test::held_tail tail(database);
    const auto first = joining(2), second = joining(3);
    log.send(first);
    log.send(second);
    tail.wait_for_writer();
    CHECK(log.pipe().take_answers().empty());
    tail.let_go();
    const auto answers = log.wait_for(2);
    CHECK_EQ(fates_of(answers.at(0)), std::vector(2, fate::appended));
    CHECK_EQ(fates_of(answers.at(1)), std::vector(3, fate::appended));
    CHECK(answers.at(1).result->followed);
    CHECK(answers.at(1).result->moved.empty());
    CHECK_EQ(number_of(answers.at(1).result->at->tail), number_of(log.at.tail) + 5);
}

TEST_CASE("append pipe: one that is refused takes nothing with it") {
    const test::scratch_database database;
    piped_log log(database);
    const auto first = joining(2), second = joining(1);
    log.send(first, partition_number{63}); // there is none
    log.send(second);
    const auto answers = log.wait_for(2);
    CHECK_FALSE(answers.at(0).result.has_value());
    CHECK(answers.at(0).why.starts_with("ERROR: there is no partition 63"));
    CHECK_EQ(fates_of(answers.at(1)), std::vector{fate::appended});
    CHECK(log.pipe().is_open());
    CHECK_EQ(test::append(*log.log, joining(1).front()).what, fate::appended);
}

TEST_CASE("append pipe: what does not go out at once goes out when there is room") {
    const test::scratch_database database;
    piped_log log(database);
    test::held_tail tail(database);
    const auto first = joining(1), second = joining(2'000, std::string(500, 'r'));
    log.send(first);
    tail.wait_for_writer();
    log.send(second);
    CHECK(log.pipe().has_unsent());
    tail.let_go();
    const auto answers = log.wait_for(2);
    CHECK_EQ(fates_of(answers.at(1)), std::vector(second.size(), fate::appended));
}

TEST_CASE("append pipe: when the connection is lost both are settled, each by what is there") {
    const test::scratch_database database;
    piped_log log(database);
    const auto other = database.open_log();
    const auto first = joining(2), second = joining(1);
    auto written_first = fate::not_written, written_second = fate::not_written;
    // As if the transaction had been through when its answer was lost.
    const auto write = [&](const std::vector<chain>& chains, fate& becomes) {
        CHECK_EQ(other->append(partition_number{}, {}, chains).fates.front().what, fate::appended);
        becomes = fate::appended;
    };
    SUBCASE("nothing") {}
    SUBCASE("the first") { write(first, written_first); }
    SUBCASE("both") {
        write(first, written_first);
        write(second, written_second);
    }
    test::held_tail tail(database);
    log.send(first);
    log.send(second);
    tail.cut_writer();
    tail.let_go();
    CHECK(log.wait().empty());
    CHECK_FALSE(log.pipe().is_open());
    const auto answers = log.pipe().settle();
    REQUIRE_EQ(answers.size(), 2);
    CHECK_EQ(fates_of(answers.at(0)), std::vector(2, written_first));
    CHECK_EQ(fates_of(answers.at(1)), std::vector{written_second});
    CHECK(answers.at(0).result->over_new_connection);
    CHECK_FALSE(answers.at(1).result->over_new_connection);
    log.log->require_writable();
    CHECK(log.pipe().is_open());
}

TEST_CASE("append pipe: what is sent over a connection that is gone is settled") {
    const test::scratch_database database;
    piped_log log(database);
    auto db = database.connect();
    db.run("SELECT pg_terminate_backend(a.pid, 5000) FROM pg_stat_activity AS a"
           " WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()"
           " AND a.backend_type = 'client backend'");
    const auto first = joining(1);
    log.send(first);
    if (log.pipe().is_open()) CHECK(log.wait().empty());
    CHECK_FALSE(log.pipe().is_open());
    CHECK_EQ(fates_of(log.pipe().settle().at(0)), std::vector{fate::not_written});
}

TEST_SUITE_END();

} // namespace datadrop::eventstore
