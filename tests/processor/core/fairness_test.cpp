// What holds for one guild holds beside another guild's flood: the queue, a load, a batch and the
// parking are shared by guild in turns, not first come, first served.
#include "tests/processor/core/machine_desk.hpp"

#include <doctest/doctest.h>

using namespace datadrop;
using namespace datadrop::test;

namespace {

constexpr std::int64_t quiet_guild = 2; // guild 1 floods

domain::envelope join(std::int64_t user, std::int64_t guild = 1) {
    auto c = command(command_kind::join, fmt::format("k{}", user));
    c.who = member(user, guild);
    return c;
}

std::vector<domain::envelope> joins(std::int64_t first, std::int64_t count,
                                    std::int64_t guild = 1) {
    std::vector<domain::envelope> commands;
    for (std::int64_t user = first; user < first + count; ++user)
        commands.push_back(join(user, guild));
    return commands;
}

std::vector<head> nobodies(std::size_t count) { return {count, nobody}; }
std::vector<chain_fate> all(std::size_t count, const chain_fate& fate) { return {count, fate}; }

/// The users of an append's chains, or of a load's or reservation's members, in order.
std::string users_in(const std::string& line) {
    std::string users;
    for (std::size_t at = line.find("member "); at != line.npos; at = line.find("member ", at + 1))
        users += " " + line.substr(at + 7, line.find(' ', at + 7) - at - 7);
    return users;
}

core_limits small() {
    core_limits limits;
    limits.batch_steps_max = 4;
    limits.park_commands_max = 2;
    return limits;
}

/// A desk with an append of member 100 under way, behind which the members 1 to `flood` of guild 1
/// stand in line, known.
desk flooded(std::int64_t flood, core_limits limits = small()) {
    desk d(limits);
    d.submit(join(100));
    d.loaded({nobody});
    d.submit(joins(1, flood));
    d.loaded(nobodies(static_cast<std::size_t>(flood)));
    return d;
}

} // namespace

TEST_SUITE_BEGIN("fairness");

// 10,000 commands of one guild, a raid of joins, refused everybody else's with 429.
TEST_CASE("admission: a guild has at most as many commands under way as there is room left") {
    core_limits limits;
    limits.queue_max = 12;
    desk d(limits);
    d.submit(joins(1, 6));
    CHECK(d.submit(join(7)) == lines{"answer 7: overloaded queue_full"});
    CHECK(d.submit(join(8, quiet_guild)).empty());
    CHECK(d.submit(join(9, quiet_guild)).empty());
    CHECK(d.core.admitted() == 8);
    CHECK(d.submit(joins(10, 2, 3)).empty()); // a third guild: two more leave two
    CHECK(d.submit(join(12, 3)) == lines{"answer 12: overloaded queue_full"});
    CHECK(d.submit(join(13, 4)).empty());
}

TEST_CASE(
    "admission: an array goes in whole or not at all, whichever of its guilds is in the way") {
    core_limits limits;
    limits.queue_max = 12;
    desk d(limits);
    d.submit(joins(1, 5));
    CHECK(d.submit(joins(6, 2)) ==
          lines{"answer 6: overloaded queue_full", "answer 7: overloaded queue_full"});
    CHECK(d.submit({join(8, quiet_guild), join(9), join(10)}) ==
          lines{"answer 8: overloaded queue_full", "answer 9: overloaded queue_full",
                "answer 10: overloaded queue_full"});
    CHECK(d.core.admitted() == 5);
    CHECK(d.submit({join(11, quiet_guild), join(12, quiet_guild)}).empty());
}

TEST_CASE("admission: an array that the queue can hold goes into an empty one") {
    core_limits limits;
    limits.queue_max = 12;
    desk d(limits);
    d.submit(joins(1, 12));
    CHECK(d.core.admitted() == 12);
    desk smaller(limits);
    CHECK(smaller.submit(joins(1, 13)).size() == 13); // refused, each
    CHECK(smaller.core.admitted() == 0);
}

