#include "tests/projections/support/rebuilding.hpp"
#include "tests/support/text.hpp"

#include <fmt/format.h>

#include <functional>

using namespace datadrop;
using test::contains;
using test::difference_count;
using test::projected_log;
using test::rebuild;
using test::refusal;

TEST_SUITE_BEGIN("rebuild");

namespace {

/// Members of several guilds, among them this one with two dead letters; all is projected.
void fill(projected_log& world, domain::member_id who) {
    world.submit_random(world.make_members(6, 4), 500);
    world.bring_to(domain::state::verified, who);
    world.park(who, domain::command_kind::join);
    world.park(who, domain::command_kind::kick);
    world.project();
}

/// A row that is wrong, one of nobody, a dead letter that is wrong and one that is missing.
void damage_in_every_way(projected_log& world, domain::member_id who) {
    const auto that = fmt::format(" WHERE user_id = {}", number_of(who.user));
    world.damage("UPDATE datadrop.membership SET state = 'Kicked', lifecycle = 9" + that);
    world.damage("DELETE FROM datadrop.dead_letters WHERE command ->> 'command' = 'Kick'");
    world.damage("UPDATE datadrop.dead_letters SET status = 'redriven'");
    world.damage("INSERT INTO datadrop.membership SELECT partition, guild_id, 1, state, version,"
                 " lifecycle, has_email, updated_at, position FROM datadrop.membership" +
                 that);
}

void check_projects_on(projected_log& world, domain::member_id who) {
    world.submit(test::make_command(who, domain::command_kind::leave));
    world.project();
    CHECK_EQ(difference_count(world), 0);
    CHECK_EQ(projections::read_model(world.options(), world.partitions()).member(who),
             world.expected(who));
}

/// Before the work, and by its name.
void check_is_told(const projected_log& world, std::string_view name) {
    CHECK(contains(refusal(world), "before the work: "));
    CHECK(contains(refusal(world), name));
}

constexpr auto foreign_key =
    "CREATE TABLE public.notes (p smallint, g bigint, u bigint,"
    " CONSTRAINT of_member FOREIGN KEY (p, g, u) REFERENCES datadrop.membership)";

void check_is_refused_to_a_stranger(const projected_log& world) {
    auto db = world.database().connect();
    db.run_script("DROP ROLE IF EXISTS stranger; CREATE ROLE stranger IN ROLE pg_read_all_data;"
                  "GRANT USAGE ON SCHEMA datadrop TO stranger;"
                  "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA datadrop TO stranger;"
                  "SET ROLE stranger");
    CHECK_THROWS_WITH_AS(projections::rebuild(db, world.partitions(), [](const auto&) {}),
                         doctest::Contains("stranger is not the owner of datadrop."),
                         projections::rebuild_refused);
    db.run_script("RESET ROLE; DROP OWNED BY stranger; DROP ROLE stranger");
}

/// The partitions whose rebuild a reader was shown, one at each report.
class watched_rebuild {
  public:
    explicit watched_rebuild(projections::read_model& reader) : reader_(reader) {}
    void operator()(const projections::progress& p) {
        const auto rebuilds = reader_.status().rebuilds;
        REQUIRE_FALSE(rebuilds.empty());
        CHECK_EQ(rebuilds.back().partition, p.partition);
        CHECK_EQ(rebuilds.back().of, p.of);
        shown_.push_back(number_of(p.partition));
    }
    const std::vector<int>& shown() const { return shown_; }

  private:
    projections::read_model& reader_;
    std::vector<int> shown_{};
};

} // namespace

TEST_CASE("drift of every kind is mended and counted, once, and the projector goes on") {
    for (const int partitions : {1, 3}) {
        CAPTURE(partitions);
        projected_log world(partitions);
        const auto who = test::new_member();
        fill(world, who);
        const auto total = projections::read_model(world.options(), partitions).members({}).size();
        damage_in_every_way(world, who);
        const auto report = rebuild(world);
        CHECK_EQ(report.mended, 4);
        CHECK_EQ(report.members, static_cast<std::int64_t>(total));
        CHECK_EQ(report.dead_letters, 2);
        CHECK_EQ(difference_count(world), 0);
        CHECK_EQ(rebuild(world).mended, 0);
        CHECK_EQ(rebuild(world).mended, 0);
        check_projects_on(world, who);
    }
}

TEST_CASE("without a projector it brings the read model to the end of the log") {
    projected_log world;
    const auto who = test::new_member();
    world.bring_to(domain::state::role_eligible, who);
    world.project();
    world.bring_to(domain::state::invited_or_joined, test::new_member());
    world.submit(test::make_command(who, domain::command_kind::accept_rules));
    CHECK_EQ(rebuild(world).mended, 0);
    projections::read_model reader(world.options(), 1);
    CHECK_EQ(reader.status().lag_events, 0);
    CHECK_EQ(reader.member(who), world.expected(who));
}

