// Writers that want the same: of one version there is one event, and positions have no gaps.

#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"

#include <atomic>
#include <latch>
#include <map>
#include <thread>

namespace datadrop::eventstore {
namespace {

using domain::command_kind;
using domain::state;
using domain::stream_version;

constexpr std::size_t writers = 20;
constexpr std::size_t members = 1000;
constexpr std::size_t guild_size = 5; // written in one call

/// Runs `work` on a thread for each writer, all let go at once, each with a log of its own.
template <typename Work>
void race(const test::scratch_database& database, Work&& work) {
    std::latch all_ready(writers);
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < writers; ++i)
        threads.emplace_back([&] {
            const auto log = database.open_log();
            log->tails(); // connected before the start
            all_ready.arrive_and_wait();
            work(*log);
        });
}

using guild_members = std::vector<domain::member_id>;

std::vector<guild_members> new_guilds() {
    std::vector<guild_members> guilds(members / guild_size);
    for (auto& guild : guilds) {
        guild.push_back(test::new_member());
        while (guild.size() < guild_size)
            guild.push_back(test::new_member_of(guild[0].guild));
    }
    return guilds;
}

/// Of each member, how many were its first event, and how many were told of that one's state.
struct standings {
    explicit standings(const std::vector<guild_members>& guilds) {
        for (const auto& guild : guilds)
            for (const auto who : guild)
                winners[who] = losers[who] = 0;
    }

    /// From every thread.
    void join(log& mine, const guild_members& guild) {
        std::vector<chain> chains;
        for (const auto who : guild)
            chains.push_back(test::decided({}, {test::make_command(who, command_kind::join)}));
        const auto fates = mine.append(test::partition_for(mine, guild[0]), {}, chains).fates;
        for (std::size_t i = 0; i < guild.size(); ++i) {
            if (fates[i].what == fate::appended) ++winners.at(guild[i]);
            if (fates[i].what == fate::conflict && fates[i].found == chains[i].after)
                ++losers.at(guild[i]);
        }
    }

    std::map<domain::member_id, std::atomic<int>> winners, losers;
};

/// Joins and leaves until so many of its own events are written, judged on what it found.
void move_in_and_out(log& mine, domain::member_id who, int events) {
    head expected;
    for (int written = 0; written < events;) {
        const auto kind = expected.member.current == state::invited_or_joined ? command_kind::leave
                                                                              : command_kind::join;
        const auto one =
            test::append(mine, test::decided(expected, {test::make_command(who, kind)}));
        if (one.what == fate::appended) ++written;
        expected = one.found;
    }
}

TEST_SUITE_BEGIN("contention");

TEST_CASE("20 writers each want to be the first event of the same new member: exactly one is") {
    const test::scratch_database database({.partitions = 3});
    const auto guilds = new_guilds();
    standings of_all(guilds);
    race(database, [&](log& mine) {
        for (const auto& guild : guilds)
            of_all.join(mine, guild);
    });
    CHECK_EQ(of_all.winners.size(), members);
    for (const auto& [who, won] : of_all.winners) {
        CHECK_EQ(won, 1);
        CHECK_EQ(of_all.losers.at(who), writers - 1);
    }
    auto db = database.connect();
    CHECK_EQ(db.run("SELECT count(*) FROM datadrop.membership_events").number(0, 0), members);
    CHECK_EQ(db.run("SELECT sum(position & 281474976710655) FROM datadrop.log_head").number(0, 0),
             members);
}

TEST_CASE("20 writers of one member, each judged anew on what it found, write every version once") {
    constexpr int rounds = 10;
    const test::scratch_database database;
    const auto who = test::new_member();
    race(database, [&](log& mine) { move_in_and_out(mine, who, rounds); });
    const auto log = database.open_log();
    const auto history = log->history(who, {}, 1000);
    REQUIRE_EQ(history.size(), writers * rounds);
    auto before = state::none;
    for (std::size_t i = 0; i < history.size(); ++i) {
        CHECK_EQ(number_of(history[i].version), static_cast<std::int64_t>(i) + 1);
        CHECK_EQ(number_of(history[i].position), static_cast<std::int64_t>(i) + 1);
        CHECK_EQ(history[i].what.from, before);
        before = history[i].what.to;
    }
}

TEST_CASE("writing needs a snapshot a statement: another isolation is refused") {
    const test::scratch_database database;
    auto db = database.connect();
    for (const auto* write : {"SELECT datadrop.lock_tail(0::smallint)",
                              "SELECT datadrop.append(0::smallint, NULL, NULL, NULL, NULL, NULL, "
                              "true, '{}', '{}', '{}', '{}')"}) {
        CAPTURE(write);
        db.run_script("BEGIN ISOLATION LEVEL REPEATABLE READ");
        CHECK_THROWS_WITH_AS(db.run(write), doctest::Contains("read committed only"),
                             postgres::statement_refused);
        db.run_script("ROLLBACK");
    }
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
