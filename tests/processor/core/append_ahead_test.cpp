// One append behind the other: what goes there, what it expects, and what waits instead.

#include "tests/processor/core/machine_desk.hpp"

#include <doctest/doctest.h>

using namespace datadrop::test;
using datadrop::eventstore::append_result;
using datadrop::eventstore::global_position;
using datadrop::eventstore::log_point;

namespace {

constexpr std::size_t halved_from = 4;

log_point tail(std::int64_t position) { return {.history = 1, .tail = global_position{position}}; }

datadrop::domain::envelope join_of(std::int64_t user) {
    auto c = command(command_kind::join, "k" + std::to_string(user));
    c.who = member(user);
    return c;
}

std::vector<datadrop::domain::envelope> joins(std::int64_t first, std::int64_t last) {
    std::vector<datadrop::domain::envelope> all;
    for (auto user = first; user <= last; ++user)
        all.push_back(join_of(user));
    return all;
}

std::string joining(std::int64_t user) {
    return " member " + std::to_string(user) + " at None v0 exactly [k" + std::to_string(user) +
           ": MemberJoined]";
}

/// Members 11 … are known exactly, at no event, as of position 4; and nothing is under way.
struct ready_desk : desk {
    ready_desk() : desk({.halved_from = halved_from}, 1, 2) {
        submit(joins(10, 10));
        fed(heads_loaded{{}, seen_by(1)});
    }
    static datadrop::eventstore::members_seen seen_by(std::size_t count) {
        auto all = seen(std::vector<head>(count, nobody));
        all.at = tail(4);
        return all;
    }
    lines load(std::size_t count) { return fed(heads_loaded{{}, seen_by(count)}); }
    /// The oldest append under way is written whole, behind the tail at `from`.
    lines append(std::int64_t from, std::int64_t chains) {
        append_result result{.at = tail(from + chains), .followed = true};
        for (std::int64_t i = 1; i <= chains; ++i)
            result.fates.push_back(written(from + i));
        return fed(chains_appended{{}, result});
    }
};

} // namespace

TEST_SUITE_BEGIN("append ahead");

TEST_CASE("what is loaded while an append is under way goes behind it, on what that will leave") {
    ready_desk d;
    CHECK(d.submit(join_of(11)) == lines{"load 11"});
    CHECK(d.load(1) == lines{"append as of 4 and 1 more" + joining(11)});
}

TEST_CASE("a third append waits for the first, and expects what that left and the second leaves") {
    ready_desk d;
    d.submit(join_of(11));
    d.load(1);
    d.submit(join_of(12));
    CHECK(d.load(1).empty());
    CHECK(d.append(4, 1) == lines{"answer 1: accepted InvitedOrJoined v1 attempts 1 at 5",
                                  "append as of 5 and 1 more" + joining(12)});
}

TEST_CASE("a command of a member who is in the first append waits for its answer") {
    ready_desk d;
    auto leave = command(command_kind::leave, "leave");
    leave.who = member(10);
    CHECK(d.submit(leave).empty());
    CHECK(d.append(4, 1).back() ==
          "append as of 5 member 10 at InvitedOrJoined v1 exactly [leave: MemberLeft]");
}

TEST_CASE("many members go in two halves, few in one append") {
    ready_desk d;
    SUBCASE("many") {
        d.submit(joins(11, 14));
        d.append(4, 1);
        CHECK(d.load(4) == lines{"append as of 5" + joining(11) + joining(12),
                                 "append as of 5 and 2 more" + joining(13) + joining(14)});
    }
    SUBCASE("few") {
        d.submit(joins(11, 13));
        d.append(4, 1);
        CHECK(d.load(3) == lines{"append as of 5" + joining(11) + joining(12) + joining(13)});
    }
}

TEST_CASE("few wait for many: what is ready goes behind once it is half of what is ahead") {
    ready_desk d;
    d.submit(joins(11, 13));
    d.append(4, 1);
    d.load(3);
    d.submit(join_of(14));
    CHECK(d.load(1).empty());
    d.submit(join_of(15));
    CHECK(d.load(1) == lines{"append as of 5 and 3 more" + joining(14) + joining(15)});
}

TEST_CASE("behind an append that writes nothing the tail is expected where it was") {
    ready_desk d;
    d.append(4, 1);
    auto again = command(command_kind::join, "again"); // is refused by the rules
    again.who = member(10);
    d.submit(again);
    d.submit(join_of(11));
    CHECK(d.load(1) == lines{"append as of 5 and 0 more" + joining(11)});
}

TEST_CASE("the first is lost, and the second is judged by its own answer") {
    ready_desk d;
    d.submit(join_of(11));
    d.load(1);
    CHECK(d.append_lost() == lines{"answer 1: unavailable database_unavailable"});
    CHECK(d.append(4, 1) == lines{"answer 2: accepted InvitedOrJoined v1 attempts 1 at 5"});
}

TEST_SUITE_END();
