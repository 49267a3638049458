// GET /v1/events?guild_id=&event=: only what a reader wants, and how far it came all the same.

#include "eventstore/position.hpp"
#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

namespace datadrop::test {
namespace {

using domain::state;
using namespace std::chrono_literals;

constexpr int partitions = 3;

struct guild_pair {
    std::string one;
    std::string other; // in the same partition
    std::string far;   // in another
};

guild_pair guilds_of(int count) {
    const auto place = [count](std::int64_t guild) {
        return eventstore::partition_of(domain::guild_id{guild}, count);
    };
    std::int64_t other = 2, far = 2;
    while (place(other) != place(1))
        ++other;
    while (count > 1 ? place(far) == place(1) : far == other)
        ++far;
    return {"1", std::to_string(other), std::to_string(far)};
}

std::string line_of(const feed_event& event) {
    return event.type + " " + fields(event.data.as_object(), {"guild_id", "version"});
}

std::vector<std::string> take(feed& from, std::size_t count) {
    std::vector<std::string> lines;
    while (lines.size() < count)
        lines.push_back(line_of(from.next().value()));
    return lines;
}

/// Reads on while no event comes, until the reader's place has moved.
bool moves_unseen(feed& reader) {
    const auto before = reader.last_id();
    return eventually([&] {
        try {
            const auto event = reader.next(200ms);
            FAIL_CHECK("an event came: " << (event ? line_of(*event) : "the end"));
        } catch (const std::runtime_error&) {
            // None, as it should be.
        }
        return reader.last_id() != before;
    });
}

} // namespace

TEST_CASE("feed filters: of one guild, caught up and live, wherever it lives") {
    for (const int count : {1, partitions}) {
        CAPTURE(count);
        const world at(count);
        const auto guild = guilds_of(count);
        auto bot = at.front.connect(at.bot);
        for (const auto& name : {guild.other, guild.one, guild.far})
            bring(bot, somebody_of(name), state::onboarding_in_progress);
        feed reader(at.front.port(), at.reader, {.after = "0", .filter = "guild_id=" + guild.one});
        CHECK(take(reader, 2) == std::vector<std::string>{"MemberJoined " + guild.one + " 1",
                                                          "OnboardingBegun " + guild.one + " 2"});
        for (const auto& name : {guild.other, guild.far, guild.one})
            bring(bot, somebody_of(name), state::invited_or_joined);
        CHECK(take(reader, 1) == std::vector<std::string>{"MemberJoined " + guild.one + " 1"});
    }
}

TEST_CASE("feed filters: of several types, and of a guild and types together") {
    const world at;
    auto bot = at.front.connect(at.bot);
    const auto guild = guilds_of(1);
    feed live(at.front.port(), at.reader,
              {.after = "latest", .filter = "event=MemberLeft,MemberJoined"});
    const auto one = bring(bot, somebody_of(guild.one), state::onboarding_in_progress);
    const auto other = bring(bot, somebody_of(guild.other), state::invited_or_joined);
    for (const auto& who : {one, other})
        check_accepted(submit(bot, command(who, "Leave")));
    CHECK(take(live, 4) == std::vector<std::string>{"MemberJoined " + guild.one + " 1",
                                                    "MemberJoined " + guild.other + " 1",
                                                    "MemberLeft " + guild.one + " 3",
                                                    "MemberLeft " + guild.other + " 2"});
    feed both(at.front.port(), at.reader,
              {.after = "0", .filter = "guild_id=" + guild.other + "&event=MemberLeft"});
    CHECK(take(both, 1) == std::vector<std::string>{"MemberLeft " + guild.other + " 2"});
}

TEST_CASE("feed filters: the last id goes on while nothing matches, and misses nothing") {
    const world at(partitions);
    const auto guild = guilds_of(partitions);
    auto bot = at.front.connect(at.bot);
    const auto who = bring(bot, somebody_of(guild.one), state::invited_or_joined);
    const auto filter = "guild_id=" + guild.one + "&event=MemberLeft";
    feed reader(at.front.port(), at.reader, {.after = "latest", .filter = filter});
    CHECK_THROWS(reader.next(500ms)); // it has begun
    bring(bot, somebody_of(guild.other), state::verified);
    park(bot);
    CHECK(moves_unseen(reader));
    check_accepted(submit(bot, command(who, "Leave")));
    feed resumed(at.front.port(), at.reader, {.last_event_id = reader.last_id(), .filter = filter});
    CHECK(take(resumed, 1) == std::vector<std::string>{"MemberLeft " + guild.one + " 2"});
    CHECK(take(reader, 1) == std::vector<std::string>{"MemberLeft " + guild.one + " 2"});
    CHECK(resumed.last_id() == reader.last_id());
}

TEST_CASE("feed filters: a rare event is found behind many that are not wanted") {
    const world at;
    const auto guild = guilds_of(1);
    auto bot = at.front.connect(at.bot);
    for (int thousands = 0; thousands < 12; ++thousands) { // more than a page, and than a look
        json::array all;
        for (int i = 0; i < 1000; ++i)
            all.push_back(command(somebody_of(guild.other), "Join"));
        submit_all(bot, all);
    }
    bring(bot, somebody_of(guild.one), state::invited_or_joined);
    feed reader(at.front.port(), at.reader, {.after = "0", .filter = "guild_id=" + guild.one});
    CHECK(take(reader, 1) == std::vector<std::string>{"MemberJoined " + guild.one + " 1"});
}

TEST_CASE("feed filters: what is no guild and no type is refused, and named") {
    const auto& at = shared_world();
    auto reader = at.front.connect(at.reader);
    const auto check = [&](const std::string& filter, std::string_view value) {
        CAPTURE(filter);
        const auto answer = reader.get("/v1/events?" + filter);
        check_problem(answer, 400, "invalid_parameter");
        CHECK(answer.field("detail").find("not \"" + std::string(value) + "\"") !=
              std::string::npos);
    };
    for (const auto* guild : {"x", "0", "-1", "01", "9223372036854775808", ""})
        check("guild_id=" + std::string(guild), guild);
    check("event=MemberLeft,MemberWent", "MemberWent");
    check("event=memberleft", "memberleft");
    check("event=", "");
    check("event=MemberLeft,", "");
    check("event=CommandParked", "CommandParked");
}

TEST_CASE("feed filters: events tail prints those of a guild and of types alone") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto before = log_head(at);
    const auto who = somebody_in(bot, state::onboarding_in_progress);
    const auto other = somebody_in(bot, state::invited_or_joined);
    process tail({"events", "tail", "--after", before, "--guild", who.guild, "--event",
                  "MemberJoined,MemberLeft", "--event", "BanLifted", "--format", "json"},
                 {{"DATADROP_SERVER", at.front.url()}, {"DATADROP_TOKEN", at.reader}});
    for (const auto& one : {other, who})
        CHECK(submit(bot, command(one, "Leave")).at("outcome") == "accepted");
    CHECK(tail.wait_for_out("MemberLeft"));
    std::string events;
    for (const auto& event : objects_in(tail.out()))
        events += fields(event, {"user_id", "event", "version"}) + "\n";
    CHECK(events == who.user + " MemberJoined 1\n" + who.user + " MemberLeft 3\n");
    const auto refused = at.run_client({"events", "tail", "--event", "MemberWent"});
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("MemberWent") != std::string::npos);
}

} // namespace datadrop::test
