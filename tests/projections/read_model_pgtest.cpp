#include "projections/read_model.hpp"

#include "projections/letter_record.hpp"
#include "projections/tables.hpp"
#include "tests/support/projected_log.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>

using namespace datadrop;
using domain::state;
using projections::read_model;
using test::projected_log;

TEST_SUITE_BEGIN("read_model");

namespace {

/// All pages of a query, one after the other.
std::vector<domain::member_id> member_pages(read_model& reader, projections::member_query query) {
    std::vector<domain::member_id> seen;
    for (;;) {
        const auto page = reader.members(query);
        REQUIRE_LE(page.size(), query.limit);
        for (const auto& row : page)
            seen.push_back(row.who);
        if (page.size() < query.limit) return seen;
        query.after = page.back().who;
    }
}

std::vector<std::string> letter_pages(read_model& reader, projections::dead_letter_query query) {
    std::vector<std::string> seen;
    for (;;) {
        const auto page = reader.dead_letters(query);
        REQUIRE_LE(page.size(), query.limit);
        for (const auto& letter : page)
            seen.emplace_back(letter.at("id").as_string());
        if (page.size() < query.limit) return seen;
        query.after = eventstore::parse_position(seen.back());
    }
}

std::vector<domain::member_id> in_order(std::vector<domain::member_id> members, int partitions) {
    std::ranges::sort(members, {}, [&](const domain::member_id& who) {
        return std::pair(eventstore::partition_of(who.guild, partitions), who);
    });
    return members;
}

template <typename Keep>
std::vector<domain::member_id> filtered(std::vector<domain::member_id> members, Keep keep) {
    std::erase_if(members, [&](const auto& who) { return !keep(who); });
    return members;
}

bool is_out(const domain::member_id& who) { return number_of(who.user) % 3 == 0; }

eventstore::postgres::session::options impatient(eventstore::postgres::session::options o) {
    o.statement_timeout = std::chrono::milliseconds(50);
    return o;
}

void check_level(const projections::projection_status& status) {
    CHECK_EQ(status.lag_events, 0);
    CHECK_EQ(status.lag_seconds, 0);
    CHECK_EQ(status.position, status.head);
}

void check_reads_are_unavailable(read_model& reader, domain::member_id who) {
    CHECK_THROWS_AS(reader.member(who), eventstore::unavailable);
    CHECK_THROWS_AS(reader.members({}), eventstore::unavailable);
    CHECK_THROWS_AS(reader.dead_letters({}), eventstore::unavailable);
}

} // namespace

TEST_CASE("members: pages hold each member once, of all guilds, of one, of one state") {
    for (const int partitions : {1, 3}) {
        CAPTURE(partitions);
        projected_log world(partitions);
        const auto members = in_order(world.make_members(5, 9), partitions);
        for (const auto& who : members)
            world.bring_to(is_out(who) ? state::left_guild : state::verified, who);
        world.project();
        read_model reader(world.options(), partitions);
        const auto guild = members.front().guild;
        const auto of_guild =
            filtered(members, [&](const auto& who) { return who.guild == guild; });

        CHECK_EQ(member_pages(reader, {.limit = 7}), members);
        CHECK_EQ(member_pages(reader, {.guild = guild, .limit = 2}), of_guild);
        const auto out = member_pages(reader, {.state = state::left_guild, .limit = 4});
        CHECK_EQ(out, filtered(members, is_out));
        CHECK_EQ(member_pages(reader, {.guild = guild, .state = state::left_guild, .limit = 1}),
                 filtered(of_guild, is_out));
        CHECK(member_pages(reader, {.state = state::banned}).empty());
    }
}

TEST_CASE("members: nobody that has no event") {
    projected_log world;
    read_model reader(world.options(), 1);
    CHECK_EQ(reader.member(test::new_member()), std::nullopt);
    CHECK(reader.members({}).empty());
}

TEST_CASE("dead letters: pages by id, of all guilds, of one, of one status") {
    projected_log world(3);
    std::vector<eventstore::dead_letter_id> ids;
    const auto members = in_order(world.make_members(4, 2), 3);
    for (const auto& who : members)
        ids.push_back(world.park(who, domain::command_kind::join).id);
    world.discard(ids.front());
    world.project();
    std::ranges::sort(ids);
    std::vector<std::string> all;
    for (const auto id : ids)
        all.push_back(std::to_string(number_of(id)));
    read_model reader(world.options(), 3);

    CHECK_EQ(letter_pages(reader, {.limit = 3}), all);
    const auto guild = members.front().guild;
    CHECK_EQ(letter_pages(reader, {.of = {.guild = guild}, .limit = 1}).size(), 2);
    CHECK_EQ(letter_pages(reader, {.of = {.status = domain::dead_letter_status::discarded}}).size(),
             1);
    const auto parked = domain::dead_letter_status::parked;
    CHECK_EQ(letter_pages(reader, {.of = {.guild = guild, .status = parked}}).size(), 1);
}

TEST_CASE("dead letters: shown from the table as from their events") {
    projected_log world;
    const auto who = test::new_member();
    world.bring_to(state::verification_pending, who);
    const auto letter = world.park(who, domain::command_kind::join);
    world.fail_redrive(letter.id);
    world.submit(test::make_command(who, domain::command_kind::leave));
    world.project();
    read_model reader(world.options(), 1);
    const boost::json::value shown = reader.dead_letters({}).at(0);
    const auto events = world.log().dead_letter(letter.id);
    const auto now = world.log().load({}, std::span(&who, 1)).heads.front();
    CHECK_EQ(shown, projections::letter_record(events, reader.winners_of(events), now));
    CHECK_EQ(shown.at("attempts").at(0).at("winner").at("event"), "VerificationRequested");
    CHECK_EQ(shown.at("member").at("state"), "LeftGuild");
}

