#include "projections/projector.hpp"

#include "eventstore/membership_codec.hpp"

#include "tests/support/projected_log.hpp"

#include <array>
#include <initializer_list>

using namespace datadrop;
using projections::projector;
using test::projected_log;
using result = projector::step_result;

TEST_SUITE_BEGIN("projector");

namespace {

/// Ends the session that holds a partition, as a crash of its process would.
void end_holder(const projected_log& world, eventstore::partition_number partition) {
    world.database().connect().run(
        "SELECT pg_terminate_backend(l.pid) FROM pg_locks AS l"
        " JOIN pg_database AS d ON d.oid = l.database AND d.datname = current_database()"
        " WHERE l.locktype = 'advisory' AND l.classid = 1684108385 AND l.objid = $1::bigint::oid",
        eventstore::postgres::params{}.add(std::int64_t{number_of(partition)}));
}

/// False when the lock is still another's, or the session that held it was lost.
bool steps_to_the_end(projector& p) {
    try {
        auto result = p.step();
        while (result == result::advanced)
            result = p.step();
        return result == result::caught_up;
    } catch (const eventstore::unavailable&) {
        return false;
    }
}

std::string status_of(projections::read_model& reader, eventstore::dead_letter_id id) {
    for (const auto& letter : reader.dead_letters({}))
        if (letter.at("id").as_string() == std::to_string(number_of(id)))
            return std::string(letter.at("status").as_string());
    return "not there";
}

void submit(projected_log& world, domain::member_id who,
            std::initializer_list<domain::command_kind> kinds) {
    for (const auto kind : kinds)
        world.submit(test::make_command(who, kind));
}

/// False when its connection was to a database that is gone.
bool projects(projected_log& world) {
    try {
        world.project();
        return true;
    } catch (const eventstore::unavailable&) {
        return false;
    }
}

/// Of a batch: all that was written before it must go.
constexpr auto last_statement_fails = "ALTER TABLE datadrop.projection_checkpoints"
                                      " ADD CONSTRAINT stuck CHECK (position <= 4)";

/// As V0006 has left them that were not their member's last.
constexpr auto events_before_they_said_it =
    "ALTER TABLE datadrop.events DISABLE TRIGGER events_are_immutable;"
    "UPDATE datadrop.events AS e SET has_email = NULL, lifecycle = NULL WHERE EXISTS ("
    "  SELECT FROM datadrop.events AS later WHERE later.guild_id = e.guild_id"
    "  AND later.user_id = e.user_id AND later.version = e.version + 1);"
    "ALTER TABLE datadrop.events ENABLE ALWAYS TRIGGER events_are_immutable";

/// The first can be redriven.
std::array<projected_log::parked_command, 3> park_three(projected_log& world,
                                                        domain::member_id who) {
    world.bring_to(domain::state::invited_or_joined, who);
    return {world.park(who, domain::command_kind::begin_onboarding),
            world.park(who, domain::command_kind::kick),
            world.park(who, domain::command_kind::leave)};
}

} // namespace

TEST_CASE("membership is the fold of the streams, in one partition and in three") {
    for (const int partitions : {1, 3}) {
        CAPTURE(partitions);
        projected_log world(partitions);
        const auto members = world.make_members(6, 8);
        projections::read_model reader(world.options(), partitions);
        for (int round = 0; round < 3; ++round) {
            world.submit_random(members, 700);
            world.project();
            for (const auto& who : members)
                CHECK_EQ(reader.member(who), world.expected(who));
        }
        CHECK_EQ(reader.position(), world.log().tails());
    }
}

TEST_CASE("what was known of a member is not used on another history of the same length") {
    projected_log world;
    projected_log restored(world.database()); // a physical backup: the tables are the same
    const auto who = test::new_member(), other = test::new_member();
    using enum domain::command_kind;
    submit(world, who, {join, leave, join, leave});
    world.project();
    submit(restored, other, {join, leave});
    submit(restored, who, {join, leave});
    restored.project();
    submit(restored, who, {join});
    const auto expected = restored.expected(who);
    world.database().replace_with(restored.database());
    CHECK(test::eventually([&] { return projects(world); }));
    projections::read_model reader(world.options(), 1);
    CHECK_EQ(reader.member(who), expected);
}

TEST_CASE("rows and checkpoint move together or not at all, dead letters among them or not") {
    for (const std::size_t letters : {0U, 1U}) {
        CAPTURE(letters);
        projected_log world;
        const auto who = test::new_member();
        world.bring_to(domain::state::role_eligible, who);
        world.project();
        const auto before = world.expected(who);
        submit(world, who, {domain::command_kind::kick});
        if (letters > 0) world.park(who, domain::command_kind::leave);

        world.damage(last_statement_fails);
        CHECK_THROWS_AS(world.project(), eventstore::postgres::statement_refused);
        projections::read_model reader(world.options(), 1);
        CHECK_EQ(reader.member(who), before);
        CHECK(reader.dead_letters({}).empty());
        CHECK_EQ(reader.position().at(eventstore::partition_number{}),
                 eventstore::global_position{4});

        world.damage("ALTER TABLE datadrop.projection_checkpoints DROP CONSTRAINT stuck");
        world.project();
        CHECK_EQ(reader.member(who), world.expected(who));
        CHECK_EQ(reader.dead_letters({}).size(), letters);
    }
}

