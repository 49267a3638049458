// Limits of commands a second: one token or guild floods, and is told; the others do not notice.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

#include <atomic>
#include <thread>

namespace datadrop::test {
namespace {

json::array joins_of(const std::string& guild, int count) {
    json::array all;
    for (int i = 0; i < count; ++i)
        all.push_back(command(somebody_of(guild), "Join"));
    return all;
}

/// A guild that nobody had before.
std::string new_guild() { return somebody().guild; }

/// `owed`: how many more than a second's worth were taken, at one a second.
void check_refused(const http_answer& answer, std::string_view code, int owed) {
    CHECK(answer.status == 429);
    const auto seconds = std::stoi(answer.header("retry-after"));
    CHECK(seconds <= owed);
    CHECK(seconds > owed / 2); // some of them are over
    const auto told = answer.json();
    const auto one = told.is_array() ? told.as_array().at(0) : told;
    CHECK(one.at("outcome") == "overloaded");
    CHECK(one.at("code") == json::value(code));
}

/// Sends arrays of one guild as fast as it can until it goes.
class flood {
  public:
    flood(const world& at, std::string guild)
        : thread_([this, guild = std::move(guild),
                   to = at.front.connect(at.bot)](const std::stop_token& stop) mutable {
              while (!stop.stop_requested())
                  if (to.post("/v1/commands", joins_of(guild, 20)).status == 429) ++refused_;
          }) {}
    int refused() const { return refused_; }

  private:
    std::atomic<int> refused_ = 0;
    std::jthread thread_; // last: it uses the other
};

} // namespace

// More than a second's worth in one array is taken and waited for afterwards: so nothing here hangs
// on how fast the test is.
TEST_CASE("rates: a token above its own is told for how long, and nothing of an array is done") {
    const world at(1, {"--token-rate", "1"});
    auto bot = at.front.connect(at.bot);
    CHECK(bot.post("/v1/commands", joins_of(new_guild(), 1000)).status == 200);
    const auto head = log_head(at);
    for (int i = 0; i < 2; ++i)
        check_refused(bot.post("/v1/commands", joins_of(new_guild(), 1000)), "token_rate_exceeded",
                      1000);
    const auto mixed = json::array{command(somebody(), "Join"), json::object{}};
    const auto refused = bot.post("/v1/commands", mixed);
    check_refused(refused, "token_rate_exceeded", 1000);
    CHECK(refused.json().at(1).at("outcome") == "invalid");
    CHECK(log_head(at) == head);
    CHECK(bot.get("/v1/members").status == 200);
    auto api = at.front.connect(at.api);
    CHECK(api.post("/v1/commands", joins_of(new_guild(), 1000)).status == 200);
    CHECK(metric(at.front, "datadrop_commands_above_rate_total{of=\"token\"}") == 2001);
    CHECK(metric(at.front, "datadrop_commands_above_rate_total{of=\"guild\"}") == 0);
}

TEST_CASE("rates: both secrets of a token count as one") {
    const world at(1, {"--token-rate", "1"});
    const auto rotated = at.run_here({"token", "rotate", "--name", "bot"}).out;
    auto before = at.front.connect(at.bot);
    auto after = at.front.connect(rotated.substr(0, rotated.size() - 1));
    CHECK(before.post("/v1/commands", joins_of(new_guild(), 1000)).status == 200);
    check_refused(after.post("/v1/commands", command(somebody(), "Join")), "token_rate_exceeded",
                  1000);
}

TEST_CASE("rates: a guild above its own is refused whoever sends, and of an array all is") {
    const world at(1, {"--guild-rate", "1"});
    auto bot = at.front.connect(at.bot);
    auto api = at.front.connect(at.api);
    const auto guild = new_guild();
    CHECK(api.post("/v1/commands", joins_of(guild, 1000)).status == 200);
    const auto head = log_head(at);
    check_refused(bot.post("/v1/commands", command(somebody_of(guild), "Join")),
                  "guild_rate_exceeded", 1000);
    const auto mixed =
        json::array{command(somebody(), "Join"), command(somebody_of(guild), "Join")};
    check_refused(bot.post("/v1/commands", mixed), "guild_rate_exceeded", 1000);
    CHECK(log_head(at) == head);
    CHECK(bot.post("/v1/commands", joins_of(new_guild(), 1000)).status == 200);
    CHECK(metric(at.front, "datadrop_commands_above_rate_total{of=\"guild\"}") == 3);
}

TEST_CASE("rates: one token floods, and the others do not notice") {
    const world at(1, {"--token-rate", "100"});
    const flood flooding(at, new_guild());
    CHECK(eventually([&] { return flooding.refused() > 100; }));
    auto api = at.front.connect(at.api);
    for (int i = 0; i < 50; ++i)
        check_accepted(submit(api, command(somebody(), "Join")));
    CHECK(flooding.refused() > 100);
}

TEST_CASE("rates: one guild floods, and another of the same token does not notice") {
    const world at(1, {"--guild-rate", "100"});
    const auto flooded = new_guild();
    const flood flooding(at, flooded);
    CHECK(eventually([&] { return flooding.refused() > 100; }));
    auto bot = at.front.connect(at.bot);
    for (int i = 0; i < 50; ++i)
        check_accepted(submit(bot, command(somebody(), "Join")));
    // Whoever sends for the flooded one is told, and comes through as the others do.
    auto api = at.front.connect(at.api);
    CHECK(eventually([&] {
        return submit(api, command(somebody_of(flooded), "Join")).at("outcome") == "accepted";
    }));
}

TEST_CASE("rates: the client waits as long as it is told, and all comes to pass") {
    const world at(1, {"--token-rate", "500"});
    std::string lines;
    for (int i = 0; i < 1100; ++i)
        lines += json::serialize(command(somebody(), "Join")) + "\n";
    const auto sent = at.run_client({"submit", "--format", "json"}, lines);
    CHECK(sent.exit_code == 0);
    std::size_t accepted = 0;
    for (const auto& outcome : objects_in(sent.out))
        accepted += outcome.at("outcome") == "accepted" ? 1 : 0;
    CHECK(accepted == 1100);
}

} // namespace datadrop::test
