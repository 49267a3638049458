#include "projections/rebuild.hpp"

#include "eventstore/membership_codec.hpp"
#include "projections/rfc3339.hpp"
#include "tests/support/projected_log.hpp"

#include <fmt/format.h>

#include <algorithm>

using namespace datadrop;
using test::projected_log;

namespace {

/// A difference in words.
struct difference {
    std::string table;
    std::string row;
    std::string what;
    std::optional<eventstore::global_position> first_event{};
    bool operator==(const difference&) const = default;
};

std::string print(const difference& found) {
    return test::printed_struct("difference")
        .field("table", found.table)
        .field("row", found.row)
        .field("what", found.what)
        .field("first_event", found.first_event)
        .text();
}

} // namespace

TEST_SUITE_BEGIN("verify");

namespace {

projections::verify_report verify(projected_log& world) {
    auto db = world.database().connect();
    return projections::verify(db, world.partitions(), [](const auto&) {});
}

std::vector<difference> in_words(const projections::verify_report& report) {
    std::vector<difference> words;
    for (const auto& d : report.differences)
        words.push_back({d.table, d.row, what_differs(d), first_event_of(d)});
    return words;
}

std::vector<difference> differences(projected_log& world) { return in_words(verify(world)); }

std::vector<difference> sampled(projected_log& world, std::int64_t members = 1000) {
    auto db = world.database().connect();
    return in_words(
        projections::verify_sample(db, world.partitions(), members, [](const auto&) {}));
}

std::int64_t event_count(projected_log& world) {
    std::int64_t count = 0;
    for (const auto p : eventstore::all_partitions(world.partitions()))
        count += sequence_of(world.log().tails().at(p));
    return count;
}

std::string row_of(domain::member_id who) {
    return fmt::format("guild {} user {}", number_of(who.guild), number_of(who.user));
}

/// The WHERE that finds a member's row.
std::string where(domain::member_id who) {
    return fmt::format(" WHERE guild_id = {} AND user_id = {}", number_of(who.guild),
                       number_of(who.user));
}

} // namespace

TEST_CASE("nothing differs in what the projector wrote") {
    for (const int partitions : {1, 3}) {
        CAPTURE(partitions);
        projected_log world(partitions);
        const auto members = world.make_members(4, 5);
        world.submit_random(members, 400);
        world.fail_redrive(world.park(members.front(), domain::command_kind::lift_ban).id);
        world.discard(world.park(members.back(), domain::command_kind::join).id);
        world.project();
        const auto report = verify(world);
        CHECK_EQ(in_words(report), std::vector<difference>{});
        CHECK_EQ(report.events, event_count(world));
        CHECK_EQ(report.dead_letters, 2);
    }
}

TEST_CASE("what the projector has not come to yet is no difference") {
    projected_log world;
    const auto who = test::new_member();
    world.bring_to(domain::state::verified, who);
    world.project();
    const auto shown = verify(world).events;
    world.submit(test::make_command(who, domain::command_kind::leave));
    world.bring_to(domain::state::invited_or_joined, test::new_member());
    const auto report = verify(world);
    CHECK_EQ(in_words(report), std::vector<difference>{});
    CHECK_EQ(report.events, shown);
    CHECK_EQ(report.members, 1);
}

TEST_CASE("membership: each changed column is named with both values") {
    projected_log world;
    const auto who = test::new_member();
    world.bring_to(domain::state::invited_or_joined, who);
    world.project();
    const auto updated_at = projections::to_text(world.expected(who)->updated_at);
    world.damage("UPDATE datadrop.membership SET state = 'Nowhere', version = 7, lifecycle = 0,"
                 " has_email = true, position = 12, updated_at = '2024-09-01T10:11:12Z'");
    CHECK_EQ(differences(world),
             std::vector<difference>{
                 {"membership", row_of(who),
                  "state is Nowhere, should be InvitedOrJoined; version is 7, should be 1; "
                  "lifecycle is 0, should be 1; has_email is true, should be false; "
                  "updated_at is 2024-09-01T10:11:12.000000Z, should be " +
                      updated_at + "; position is 12, should be 1",
                  eventstore::global_position{1}}});
}

TEST_CASE("membership: rows that are missing and rows that should not be there") {
    projected_log world(3);
    auto members = world.make_members(4, 2);
    for (const auto& who : members)
        world.bring_to(domain::state::invited_or_joined, who);
    world.project();
    const auto gone = members.at(3);
    const auto stranger = test::new_member_of(members.at(5).guild);
    world.damage("DELETE FROM datadrop.membership" + where(gone));
    world.damage(
        fmt::format("INSERT INTO datadrop.membership SELECT partition, guild_id, {}, state,"
                    " version, lifecycle, has_email, updated_at, position"
                    " FROM datadrop.membership",
                    number_of(stranger.user)) +
        where(members.at(5)));
    const std::vector<difference> right{
        {"membership", row_of(gone), "missing", world.expected(gone)->position},
        {"membership", row_of(stranger), "should not be there"}};
    for (auto found : {differences(world), sampled(world)}) {
        std::ranges::sort(found, {}, &difference::what);
        CHECK_EQ(found, right);
    }
}

