// The feed for many readers, and for one that takes nothing: what they cost the server, and that
// they cost its writers nothing.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

namespace datadrop::test {
namespace {

constexpr int readers = 1000;
constexpr double mebibyte = 1024.0 * 1024.0;

double resident(const server& front) { return metric(front, "process_resident_memory_bytes"); }

/// Comes and goes of a few members, with texts that make their events large.
void write_thousand(connection& to, const std::vector<member>& members) {
    json::array all;
    for (int i = 0; i < 1000; ++i) {
        const auto turn = static_cast<std::size_t>(i) / members.size();
        all.push_back(command(members[static_cast<std::size_t>(i) % members.size()],
                              turn % 2 == 0 ? "Join" : "Leave",
                              {{"reason", std::string(500, 'x')}}));
    }
    for (const auto& outcome : submit_all(to, all))
        REQUIRE(outcome.at("outcome") == "accepted");
}

std::vector<member> some_members() {
    std::vector<member> members;
    for (int i = 0; i < 50; ++i)
        members.push_back(somebody());
    return members;
}

} // namespace

TEST_CASE("feed crowd: a thousand live readers are told each event, in 48 MiB at most") {
    const world at;
    auto bot = at.front.connect(at.bot);
    somebody_in(bot, domain::state::verified); // what a first command takes is no reader's
    const auto before = resident(at.front);
    process crowd(
        {DATADROP_NODE_FOLDER "/many_readers.mjs", at.front.url(), std::to_string(readers)},
        {{"TOKEN", at.reader}}, "node");
    REQUIRE(crowd.wait_for_out("open\n"));
    CHECK(metric(at.front, "datadrop_http_feeds") == readers);
    const auto who = somebody_in(bot, domain::state::onboarding_completed);
    CHECK(crowd.wait_for_out("told 3\n"));
    check_accepted(submit(bot, command(who, "Leave")));
    CHECK(crowd.wait_for_out("told 4\n"));
    const auto grown = resident(at.front) - before;
    MESSAGE("a thousand readers took " << grown / mebibyte << " MiB");
    CHECK(grown < 48 * mebibyte);
    CHECK(crowd.out() == "open\ntold 1\ntold 2\ntold 3\ntold 4\n");
}

TEST_CASE(
    "feed crowd: a reader that takes nothing holds up nobody, is little, and misses nothing") {
    const world at;
    auto bot = at.front.connect(at.bot);
    const auto members = some_members();
    write_thousand(bot, members);
    feed sleeping(at.front.port(), at.reader, {.after = "latest", .kept = false});
    feed awake(at.front.port(), at.reader, {.after = "latest", .kept = false});
    const auto before = resident(at.front);
    constexpr int thousands = 40; // 40 MB for each reader
    for (int i = 0; i < thousands; ++i) {
        write_thousand(bot, members);
        for (int told = 0; told < 1000; ++told)
            REQUIRE(awake.next());
    }
    CHECK(at.front.unsent_bytes() > 0);
    CHECK(resident(at.front) - before < 16 * mebibyte);
    std::int64_t position = 1000;
    for (int told = 0; told < 1000 * thousands; ++told) {
        const auto event = sleeping.next();
        REQUIRE(event);
        CHECK(event->data.at("position").as_string() == std::to_string(++position));
    }
}

} // namespace datadrop::test
