// The server's life: stopping with work under way, a full queue, commands that wait for their
// state, and what another server takes over.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

#include <atomic>
#include <csignal>
#include <map>
#include <thread>

namespace datadrop::test {
namespace {

using domain::state;

/// Commands whose state does not come wait this long, so that they can be found under way.
const arguments patient{"--budget-ms", "2000", "--attempts-max", "100"};

arguments patient_and(const arguments& more) {
    auto all = patient;
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

json::object never(const member& who) {
    return command(who, "Leave", {{"expected_state", "Banned"}});
}

bool has_queued(const server& front, double commands) {
    return eventually([&] { return metric(front, "datadrop_queued_commands") == commands; });
}

/// Sends Joins of new members one after the other until the server is gone; those accepted.
std::vector<json::object> keep_sending(connection to, std::atomic<int>& running) {
    std::vector<json::object> accepted;
    try {
        for (++running;;) {
            const auto outcome = submit(to, command(somebody(), "Join"));
            if (outcome.at("outcome") == "accepted") accepted.push_back(outcome);
        }
    } catch (const std::exception&) {
        return accepted; // the connection ended between two answers
    }
}

} // namespace

TEST_CASE("serve: a command waits for its state, and goes through when it comes true") {
    const world at(1, patient);
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::onboarding_completed);
    json::object outcome;
    std::thread waiting([&] {
        auto to = at.front.connect(at.bot);
        outcome = submit(to, command(who, "AcceptRules", {{"expected_state", "RoleEligible"}}));
    });
    CHECK(has_queued(at.front, 1));
    const server other(at.variables);
    auto api = other.connect(at.api);
    CHECK(submit(api, command(who, "GrantEligibility")).at("outcome") == "accepted");
    waiting.join();
    CHECK(fields(outcome, {"status", "outcome", "state", "version"}) ==
          "200 accepted RulesAccepted 5");
    CHECK(outcome.at("attempts").as_int64() > 1);
}

TEST_CASE("serve: a key that is under way is waited for, not run twice") {
    const world at(1, patient);
    auto bot = at.front.connect(at.bot);
    const auto what = never(somebody_in(bot, state::invited_or_joined));
    std::vector<json::object> told(2);
    std::thread first([&] {
        auto to = at.front.connect(at.bot);
        told[0] = submit(to, what);
    });
    CHECK(has_queued(at.front, 1));
    told[1] = submit(bot, what);
    first.join();
    CHECK(fields(told[0], {"outcome", "replayed"}) == "dead_lettered false");
    CHECK(fields(told[1], {"outcome", "replayed"}) == "dead_lettered true");
    CHECK(told[0].at("dead_letter_id") == told[1].at("dead_letter_id"));
}

TEST_CASE("serve: SIGTERM answers everything that was accepted for processing, and ends with 0") {
    world at(1, patient);
    auto bot = at.front.connect(at.bot);
    json::array all;
    for (int i = 0; i < 20; ++i)
        all.push_back(never(somebody_in(bot, state::invited_or_joined)));
    bot.write(
        bot.bytes_of({.method = "POST", .target = "/v1/commands", .body = json::serialize(all)}));
    CHECK(has_queued(at.front, 20));
    auto idle = at.front.connect(at.bot);
    CHECK(idle.get("/healthz").status == 200);

    CHECK(at.front.stop() == 0);
    const auto answer = bot.read();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    const auto outcomes = answer->json();
    CHECK(outcomes.as_array().size() == 20);
    for (const auto& outcome : outcomes.as_array())
        CHECK(outcome.at("outcome") == "dead_lettered");
    CHECK(ask(at, "SELECT count(*) FROM datadrop.events WHERE kind = 1") == "20");
    CHECK(!idle.read());
    CHECK_THROWS(at.front.connect());
}

TEST_CASE("serve: under load, what was accepted before SIGTERM or a kill is in the log") {
    world at;
    std::atomic<int> running = 0;
    std::vector<std::vector<json::object>> accepted(4);
    std::vector<std::thread> clients;
    for (auto& outcomes : accepted)
        clients.emplace_back([&] { outcomes = keep_sending(at.front.connect(at.bot), running); });
    CHECK(eventually([&] { return running == 4 && std::stoi(log_head(at)) > 100; }));
    SUBCASE("SIGTERM") { CHECK(at.front.stop() == 0); }
    SUBCASE("SIGKILL") { at.front.kill(); }
    for (auto& client : clients)
        client.join();

    std::size_t count = 0;
    for (const auto& outcomes : accepted)
        for (const auto& outcome : outcomes) {
            ++count;
            CHECK(ask(at, "SELECT user_id FROM datadrop.membership_events WHERE position = " +
                              fields(outcome, {"position"})) == fields(outcome, {"user_id"}));
        }
    CHECK(count > 50);
    // A killed server may have written what it could not answer any more, one a client at most.
    const auto written = std::stoul(ask(at, "SELECT count(*) FROM datadrop.membership_events"));
    CHECK(written >= count);
    CHECK(written <= count + 4);
}

// One guild's commands filled the whole queue, and everybody was told 429.
TEST_CASE("serve: a guild that fills its share is 429 with Retry-After alone, and goes on after") {
    const world at(1, patient_and({"--queue-limit", "2000"}));
    auto bot = at.front.connect(at.bot);
    const auto head = log_head(at);
    const auto flooding = somebody();
    json::array flood;
    for (int i = 0; i < 1000; ++i)
        flood.push_back(never(somebody_of(flooding.guild)));
    bot.write(
        bot.bytes_of({.method = "POST", .target = "/v1/commands", .body = json::serialize(flood)}));
    CHECK(has_queued(at.front, 1000));

    auto api = at.front.connect(at.api);
    const auto join = command(flooding, "Join");
    const auto refused = api.post("/v1/commands", join);
    CHECK(refused.status == 429);
    CHECK(std::stoi(refused.header("retry-after")) >= 1);
    CHECK(refused.field("outcome") == "overloaded");
    const auto mixed = api.post("/v1/commands", json::array{command(somebody(), "Join"), join});
    CHECK(mixed.status == 429);
    const auto outcomes = mixed.json();
    for (const auto& outcome : outcomes.as_array())
        CHECK(outcome.at("outcome") == "overloaded");
    CHECK(outcomes.as_array().size() == 2);
    CHECK(log_head(at) == head);

    CHECK(submit(api, command(somebody(), "Join")).at("outcome") == "accepted");
    CHECK(api.get("/v1/members").status == 200); // readers are not held up
    CHECK(bot.read().has_value());
    CHECK(submit(api, join).at("outcome") == "accepted");
}

TEST_CASE("serve: another server's projector takes over when the active one is killed") {
    world at;
    const server other(at.variables);
    CHECK(eventually([&] { return metric(at.front, "datadrop_projecting") == 1; }));
    CHECK(metric(other, "datadrop_projecting") == 0);
    at.front.kill();
    auto api = other.connect(at.api);
    const auto who = somebody();
    const auto position = fields(submit(api, command(who, "Join")), {"position"});
    CHECK(eventually(
        [&] { return api.get(who.path() + "?min_position=" + position).status == 200; }));
    CHECK(metric(other, "datadrop_projecting") == 1);
}

TEST_CASE("serve: what one server did is what another one judges by") {
    const auto& at = shared_world();
    const server other(at.variables);
    auto bot = at.front.connect(at.bot);
    auto api = other.connect(at.api);
    const auto who = somebody_in(bot, state::invited_or_joined);
    CHECK(submit(api, command(who, "BeginOnboarding")).at("outcome") == "accepted");
    // The first server still has version 1 in memory.
    CHECK(fields(submit(bot, command(who, "BeginOnboarding")), {"outcome", "state", "version"}) ==
          "rejected OnboardingInProgress 2");
    CHECK(submit(api, command(who, "CompleteOnboarding")).at("outcome") == "accepted");
    CHECK(fields(submit(bot, command(who, "GrantEligibility",
                                     {{"expected_version", 3}, {"on_conflict", "fail"}})),
                 {"outcome", "version"}) == "accepted 4");
}

TEST_CASE("serve: an address that is taken is refused, by name") {
    const auto& at = shared_world();
    const auto taken = "127.0.0.1:" + std::to_string(at.front.port());
    const auto refused = at.run_here({"serve", "--listen", taken});
    CHECK(refused.exit_code == 1);
    CHECK(refused.err.find("cannot listen on " + taken) != std::string::npos);
}

} // namespace datadrop::test