TEST_CASE("dead letters: those that the filters leave, and how many there are") {
    projected_log world(3);
    const auto members = in_order(world.make_members(3, 2), 3);
    for (const auto& who : members)
        world.park(who, domain::command_kind::join);
    const auto of = members.front();
    const auto leave = world.park(of, domain::command_kind::leave);
    world.discard(leave.id);
    world.project();
    read_model reader(world.options(), 3);
    const auto parked_at = world.log().dead_letter(leave.id).front().recorded_at;

    using filter = projections::dead_letter_filter;
    const auto count = [&](const filter& wanted) {
        const auto counts = reader.count_dead_letters(wanted);
        const auto listed = letter_pages(reader, {.of = wanted, .limit = 2}).size();
        CHECK_EQ(counts.empty() ? 0 : counts.at("retry_budget_spent").count, listed);
        return listed;
    };
    CHECK_EQ(count({}), 7);
    CHECK_EQ(count({.guild = of.guild}), 3);
    CHECK_EQ(count({.user = of.user}), 2);
    CHECK_EQ(count({.user = of.user, .command = domain::command_kind::leave}), 1);
    CHECK_EQ(count({.code = "retry_budget_spent"}), 7);
    CHECK_EQ(count({.code = "another"}), 0);
    CHECK_EQ(count({.status = domain::dead_letter_status::discarded}), 1);
    CHECK_EQ(count({.parked_before = parked_at}), 6);
    CHECK_EQ(count({.parked_after = parked_at}), 0);
    CHECK_EQ(reader.count_dead_letters({.user = of.user, .command = domain::command_kind::leave})
                 .at("retry_budget_spent")
                 .oldest_parked_at,
             parked_at);
}

TEST_CASE("status: head, position and lag") {
    projected_log world(3);
    read_model reader(world.options(), 3);
    const auto at_rest = reader.status();
    check_level(at_rest);
    CHECK_EQ(at_rest.position.text(), "0");
    CHECK_EQ(at_rest.head.text(), "0");

    for (const auto& who : world.make_members(5, 1))
        world.bring_to(state::onboarding_in_progress, who);
    const auto behind = reader.status();
    CHECK_EQ(behind.lag_events, 10);
    CHECK_GT(behind.lag_seconds, 0);
    CHECK_LT(behind.lag_seconds, 60);
    CHECK_EQ(behind.head, world.log().tails());

    world.project();
    const auto level = reader.status();
    check_level(level);
    CHECK_EQ(reader.position(), level.head);
}

TEST_CASE("status: what a killed rebuild left behind is not shown") {
    projected_log world;
    world.damage("INSERT INTO datadrop.projection_rebuilds VALUES (0, 5, 10, now())");
    CHECK(read_model(world.options(), 1).status().rebuilds.empty());
}

TEST_CASE("a query is asked again when its connection was ended meanwhile") {
    projected_log world;
    const auto who = test::new_member();
    world.bring_to(state::verified, who);
    world.project();
    read_model reader(world.options(), 1);
    auto db = world.database().connect();
    for (int round = 0; round < 3; ++round) {
        CHECK_EQ(reader.member(who), world.expected(who));
        db.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
               " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }
    CHECK_EQ(reader.status().lag_events, 0);
}

TEST_CASE("a share of the members is one of each partition") {
    projected_log world(4);
    for (const auto& who : world.make_members(12, 10))
        world.bring_to(state::invited_or_joined, who);
    world.project();
    auto db = world.database().connect();
    for (const std::int64_t limit : {3, 8, 40, 1000}) {
        CAPTURE(limit);
        std::map<eventstore::partition_number, std::int64_t> rows;
        std::int64_t all = 0;
        const auto count = [&](const projections::member_columns& row) {
            ++rows[eventstore::partition_of(row.who.guild, 4)];
            ++all;
        };
        projections::read_share_of_members(db, 4, count, limit);
        CHECK_LE(all, limit);
        if (limit >= 8) CHECK_EQ(rows.size(), 4);
        if (limit == 1000) CHECK_EQ(all, 120);
    }
}

// A reader's caller met it as an unexpected failure: 500 instead of 503.
TEST_CASE("a query that takes too long, or that the database refuses, is unavailable") {
    projected_log world;
    read_model reader(impatient(world.options()), 1);
    const auto who = test::new_member();
    REQUIRE_FALSE(reader.member(who));
    SUBCASE("too long") {
        auto other = world.database().connect();
        other.begin();
        other.run_script("LOCK datadrop.membership, datadrop.dead_letters");
        check_reads_are_unavailable(reader, who);
        other.rollback();
    }
    SUBCASE("refused") {
        world.damage("ALTER SCHEMA datadrop RENAME TO elsewhere");
        check_reads_are_unavailable(reader, who);
        CHECK_THROWS_AS(reader.status(), eventstore::unavailable);
        CHECK_THROWS_AS(reader.position(), eventstore::unavailable);
        world.damage("ALTER SCHEMA elsewhere RENAME TO datadrop");
    }
    CHECK_FALSE(reader.member(who));
}

TEST_SUITE_END();
