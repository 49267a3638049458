// The primary is lost while commands fly; its synchronous standby takes its place.

#include "tests/faults/cases.hpp"
#include "tests/support/standby.hpp"

namespace datadrop::test {
namespace {

using namespace std::chrono_literals;

/// The standby leaves recovery within a second or two; a processor that waits for a frozen primary
/// gives up after 3 s, and a client comes back within half a second.
constexpr auto failover_max = 15s;

} // namespace

TEST_SUITE_BEGIN("failover");

TEST_CASE("a promoted standby has all that was acknowledged, and the processor finds it") {
    primary_and_standby servers;
    servers.create_database();
    const auto tokens = set_up(servers.database(), 1);
    const temporary_folder folder;
    journal notes(folder.path());
    front_door front;
    const serving processor(front, servers.database());
    load clients({.bot = {.name = "bot", .token = tokens.bot, .doors = {front.port()}},
                  .api = {.name = "api", .token = tokens.api, .doors = {front.port()}}},
                 notes);
    clients.wait_for_accepted(100);
    SUBCASE("the primary is gone at once") {}
    SUBCASE("the primary falls silent first") { servers.freeze_primary(); }
    servers.kill_primary();
    servers.promote();
    clients.wait_for_accepted(100);
    clients.finish();
    eventstore::postgres::session db({.database = servers.database_of_standby()});
    check_verdict(examine(db, notes), {.unavailability = failover_max});
}

TEST_SUITE_END();

} // namespace datadrop::test
