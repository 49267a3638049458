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

/// Sends an array, and does not wait for its answer.
void send_on(connection& to, const json::array& all) {
    to.write(
        to.bytes_of({.method = "POST", .target = "/v1/commands", .body = json::serialize(all)}));
}

/// Commands of one guild that stay under way, as many as an array may hold.
json::array flood_of(const std::string& guild) {
    json::array all;
    for (int i = 0; i < 1000; ++i)
        all.push_back(never(somebody_of(guild)));
    return all;
}

/// So many outcomes, all of this kind.
void check_all(const json::value& outcomes, std::size_t count, std::string_view kind) {
    CHECK(outcomes.as_array().size() == count);
    for (const auto& outcome : outcomes.as_array())
        CHECK(outcome.at("outcome") == json::value(kind));
}

/// For one of this command and for an array around it, in which only what is no command is told so.
void check_refused(connection& api, const json::object& command_refused) {
    const auto alone = api.post("/v1/commands", command_refused);
    CHECK(std::stoi(alone.header("retry-after")) >= 1);
    CHECK(alone.status == 429);
    CHECK(alone.field("outcome") == "overloaded");
    const auto mixed = api.post(
        "/v1/commands", json::array{command(somebody(), "Join"), command_refused, json::object{}});
    CHECK(mixed.status == 429);
    const auto told = mixed.json().as_array();
    check_all(json::array{told.at(0), told.at(1)}, 2, "overloaded");
    CHECK(told.at(2).at("outcome") == "invalid");
}

/// Those of other guilds and who reads are not held up.
void check_others_are_served(const world& at) {
    auto api = at.front.connect(at.api);
    check_accepted(submit(api, command(somebody(), "Join")));
    CHECK(api.get("/v1/members").status == 200);
}

/// Clients that send Joins of new members one after the other until the server is gone.
class senders {
  public:
    static constexpr int count = 4;

    senders(const server& to, const std::string& token) {
        for (auto& mine : accepted_)
            threads_.emplace_back([this, &mine, link = to.connect(token)]() mutable {
                keep_sending(std::move(link), mine);
            });
    }
    bool all_run() const { return running_ == count; }
    /// What was accepted of all, once the server is gone.
    std::vector<json::object> accepted() {
        threads_.clear();
        std::vector<json::object> all;
        for (const auto& mine : accepted_)
            all.insert(all.end(), mine.begin(), mine.end());
        return all;
    }

  private:
    void keep_sending(connection to, std::vector<json::object>& accepted) {
        try {
            for (++running_;;) {
                const auto outcome = submit(to, command(somebody(), "Join"));
                if (outcome.at("outcome") == "accepted") accepted.push_back(outcome);
            }
        } catch (const std::exception&) {
            return; // the connection ended between two answers
        }
    }

    std::atomic<int> running_ = 0;
    std::vector<std::vector<json::object>> accepted_{count};
    std::vector<std::jthread> threads_;
};

} // namespace

TEST_CASE("serve: a command waits for its state, and goes through when it comes true") {
    const world at(1, patient);
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::onboarding_completed);
    const server other(at.variables);
    auto api = other.connect(at.api);
    json::object outcome;
    std::thread waiting([&] {
        auto to = at.front.connect(at.bot);
        outcome = submit(to, command(who, "AcceptRules", {{"expected_state", "RoleEligible"}}));
    });
    CHECK(has_queued(at.front, 1));
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
    send_on(bot, all);
    CHECK(has_queued(at.front, 20));
    auto idle = at.front.connect(at.bot);
    CHECK(idle.get("/healthz").status == 200);

    CHECK(at.front.stop() == 0);
    const auto answer = bot.read();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    check_all(answer->json(), 20, "dead_lettered");
    CHECK(ask(at, "SELECT count(*) FROM datadrop.events WHERE kind = 1") == "20");
    CHECK(!idle.read());
    CHECK_THROWS(at.front.connect());
}

TEST_CASE("serve: under load, what was accepted before SIGTERM or a kill is in the log") {
    world at;
    senders clients(at.front, at.bot);
    CHECK(eventually([&] { return clients.all_run() && std::stoi(log_head(at)) > 100; }));
    SUBCASE("SIGTERM") { CHECK(at.front.stop() == 0); }
    SUBCASE("SIGKILL") { at.front.kill(); }
    const auto accepted = clients.accepted();
    for (const auto& outcome : accepted)
        CHECK(ask(at, "SELECT user_id FROM datadrop.membership_events WHERE position = " +
                          fields(outcome, {"position"})) == fields(outcome, {"user_id"}));
    CHECK(accepted.size() > 50);
    // A killed server may have written what it could not answer any more, one a client at most.
    const auto written = std::stoul(ask(at, "SELECT count(*) FROM datadrop.membership_events"));
    CHECK(written >= accepted.size());
    CHECK(written <= accepted.size() + senders::count);
}

// One guild's commands filled the whole queue, and everybody was told 429.
TEST_CASE("serve: a guild that fills its share is 429 with Retry-After alone, and goes on after") {
    const world at(1, patient_and({"--queue-limit", "2000"}));
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot);
    const auto head = log_head(at);
    const auto flooding = somebody_of(parked.who.guild);
    send_on(bot, flood_of(flooding.guild));
    CHECK(has_queued(at.front, 1000));

    auto api = at.front.connect(at.api);
    const auto join = command(flooding, "Join");
    check_refused(api, join);
    const auto redriven = operators.post(parked.path("/redrive"), json::object{});
    CHECK(redriven.status == 429);
    CHECK(redriven.json().at("outcome").at("outcome") == "overloaded");
    CHECK(log_head(at) == head);
    check_others_are_served(at);
    CHECK(bot.read().has_value());
    check_accepted(submit(api, join));
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