TEST_CASE("admission: what is answered leaves its guild's share") {
    core_limits limits;
    limits.queue_max = 2;
    desk d(limits);
    d.submit(join(1));
    d.submit(join(2));
    d.loaded({nobody});
    d.appended({written(1)});
    CHECK(d.submit(join(3)) == lines{"load 3"});
}

TEST_CASE("a batch is shared by guild in turns") {
    auto d = flooded(6);
    d.submit(joins(11, 2, quiet_guild));
    d.loaded(nobodies(2));
    CHECK(users_in(d.appended({written(1)}).back()) == " 1 11 2 12");
    CHECK(users_in(d.appended(all(4, written(2))).back()) == " 3 4 5 6");
}

TEST_CASE("a batch is shared step by step, and a long chain takes what others leave") {
    desk d(small());
    d.know(nobody);
    d.submit(join(100));
    d.loaded({nobody});
    std::vector<domain::envelope> chain;
    for (const auto* key : {"a", "b", "c", "d", "e", "f"})
        chain.push_back(command(command_kind::join, key));
    d.submit(chain);
    d.submit(join(11, quiet_guild));
    d.loaded({nobody});
    const auto line = d.appended({written(1)}).back();
    CHECK(line == "append member 7 at None v0 [a: MemberJoined, b: check, c: check] "
                  "member 11 at None v0 [k11: MemberJoined]");
}

TEST_CASE("a load is shared by guild in turns") {
    auto limits = small();
    limits.load_members_max = 2;
    desk d(limits);
    d.submit(join(100));
    d.submit(joins(1, 4));
    d.submit(join(11, quiet_guild));
    CHECK(d.loaded({nobody}).back() == "load 1 11");
}

TEST_CASE("a guild's retries take turns with another guild's first attempts") {
    auto d = flooded(4);
    CHECK(users_in(d.appended({written(1)}).back()) == " 1 2 3 4");
    d.submit(joins(11, 5, quiet_guild));
    d.loaded(nobodies(5));
    const auto lost = conflict(at(state::left_guild, 1));
    CHECK(users_in(d.appended(all(4, lost)).back()) == " 1 11 2 12");
}

TEST_CASE("a lost race is decided anew before those that have not begun, in its guild and before "
          "guilds that have not") {
    auto d = flooded(4);
    d.submit({join(11, 2), join(12, 3), join(13, 4)});
    d.loaded(nobodies(3));
    CHECK(users_in(d.appended({written(1)}).back()) == " 1 11 12 13");
    d.submit({join(25, 5), join(26, 6), join(27, 7)});
    d.loaded(nobodies(3));
    const auto lost = conflict(at(state::left_guild, 1));
    const auto line = d.appended({written(2), lost, written(3), written(4)}).back();
    CHECK(users_in(line) == " 11 2 25 26");
}

TEST_CASE("parking is shared by guild in turns, and appends go on beside it") {
    auto limits = small();
    limits.tries.attempts_max = 1;
    auto d = flooded(4, limits);
    d.appended({written(1)});
    d.submit(joins(11, 2, quiet_guild));
    d.loaded(nobodies(2));
    const auto lost = conflict(at(state::left_guild, 1));
    CHECK(d.appended(all(4, lost)).back() == "park k1 (1: None v0 met LeftGuild v1) "
                                             "k2 (1: None v0 met LeftGuild v1)");
    CHECK(users_in(d.parked(std::vector<eventstore::park_fate>(2)).back()) == " 11 12");
    CHECK(d.appended(all(2, lost)).back() == "park k3 (1: None v0 met LeftGuild v1) "
                                             "k11 (1: None v0 met LeftGuild v1)");
}

TEST_CASE("a reservation is shared by guild in turns, and leaves half of a batch to others") {
    auto d = flooded(4);
    d.appended({written(1)});
    const auto lost = conflict(at(state::left_guild, 1));
    d.appended(all(4, lost));
    d.submit(joins(11, 2, quiet_guild));
    d.loaded(nobodies(2));
    CHECK(d.appended(all(4, conflict(at(state::left_guild, 2)))).back() == "reserve 1 2");
    CHECK(users_in(d.reserved({at(state::left_guild, 2), at(state::left_guild, 2)}).back()) ==
          " 1 2 11 12");
}

TEST_SUITE_END();