TEST_CASE("membership: the first event that a row misses is named, else the one that decides") {
    projected_log world;
    const auto late = test::new_member(), wrong = test::new_member_of(late.guild);
    world.bring_to(domain::state::rules_accepted, late);
    world.bring_to(domain::state::rules_accepted, wrong);
    world.project();
    world.damage("CREATE TABLE public.before AS SELECT * FROM datadrop.membership" + where(late));
    const auto missed = eventstore::global_position{number_of(world.expected(wrong)->position) + 1};
    world.bring_to(domain::state::verified, late);
    world.project();
    world.damage("UPDATE datadrop.membership AS m SET state = b.state, version = b.version,"
                 " updated_at = b.updated_at, position = b.position FROM public.before AS b"
                 " WHERE b.user_id = m.user_id");
    world.damage("UPDATE datadrop.membership SET state = 'Banned'" + where(wrong));
    for (const auto& found : {differences(world), sampled(world)}) {
        REQUIRE_EQ(found.size(), 2);
        CHECK_EQ(found.at(0).first_event, missed);
        CHECK_EQ(found.at(1).first_event, world.expected(wrong)->position);
    }
}

TEST_CASE("a sample finds nothing where nothing differs, and looks at no more than was asked for") {
    for (const int partitions : {1, 3}) {
        CAPTURE(partitions);
        projected_log world(partitions);
        const auto members = world.make_members(4, 20);
        world.submit_random(members, 600);
        world.project();
        world.submit_random(members, 100); // the projector has not come to these
        CHECK_EQ(sampled(world), std::vector<difference>{});
        auto db = world.database().connect();
        const auto some = projections::verify_sample(db, partitions, 6, [](const auto&) {}).members;
        CHECK_GT(some, 0);
        CHECK_LE(some, 6);
    }
}

TEST_CASE("dead letters: changed, missing and extra rows") {
    projected_log world;
    const auto who = test::new_member();
    const auto first = number_of(world.park(who, domain::command_kind::join).id);
    const auto second = number_of(world.park(who, domain::command_kind::ban).id);
    world.project();
    world.damage(fmt::format("UPDATE datadrop.dead_letters SET status = 'discarded',"
                             " events = '[1]' WHERE id = {}",
                             first));
    world.damage(fmt::format("UPDATE datadrop.dead_letters SET id = 5000 WHERE id = {}", second));
    CHECK_EQ(differences(world),
             std::vector<difference>{
                 {"dead_letters", fmt::format("dead letter {}", first),
                  "status is discarded, should be parked; events is [1], should be []",
                  eventstore::global_position{first}},
                 {"dead_letters", fmt::format("dead letter {}", second), "missing",
                  eventstore::global_position{second}},
                 {"dead_letters", "dead letter 5000", "should not be there"}});
}

TEST_CASE("a log that lacks an event is not folded over the hole") {
    projected_log world;
    world.bring_to(domain::state::role_eligible, test::new_member());
    world.project();
    world.damage("ALTER TABLE datadrop.events DISABLE TRIGGER events_are_immutable;"
                 "DELETE FROM datadrop.events WHERE position = 2;"
                 "ALTER TABLE datadrop.events ENABLE ALWAYS TRIGGER events_are_immutable");
    CHECK_THROWS_AS(verify(world), eventstore::corrupt_event);
}

TEST_CASE("an event that cannot be read is named by its position") {
    projected_log world;
    world.bring_to(domain::state::role_eligible, test::new_member());
    world.project();
    world.damage("ALTER TABLE datadrop.events DISABLE TRIGGER events_are_immutable;"
                 "UPDATE datadrop.events SET payload = decode(repeat('ff', 20), 'hex')"
                 " WHERE position = 2;"
                 "ALTER TABLE datadrop.events ENABLE ALWAYS TRIGGER events_are_immutable");
    CHECK_THROWS_WITH_AS(verify(world),
                         "the event at position 2 cannot be read: "
                         "the payload of a member's event cannot be read",
                         eventstore::corrupt_event);
}

TEST_CASE("a checkpoint beyond the end of the log") {
    projected_log world;
    world.bring_to(domain::state::role_eligible, test::new_member());
    world.project();
    world.damage("UPDATE datadrop.projection_checkpoints SET position = 6");
    CHECK_EQ(differences(world), std::vector<difference>{{"projection_checkpoints", "partition 0",
                                                          "position is 6, should be 4"}});
}

TEST_SUITE_END();
