// Two servers share the projection: one shows the log, the other takes over when that one is gone.

#include "tests/faults/cases.hpp"

namespace datadrop::test {
namespace {

using namespace std::chrono_literals;

/// PostgreSQL drops the lock with the session, and the other one asks for it once a second.
constexpr auto takeover_max = 5s;
/// One that is frozen says nothing any more, and its session is ended after 5 s of that.
constexpr auto takeover_from_frozen_max = 10s;

/// Clients do not wait for a server that is frozen, and try the other one.
constexpr auto short_patience = 2s;

bool projects(serving& one) { return one.metric("datadrop_projecting") == 1; }

std::size_t who_projects(stage& at) {
    REQUIRE(eventually([&] { return projects(at.processor(0)) || projects(at.processor(1)); }));
    return projects(at.processor(0)) ? 0 : 1;
}

} // namespace

TEST_SUITE_BEGIN("projection");

TEST_CASE("the projecting server is killed: the other one takes over, and shows the whole log") {
    stage at({.processors = 2});
    const auto found = under_load(at, at.both_sides(), [&](load& clients) {
        const auto first = who_projects(at);
        at.processor(first).kill();
        CHECK(eventually([&] { return projects(at.processor(1 - first)); }, takeover_max));
        clients.wait_for_accepted(50);
        at.processor(first).start();
    });
    check_verdict(found, {.unavailability = 5s});
}

TEST_CASE("the projecting server is frozen: the other one takes over, and one of them projects") {
    stage at({.processors = 2});
    const auto found = under_load(at, at.both_sides(short_patience), [&](load& clients) {
        const auto first = who_projects(at);
        at.processor(first).freeze();
        CHECK(eventually([&] { return projects(at.processor(1 - first)); },
                         takeover_from_frozen_max));
        at.processor(first).go_on();
        clients.wait_for_accepted(50);
        CHECK(eventually([&] { return !projects(at.processor(first)); }));
    });
    check_verdict(found, {.unavailability = 5s});
}

TEST_SUITE_END();

} // namespace datadrop::test
