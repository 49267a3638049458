// The processor is killed or frozen while it works, and a reply does not reach its client.

#include "tests/faults/cases.hpp"
#include "tests/faults/support/commands.hpp"

#include <cstdint>
#include <random>

namespace datadrop::test {
namespace {

using namespace std::chrono_literals;
using domain::command_kind;

/// A processor starts in less than a second, here with a client's pause and a busy machine's.
constexpr auto start_time_max = 5s;

/// Clients do not wait for a processor that is frozen, and try the other one.
constexpr auto short_patience = 2s;
constexpr auto frozen_time = 10s;

} // namespace

TEST_SUITE_BEGIN("processor");

TEST_CASE("kill -9 at any moment under load: nothing is lost, nothing doubled") {
    stage at;
    load clients(at.both_sides(), at.notes());
    std::mt19937 random(1);
    for (int kills = 0; kills < 5; ++kills) {
        clients.wait_for_accepted(1 + static_cast<std::int64_t>(random() % 300));
        at.processor().kill();
        at.processor().start();
    }
    clients.wait_for_accepted(100);
    clients.finish();
    check_verdict(at.check(), {.unavailability = start_time_max});
}

TEST_CASE("kill -9 of one of two: the other one goes on with what was begun") {
    stage at({.processors = 2});
    load clients(at.both_sides(), at.notes());
    for (std::size_t of : {0u, 1u, 0u}) {
        clients.wait_for_accepted(100);
        at.processor(of).kill();
        clients.wait_for_accepted(50);
        at.processor(of).start();
    }
    clients.finish();
    check_verdict(at.check(), {.unavailability = start_time_max});
}

TEST_CASE("a reply that does not arrive: the same key again has the same answer") {
    stage at;
    auto bot = at.bot();
    const auto command = somebody().command(command_kind::join);
    at.front().cut_next_reply();
    CHECK_EQ(fields(bot.send(command), {"outcome"}), "none");
    CHECK(at.front().wait_until_cut());
    CHECK_EQ(fields(bot.deliver(command), {"outcome", "version", "replayed"}), "accepted 1 true");
    check_log(at);
}

TEST_CASE("frozen for 10 s while it holds work: it goes on as if it had been so long") {
    stage at({.processors = 2});
    load clients(at.both_sides(short_patience), at.notes());
    clients.wait_for_accepted(100);
    const auto end = std::chrono::steady_clock::now() + frozen_time;
    at.processor(0).freeze();
    while (std::chrono::steady_clock::now() < end)
        clients.wait_for_accepted(20);
    at.processor(0).go_on();
    clients.wait_for_accepted(100);
    clients.finish();
    // The other one waits for nobody, but both sides' clients come to it one after the other.
    check_verdict(at.check(), {.unavailability = short_patience + 2s});
}

TEST_CASE("frozen while it holds the turn to write: the turn is taken from it within a second") {
    /// PostgreSQL ends a transaction that is idle for 500 ms.
    constexpr auto turn_max = 3s;
    stage at({.processors = 2, .serve = {"--attempts-max", "2"}});
    load clients(at.both_sides(short_patience), at.notes());
    clients.wait_for_accepted(100);
    at.proxy().set({"datadrop\\.append\\(", statement_moment::before, interference::hold,
                    "datadrop\\.reserve\\("});
    REQUIRE(at.proxy().wait_until_fired());
    at.processor(0).freeze();
    at.proxy().clear();
    clients.wait_for_accepted(200);
    at.processor(0).go_on();
    clients.wait_for_accepted(100);
    clients.finish();
    check_verdict(at.check(), {.unavailability = turn_max});
}

TEST_SUITE_END();

} // namespace datadrop::test
