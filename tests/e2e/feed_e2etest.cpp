// GET /v1/events: catch up, live, resumed, refused.

#include "eventstore/position.hpp"
#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <memory>

namespace datadrop::test {
namespace {

using domain::state;
using namespace std::chrono_literals;

/// What stands before the first check: with one partition the position.
std::string position_in(const std::string& id) { return id.substr(0, id.find('~')); }

std::string line_of(const feed_event& event) {
    return position_in(event.id) + " " + event.type + " " +
           fields(event.data.as_object(), {"user_id", "version"});
}

std::vector<std::string> take(feed& from, std::size_t count) {
    std::vector<std::string> lines;
    while (lines.size() < count) {
        const auto event = from.next();
        if (!event) break;
        lines.push_back(line_of(*event));
    }
    return lines;
}

std::vector<std::string> take_ids(feed& from, std::size_t count) {
    std::vector<std::string> ids;
    while (ids.size() < count)
        ids.push_back(from.next()->id);
    return ids;
}

/// A guild that lives in this partition of three.
std::string guild_in(eventstore::partition_number partition) {
    std::int64_t guild = 1;
    while (eventstore::partition_of(domain::guild_id{guild}, 3) != partition)
        ++guild;
    return std::to_string(guild);
}

} // namespace

TEST_CASE("feed: catches up in the log's order, then goes on live") {
    const world at;
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::onboarding_completed);
    feed live(at.front.port(), at.reader, {.after = "0"});
    CHECK(take(live, 3) == std::vector<std::string>{"1 MemberJoined " + who.user + " 1",
                                                    "2 OnboardingBegun " + who.user + " 2",
                                                    "3 OnboardingCompleted " + who.user + " 3"});
    CHECK(submit(bot, command(who, "Leave", {{"reason", "moved on"}})).at("outcome") == "accepted");
    const auto event = live.next();
    REQUIRE(event);
    CHECK(line_of(*event) == "4 MemberLeft " + who.user + " 4");
    auto in_history = history(bot, who).at(3).as_object();
    in_history["guild_id"] = who.guild;
    in_history["user_id"] = who.user;
    CHECK(event->data == in_history);
}

TEST_CASE("feed: Last-Event-ID goes on behind that event, before what `after` says") {
    const world at;
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::onboarding_completed);
    feed resumed(at.front.port(), at.reader, {.after = "0", .last_event_id = "2"});
    CHECK(take(resumed, 1) == std::vector<std::string>{"3 OnboardingCompleted " + who.user + " 3"});
}

TEST_CASE("feed: events of dead letters are passed over, and the ids go on") {
    const world at;
    auto bot = at.front.connect(at.bot);
    const auto parked = park(bot);
    CHECK(submit(bot, command(parked.who, "Leave")).at("outcome") == "accepted");
    feed live(at.front.port(), at.reader, {.after = "3"});
    CHECK(take(live, 1) == std::vector<std::string>{"5 MemberLeft " + parked.who.user + " 4"});
}

TEST_CASE("feed: with several partitions an id is a cursor, and each event comes once") {
    const world at(3);
    auto bot = at.front.connect(at.bot);
    for (const auto partition : eventstore::all_partitions(3))
        for (int i = 0; i < 3; ++i)
            bring(bot, somebody_of(guild_in(partition)), state::onboarding_in_progress);
    constexpr std::size_t written = 18;
    feed whole(at.front.port(), at.reader, {.after = "0"});
    CHECK(take(whole, written / 2).size() == written / 2);
    const auto last_id = whole.last_id();
    CHECK(last_id.find(',') != std::string::npos);
    feed rest(at.front.port(), at.reader, {.last_event_id = last_id});
    CHECK(take(rest, written / 2) == take(whole, written / 2));
    CHECK(submit(bot, command(somebody(), "Join")).at("outcome") == "accepted");
    CHECK(take(rest, 1) == take(whole, 1));
}

