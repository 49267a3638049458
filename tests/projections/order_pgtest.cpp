// The projector behind an append that is held open, and after a restore from a dump.

#include "projections/rebuild.hpp"
#include "tests/support/append_gate.hpp"
#include "tests/support/dump.hpp"
#include "tests/support/projected_log.hpp"

#include <future>

using namespace datadrop;
using domain::command_kind;
using domain::state;
using eventstore::global_position;
using projections::projector;
using result = projector::step_result;
using test::projected_log;

namespace {

void check_projects_nothing(const projected_log& world, projector& p, domain::member_id of) {
    CHECK_EQ(p.step(), result::caught_up);
    projections::read_model reader(world.options(), 1);
    CHECK_FALSE(reader.member(of));
    CHECK_EQ(reader.position().at(eventstore::partition_number{}), global_position{0});
}

void check_projects_next(projected_log& world, projector& p) {
    const auto next = test::new_member();
    world.bring_to(state::role_eligible, next);
    test::catch_up(p);
    projections::read_model reader(world.options(), 1);
    CHECK_EQ(reader.member(next), world.expected(next));
    CHECK_EQ(reader.position(), world.log().tails());
}

} // namespace

TEST_SUITE_BEGIN("projector");

TEST_CASE("a held append is not projected, and what waits behind it is projected after it") {
    projected_log world;
    const auto who = test::new_member();
    test::append_gate gate(world.database().url(), who);
    auto held = std::async(std::launch::async, [&] { world.bring_to(state::verified, who); });
    gate.held();
    projector p(projector::make_link(world.options()), eventstore::partition_number{});
    check_projects_nothing(world, p, who);
    SUBCASE("it commits") {
        gate.let_go();
        held.get();
        CHECK_EQ(p.step(), result::advanced);
        CHECK_EQ(projections::read_model(world.options(), 1).member(who), world.expected(who));
    }
    SUBCASE("it rolls back") {
        gate.turn_back();
        CHECK_THROWS_AS(held.get(), eventstore::unavailable);
        CHECK_EQ(p.step(), result::caught_up);
    }
    check_projects_next(world, p);
}

TEST_CASE("after a restore the projector goes on from its checkpoint, and the tables are right") {
    projected_log world;
    const auto projected = test::new_member(), later = test::new_member();
    world.bring_to(state::verified, projected);
    world.park(projected, command_kind::begin_onboarding);
    world.project();
    world.bring_to(state::rules_accepted, later); // after the checkpoint
    const test::scratch_database restored({.partitions = {}});
    test::restore_dump(world.database().url(), restored.url());

    projections::read_model reader({.database = restored.url()}, 1);
    CHECK_EQ(reader.member(projected), world.expected(projected));
    CHECK_FALSE(reader.member(later));
    projector p(projector::make_link({.database = restored.url()}), eventstore::partition_number{});
    test::catch_up(p);
    CHECK_EQ(reader.member(later), world.expected(later));
    CHECK_EQ(reader.position(), world.log().tails());
    auto db = restored.connect();
    CHECK_EQ(projections::verify(db, 1, [](const auto&) {}).differences.size(), 0);
}

TEST_SUITE_END();