TEST_CASE("a snapshot of before the switch finds the members behind it, too") {
    projected_log world;
    for (int i = 0; i < 3; ++i)
        world.bring_to(domain::state::verified, test::new_member());
    world.project();
    auto reader = world.database().connect();
    reader.run_script("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM datadrop.events");
    rebuild(world);
    CHECK_EQ(reader.run("SELECT count(*) FROM datadrop.membership").number(0, 0), 3);
}

TEST_CASE("a log of several pages is folded in its order") {
    projected_log world;
    for (int i = 0; i < 5; ++i)
        world.pass_through(5000);
    const auto report = rebuild(world);
    CHECK_EQ(report.events, 50'000);
    CHECK_EQ(report.members, 25'000);
    CHECK_EQ(report.mended, 0);
    const auto as_their_last_event =
        world.database().connect().run("SELECT count(*) FROM datadrop.membership AS m"
                                       " JOIN datadrop.membership_events AS e"
                                       " USING (guild_id, user_id, version, position)"
                                       " WHERE m.version = 2 AND m.state = e.to_state"
                                       " AND m.updated_at = e.recorded_at");
    CHECK_EQ(as_their_last_event.number(0, 0), 25'000);
}

TEST_CASE("a checkpoint beyond the end of the log is refused, and by force put back") {
    projected_log world;
    const auto who = test::new_member();
    world.bring_to(domain::state::role_eligible, who);
    world.project();
    world.damage("UPDATE datadrop.projection_checkpoints SET position = 500");
    CHECK(contains(refusal(world), "before the work: the read model of partition 0 is at position "
                                   "500, and the log ends at 4"));
    CHECK_EQ(refusal(world, {.force = true}), "done");
    world.submit(test::make_command(who, domain::command_kind::accept_rules));
    world.project();
    CHECK_EQ(projections::read_model(world.options(), 1).member(who), world.expected(who));
}

TEST_CASE("what hangs on the tables that are replaced is told before the work") {
    projected_log world(2);
    world.bring_to(domain::state::verified, test::new_member());
    world.project();
    world.damage("CREATE VIEW public.of_all AS SELECT * FROM datadrop.membership");
    CHECK_EQ(refusal(world), "done");
    SUBCASE("a foreign key") {
        world.damage(foreign_key);
        check_is_told(world, "of_member");
    }
    SUBCASE("a view on the table of one partition") {
        world.damage("CREATE VIEW public.of_one AS SELECT * FROM datadrop.membership_1");
        check_is_told(world, "of_one");
    }
    SUBCASE("another owner") { check_is_refused_to_a_stranger(world); }
}

TEST_CASE("rows of a log without an event are removed by force only") {
    projected_log world;
    world.damage(
        "INSERT INTO datadrop.membership VALUES (0, 1, 2, 'Verified', 7, 1, true, now(), 7)");
    CHECK(contains(refusal(world), "before the work: the log of partition 0 has 0 events, and the "
                                   "read model 1 rows"));
    CHECK(contains(refusal(world), "--force"));
    CHECK_EQ(rebuild(world, [](const auto&) {}, {.force = true}).mended, 1);
    CHECK_EQ(difference_count(world), 0);
}

TEST_CASE("its progress is shown while it is under way, and not after it") {
    projected_log world(3);
    world.submit_random(world.make_members(6, 3), 300);
    projections::read_model reader(world.options(), 3);
    watched_rebuild look(reader);
    SUBCASE("when it ends well") {
        const auto report = rebuild(world, std::ref(look));
        CHECK_GT(report.events, 0);
        CHECK_EQ(look.shown().front(), 0);
        CHECK_EQ(look.shown().back(), 2);
    }
    SUBCASE("when it fails") {
        const auto fail = [&](const auto& p) {
            look(p);
            throw std::runtime_error("stop");
        };
        CHECK_THROWS_AS(rebuild(world, fail), std::runtime_error);
    }
    CHECK(reader.status().rebuilds.empty());
}

TEST_CASE("there is one at a time, and the next may begin when it ends") {
    projected_log world;
    world.bring_to(domain::state::verified, test::new_member());
    auto db = world.database().connect();
    const auto second = [&](const auto&) {
        CHECK_THROWS_AS(rebuild(world), projections::rebuild_refused);
    };
    CHECK_EQ(projections::rebuild(db, 1, second).members, 1);
    CHECK_EQ(rebuild(world).members, 1);
    CHECK_EQ(projections::rebuild(db, 1, [](const auto&) {}).members, 1);
}

TEST_SUITE_END();