TEST_CASE("feed: what is no cursor is refused") {
    const auto& at = shared_world();
    auto reader = at.front.connect(at.reader);
    for (const auto* bad : {"x", "-1", "1,2", "01", "99999999999999999999", "1%00", "1~", "1~12",
                            "1~0123456X", "0~01234567"}) {
        CAPTURE(bad);
        const auto answer = reader.get("/v1/events?after=" + std::string(bad));
        CHECK(answer.status == 400);
        CHECK(answer.field("detail").find("after") != std::string::npos);
    }
    const auto answer = reader.send({.target = "/v1/events", .headers = {{"Last-Event-ID", "x"}}});
    CHECK(answer.status == 400);
    CHECK(answer.field("detail").find("Last-Event-ID") != std::string::npos);
}

TEST_CASE(
    "feed: each id proves itself: it goes on, and is refused with the check of another event") {
    const world at;
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::onboarding_completed);
    feed whole(at.front.port(), at.reader, {.after = "0"});
    const auto ids = take_ids(whole, 3);
    feed resumed(at.front.port(), at.reader, {.last_event_id = ids[1]});
    CHECK(take(resumed, 1) == std::vector<std::string>{"3 OnboardingCompleted " + who.user + " 3"});
    CHECK(resumed.last_id() == ids[2]);
    auto reader = at.front.connect(at.reader);
    for (const auto& cursor : {"2" + ids[0].substr(1), "1" + ids[1].substr(1), std::string("4"),
                               "4" + ids[2].substr(1)}) {
        CAPTURE(cursor);
        const auto refused =
            reader.send({.target = "/v1/events?after=0", .headers = {{"Last-Event-ID", cursor}}});
        check_problem(refused, 409, "history_changed");
        CHECK(refused.field("head") == ids[2]);
        CHECK(reader.get("/v1/events?after=" + cursor).status == 409);
    }
}

TEST_CASE("feed: tells proxies not to keep it, and readers when to come again") {
    const auto& at = shared_world();
    feed live(at.front.port(), at.reader, {.after = "latest"});
    CHECK(live.head().header("x-accel-buffering") == "no");
    CHECK(live.head().header("cache-control") == "no-store");
    auto bot = at.front.connect(at.bot);
    CHECK(submit(bot, command(somebody(), "Join")).at("outcome") == "accepted");
    CHECK(live.next());
    CHECK(live.retry().value_or(0) >= 1000);
}

TEST_CASE("feed: a revoked token's feed ends within 5 s, and others go on") {
    const auto& at = shared_world();
    const auto token = create_token(at.variables, "leaver", "api", "read");
    feed leaving(at.front.port(), token, {.after = "latest"});
    feed staying(at.front.port(), at.reader, {.after = "latest"});
    CHECK(at.run_here({"token", "revoke", "--name", "leaver"}).exit_code == 0);
    CHECK(!leaving.next(5s));
    auto bot = at.front.connect(at.bot);
    CHECK(submit(bot, command(somebody(), "Join")).at("outcome") == "accepted");
    CHECK(staying.next());
    CHECK(at.front.connect(token).get("/v1/events").status == 401);
}

TEST_CASE("feed: one whose reader takes nothing ends with its token, too") {
    const world at;
    const auto token = create_token(at.variables, "sleeper", "api", "read");
    auto bot = at.front.connect(at.bot);
    for (int thousands = 0; thousands < 30; ++thousands) {
        json::array all;
        for (int i = 0; i < 1000; ++i)
            all.push_back(command(somebody(), "Join", {{"reason", std::string(200, 'x')}}));
        submit_all(bot, all);
    }
    auto sleeping = at.front.connect(token);
    sleeping.write(sleeping.bytes_of({.target = "/v1/events?after=0"}));
    CHECK(eventually([&] { return at.front.unsent_bytes() > 0; }));
    CHECK(at.run_here({"token", "revoke", "--name", "sleeper"}).exit_code == 0);
    CHECK(eventually([&] { return at.front.unsent_bytes() == 0; }, 5s));
}

