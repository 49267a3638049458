// A rebuild that is only tried, that goes on where another was killed, that is told who runs
// already, and that is taken back.

#include "eventstore/membership_codec.hpp"
#include "tests/projections/support/rebuilding.hpp"
#include "tests/support/text.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace datadrop::projections {
std::string print(const difference& found) { return found.row + ": " + what_differs(found); }
} // namespace datadrop::projections

using namespace datadrop;
using namespace std::chrono_literals;
using test::contains;
using test::difference_count;
using test::projected_log;
using test::rebuild;
using test::refusal;

TEST_SUITE_BEGIN("rebuild");

namespace {

/// Keeps what it folds after each page.
const projections::rebuild_options keeping{.keep_interval = 0ms};

std::int64_t count(const projected_log& world, const std::string& table) {
    return world.database().connect().run("SELECT count(*) FROM datadrop." + table).number(0, 0);
}

std::int64_t tables_of_generations(const projected_log& world) {
    return world.database()
        .connect()
        .run("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ "
             "'^(membership|dead_letters)_.*(next|previous)$'")
        .number(0, 0);
}

/// Leaves behind what one that is killed behind the first page does: the sessions end, and nobody
/// tidies up.
void kill_rebuild(const projected_log& world, int pages) {
    auto db = world.database().connect();
    const auto end_all = [&](const auto& p) {
        if (p.done < pages * 20'000) return;
        world.database().connect().run(
            "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    };
    CHECK_THROWS_AS(projections::rebuild(db, world.partitions(), end_all, keeping),
                    eventstore::unavailable);
}

projected_log& with_pages(projected_log& world) {
    for (int i = 0; i < 6; ++i)
        world.pass_through(5000);
    world.project();
    return world;
}

void switch_back(const projected_log& world) {
    auto db = world.database().connect();
    projections::switch_back(db, world.partitions(), [](const auto&) {});
}

} // namespace

TEST_CASE("a dry run says what would be mended, and mends nothing") {
    projected_log world;
    const auto who = test::new_member();
    world.bring_to(domain::state::verified, who);
    world.project();
    world.damage("UPDATE datadrop.membership SET state = 'Kicked'");
    const auto found = rebuild(world, [](const auto&) {}, {.dry_run = true});
    CHECK_EQ(found.mended, 1);
    CHECK_EQ(what_differs(found.differences.at(0)), "state is Kicked, should be Verified");
    CHECK_EQ(first_event_of(found.differences.at(0)), world.expected(who)->position);
    CHECK_EQ(difference_count(world), 1);
    CHECK_EQ(rebuild(world).differences, found.differences);
    CHECK_EQ(difference_count(world), 0);
}

TEST_CASE("what a killed one has folded is named, and the next one goes on there") {
    projected_log world;
    const auto parked = world.park(test::new_member(), domain::command_kind::join);
    with_pages(world);
    kill_rebuild(world, 2);
    const auto left = projections::read_model(world.options(), 1).status().killed;
    REQUIRE_EQ(left.size(), 1);
    CHECK(contains(left.at(0).by, fmt::format("process {} on ", ::getpid())));
    const auto kept = left.at(0).done;
    world.damage("UPDATE datadrop.membership SET lifecycle = 7 WHERE user_id % 7 = 0");
    std::int64_t from = 0;
    const auto report = rebuild(world, [&](const auto& p) { from = p.from; });
    CHECK_GE(from, 20'000);
    CHECK_EQ(from, kept);
    CHECK_GT(report.mended, 0);
    CHECK_EQ(report.members, 30'000);
    CHECK_EQ(report.dead_letters, 1);
    CHECK_EQ(difference_count(world), 0);
    CHECK(projections::read_model(world.options(), 1).status().killed.empty());
    CHECK_EQ(count(world, "projection_kept_members"), 0);
}

TEST_CASE("what was kept and is not whole is not gone on with") {
    projected_log world;
    with_pages(world);
    kill_rebuild(world, 2);
    SUBCASE("a crash of PostgreSQL empties the journal") {
        world.damage("TRUNCATE datadrop.projection_kept_members");
    }
    SUBCASE("another program folds otherwise") {
        world.damage("UPDATE datadrop.projection_rebuilds SET kept_program = 'another'");
    }
    std::int64_t from = 0;
    CHECK_EQ(rebuild(world, [&](const auto& p) { from = p.from; }).members, 30'000);
    CHECK_EQ(from, 0);
    CHECK_EQ(difference_count(world), 0);
}

TEST_CASE("whoever stops it leaves nothing behind") {
    projected_log world;
    with_pages(world);
    const auto stop_at = [&](projections::rebuild_phase phase) {
        const auto stop = [&](const projections::progress& p) {
            if (p.phase == phase && p.done >= 40'000) throw std::runtime_error("stop");
        };
        CHECK_THROWS_WITH(rebuild(world, stop, keeping), "stop");
        CHECK_EQ(count(world, "projection_kept_members"), 0);
        CHECK_EQ(count(world, "projection_rebuilds"), 0);
        CHECK_EQ(tables_of_generations(world), 0);
        CHECK_EQ(difference_count(world), 0);
    };
    for (const auto phase :
         {projections::rebuild_phase::folding, projections::rebuild_phase::comparing,
          projections::rebuild_phase::filling, projections::rebuild_phase::checking,
          projections::rebuild_phase::switching})
        stop_at(phase);
}

TEST_CASE("a second one is told who runs") {
    projected_log world;
    world.bring_to(domain::state::verified, test::new_member());
    std::string told;
    rebuild(world, [&](const auto&) {
        if (told.empty()) told = refusal(world);
    });
    CHECK(contains(told, "before the work: another rebuild of the read model is under way: "));
    CHECK(contains(told, fmt::format("process {} on ", ::getpid())));
    CHECK(contains(told, "(datadrop, session "));
    CHECK(contains(told, ", since 20"));
}

TEST_CASE("an event that cannot be read stops it, by its position, and the tables stay") {
    projected_log world;
    world.bring_to(domain::state::verified, test::new_member());
    world.project();
    world.damage("UPDATE datadrop.membership SET lifecycle = 7;"
                 "ALTER TABLE datadrop.events DISABLE TRIGGER events_are_immutable;"
                 "UPDATE datadrop.events SET payload = decode(repeat('ff', 20), 'hex')"
                 " WHERE position = 3;"
                 "ALTER TABLE datadrop.events ENABLE ALWAYS TRIGGER events_are_immutable");
    CHECK_THROWS_WITH_AS(rebuild(world),
                         "the event at position 3 cannot be read: "
                         "the payload of a member's event cannot be read",
                         eventstore::corrupt_event);
    CHECK_EQ(count(world, "membership WHERE lifecycle = 7"), 1);
    CHECK_EQ(count(world, "projection_rebuilds"), 0);
}

TEST_CASE("rows that did not become what was written stop it, and the tables stay") {
    projected_log world;
    const auto who = test::new_member();
    world.bring_to(domain::state::verified, who);
    world.park(who, domain::command_kind::join);
    world.project();
    std::string table;
    SUBCASE("a member's") { table = "membership"; }
    SUBCASE("a dead letter's") { table = "dead_letters"; }
    world.damage(fmt::format(
        "CREATE FUNCTION public.meddle() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN NEW.position := NEW.position + 1; RETURN NEW; END $$;"
        "CREATE FUNCTION public.add_meddler() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF to_regclass('datadrop.{0}_next') IS NOT NULL THEN"
        " CREATE OR REPLACE TRIGGER meddler BEFORE INSERT ON datadrop.{0}_next"
        " FOR EACH ROW EXECUTE FUNCTION public.meddle(); END IF; END $$;"
        "CREATE EVENT TRIGGER meddling ON ddl_command_end WHEN TAG IN ('CREATE TABLE')"
        " EXECUTE FUNCTION public.add_meddler()",
        table));
    const auto told = refusal(world);
    CHECK(contains(told, "the new tables do not hold what was written to them"));
    CHECK(contains(told, table == "membership" ? "guild " : "dead letter "));
    CHECK_EQ(tables_of_generations(world), 0);
    CHECK_EQ(difference_count(world), 0);
}

TEST_CASE("previous tables come back with what happened since, and forth again") {
    for (const int partitions : {1, 3}) {
        CAPTURE(partitions);
        projected_log world(partitions);
        const auto members = world.make_members(6, 3);
        world.submit_random(members, 300);
        const auto letter = world.park(members.front(), domain::command_kind::join).id;
        world.project();
        world.damage("UPDATE datadrop.membership SET has_email = NOT has_email");
        const auto wrong = difference_count(world);
        CHECK_GT(wrong, 0);
        rebuild(world, [](const auto&) {}, {.keep_previous = true});
        CHECK_EQ(difference_count(world), 0);
        const auto before = projections::read_model(world.options(), partitions).position();
        CHECK_EQ(projections::read_model(world.options(), partitions).status().previous.size(),
                 static_cast<std::size_t>(partitions));
        world.discard(letter);
        const auto newcomer = test::new_member();
        world.bring_to(domain::state::verified, newcomer);
        world.project();
        const auto shown = projections::read_model(world.options(), partitions).position();
        switch_back(world);
        CHECK_EQ(difference_count(world), wrong);
        projections::read_model reader(world.options(), partitions);
        CHECK_EQ(reader.position(), shown);
        CHECK_NE(shown, before);
        CHECK_EQ(reader.member(newcomer), world.expected(newcomer));
        CHECK_EQ(reader.dead_letters({}).at(0).at("status"), "discarded");
        world.submit(test::make_command(newcomer, domain::command_kind::leave));
        world.project();
        CHECK_EQ(reader.member(newcomer), world.expected(newcomer));
        switch_back(world);
        CHECK_EQ(difference_count(world), 0);
    }
}

TEST_CASE("previous tables go with the next rebuild, or when they are discarded") {
    projected_log world;
    world.bring_to(domain::state::verified, test::new_member());
    world.project();
    CHECK_THROWS_AS(switch_back(world), projections::rebuild_refused);
    rebuild(world, [](const auto&) {}, {.keep_previous = true});
    CHECK_EQ(tables_of_generations(world), 2);
    SUBCASE("the next rebuild") { rebuild(world); }
    SUBCASE("discarded") {
        auto db = world.database().connect();
        projections::discard_leftovers(db, 1);
    }
    CHECK_EQ(tables_of_generations(world), 0);
    CHECK(projections::read_model(world.options(), 1).status().previous.empty());
    CHECK_THROWS_AS(switch_back(world), projections::rebuild_refused);
}

TEST_CASE("one that is paced ends, too") {
    projected_log world;
    with_pages(world);
    CHECK_EQ(rebuild(world, [](const auto&) {}, {.pace = 1000ms}).members, 30'000);
    CHECK_EQ(difference_count(world), 0);
}

TEST_SUITE_END();