TEST_CASE("a row that was wrong is right again with its member's next event") {
    projected_log world;
    const auto who = test::new_member();
    world.bring_to(domain::state::invited_or_joined, who);
    world.project();
    world.damage("UPDATE datadrop.membership SET lifecycle = 9, has_email = true");
    world.submit(test::make_command(who, domain::command_kind::leave));
    world.project();
    CHECK_EQ(projections::read_model(world.options(), 1).member(who), world.expected(who));
}

TEST_CASE("where events do not say what the fold is after them, they are folded") {
    projected_log world;
    const auto members = world.make_members(2, 5);
    world.submit_random(members, 100);
    world.project();
    world.submit_random(members, 300);
    world.damage(events_before_they_said_it);
    world.project();
    projections::read_model reader(world.options(), 1);
    for (const auto& who : members)
        CHECK_EQ(reader.member(who), world.expected(who));
}

TEST_CASE("a log that lacks an event is not projected over the hole") {
    projected_log world;
    world.bring_to(domain::state::role_eligible, test::new_member());
    world.damage("ALTER TABLE datadrop.events DISABLE TRIGGER events_are_immutable;"
                 "DELETE FROM datadrop.events WHERE position = 2;"
                 "ALTER TABLE datadrop.events ENABLE ALWAYS TRIGGER events_are_immutable");
    CHECK_THROWS_AS(world.project(), eventstore::corrupt_event);
    CHECK(projections::read_model(world.options(), 1).members({}).empty());
}

TEST_CASE("one is active in a partition, and another takes over when its session goes") {
    projected_log world(3);
    const auto who = test::new_member();
    const auto partition = eventstore::partition_of(who.guild, 3);
    const auto link = projector::make_link(world.options());
    projector first(link, partition);
    projector elsewhere(link, eventstore::partition_number{(number_of(partition) + 1) % 3});
    projector second(projector::make_link(world.options()), partition);
    world.bring_to(domain::state::verified, who);

    CHECK_EQ(first.step(), result::advanced);
    CHECK_EQ(second.step(), result::standing_by);
    CHECK_EQ(elsewhere.step(), result::caught_up);

    world.submit(test::make_command(who, domain::command_kind::leave));
    end_holder(world, partition);
    CHECK(test::eventually([&] { return second.step() != result::standing_by; }));
    CHECK_EQ(first.step(), result::standing_by);
    CHECK_EQ(elsewhere.step(), result::caught_up); // its lock went too, and is asked for again
    CHECK_EQ(projections::read_model(world.options(), 3).member(who), world.expected(who));
}

TEST_CASE("a projector that comes back does not go on from what it knew before") {
    projected_log world;
    const auto who = test::new_member();
    world.bring_to(domain::state::invited_or_joined, who);
    projector first(projector::make_link(world.options()), eventstore::partition_number{});
    projector second(projector::make_link(world.options()), eventstore::partition_number{});
    test::catch_up(first);
    for (auto* next : {&second, &first}) {
        end_holder(world, eventstore::partition_number{});
        world.submit(test::make_command(who, domain::command_kind::leave));
        world.submit(test::make_command(who, domain::command_kind::join));
        CHECK(test::eventually([&] { return steps_to_the_end(*next); }));
    }
    CHECK_EQ(projections::read_model(world.options(), 1).member(who), world.expected(who));
}

TEST_CASE("position: where the read model stands, also after somebody else brought it there") {
    projected_log world;
    world.bring_to(domain::state::verified, test::new_member());
    world.project();
    const auto tail = world.log().tails().at(eventstore::partition_number{});
    end_holder(world, eventstore::partition_number{});
    projector next(projector::make_link(world.options()), eventstore::partition_number{});
    CHECK_EQ(next.position(), eventstore::global_position{0});
    CHECK(test::eventually([&] { return next.step() == result::caught_up; }));
    CHECK_EQ(next.position(), tail);
}

TEST_CASE("dead letters follow what operators do, in the same batch and in later ones") {
    for (const bool in_one_batch : {true, false}) {
        CAPTURE(in_one_batch);
        projected_log world;
        projections::read_model reader(world.options(), 1);
        const auto who = test::new_member();
        const auto [redriven, discarded, parked] = park_three(world, who);
        if (!in_one_batch) world.project();
        world.fail_redrive(redriven.id);
        world.fail_redrive(parked.id);
        if (!in_one_batch) world.project();
        world.redrive(redriven);
        world.discard(discarded.id);
        world.project();
        CHECK_EQ(status_of(reader, redriven.id), "redriven");
        CHECK_EQ(status_of(reader, discarded.id), "discarded");
        CHECK_EQ(status_of(reader, parked.id), "parked");
        CHECK_EQ(reader.dead_letters({}).at(0).at("events").as_array().size(), 2);
        CHECK_EQ(reader.member(who), world.expected(who));
    }
}

TEST_SUITE_END();