TEST_CASE("feed: stays open while the database is away, and goes on when it is back") {
    const world at;
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::invited_or_joined);
    feed live(at.front.port(), at.reader, {.after = "0"});
    CHECK(take(live, 1).size() == 1);
    at.database.take_away();
    CHECK(eventually([&] { return at.front.connect().get("/readyz").status == 503; }));
    CHECK_THROWS(live.next(1500ms)); // neither an event nor the end
    at.database.give_back();
    CHECK(eventually([&] { return at.front.connect().get("/readyz").status == 200; }));
    CHECK(submit(bot, command(who, "Leave")).at("outcome") == "accepted");
    CHECK(take(live, 1) == std::vector<std::string>{"2 MemberLeft " + who.user + " 2"});
}

TEST_CASE("feed: one that begins while the database is away is open, and goes on when it is back") {
    const world at;
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::onboarding_in_progress);
    shown(at, who); // so that the server has seen where the log ends
    at.database.take_away();
    CHECK(eventually([&] { return at.front.connect().get("/readyz").status == 503; }));
    feed whole(at.front.port(), at.reader, {.after = "0"});
    feed resumed(at.front.port(), at.reader, {.last_event_id = "1"});
    feed latest(at.front.port(), at.reader, {.after = "latest"});
    CHECK_THROWS(latest.next(1s));
    CHECK(latest.retry().value_or(0) >= 1000);
    at.database.give_back();
    CHECK(eventually([&] { return at.front.connect().get("/readyz").status == 200; }));
    CHECK(submit(bot, command(who, "Leave")).at("outcome") == "accepted");
    const auto left = "3 MemberLeft " + who.user + " 3";
    CHECK(take(whole, 3).back() == left);
    CHECK(take(resumed, 2).back() == left);
    CHECK(take(latest, 1).back() == left);
}

TEST_CASE("feed: when the house is full it is 200, a long retry and the end") {
    const world at(1, {"--feed-limit", "20"});
    std::vector<std::unique_ptr<feed>> all;
    for (int i = 0; i < 20; ++i)
        all.push_back(
            std::make_unique<feed>(at.front.port(), at.reader, feed::options{.after = "latest"}));
    feed refused(at.front.port(), at.reader, {.after = "latest"});
    CHECK(!refused.next());
    CHECK(refused.retry() == 10000);
    CHECK(metric(at.front, "datadrop_feeds_refused_total") == 1);
    all.pop_back();
    CHECK(eventually([&] {
        try {
            feed(at.front.port(), at.reader, {.after = "latest"}).next(300ms);
            return false;
        } catch (const std::runtime_error&) {
            return true; // it goes on
        }
    }));
}

TEST_CASE("feed: tells where it begins, so that one that is cut off at once misses nothing") {
    world at;
    auto bot = at.front.connect(at.bot);
    somebody_in(bot, state::onboarding_in_progress);
    feed live(at.front.port(), at.reader, {.after = "latest"});
    CHECK(at.front.stop() == 0);
    CHECK(!live.next());
    CHECK(position_in(live.last_id()) == "2");
    CHECK(live.last_id().size() == 10); // with its check
}

TEST_CASE("feed: ends when the server stops, and resumes at the next one") {
    world at;
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::invited_or_joined);
    feed live(at.front.port(), at.reader, {.after = "0"});
    CHECK(take(live, 1).size() == 1);
    CHECK(at.front.stop() == 0);
    CHECK(!live.next());

    const server next(at.variables);
    auto again = next.connect(at.bot);
    CHECK(submit(again, command(who, "Leave")).at("outcome") == "accepted");
    feed resumed(next.port(), at.reader, {.last_event_id = "1"});
    CHECK(take(resumed, 1) == std::vector<std::string>{"2 MemberLeft " + who.user + " 2"});
}

} // namespace datadrop::test
