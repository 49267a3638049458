// What the users asked for, through the real front doors.

#include "tests/e2e/support/verbs.hpp"
#include "tests/support/at_once.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

#include <map>
#include <random>

namespace datadrop::test {
namespace {

using domain::state;

/// A slow machine shall not end commands by the clock where it is contention that is looked at.
const arguments no_hurry{"--budget-ms", "10000"};

/// The whole log judged by plain SQL: how many events break a rule.
void check_log(const world& at) {
    CHECK(ask(at, "SELECT count(*) FROM (SELECT version, row_number() OVER (PARTITION BY guild_id, "
                  "user_id ORDER BY version) AS n FROM datadrop.membership_events) AS v "
                  "WHERE version <> n") == "0");
    CHECK(ask(at,
              "SELECT count(*) FROM (SELECT from_state, lag(to_state, 1, 'None') OVER (PARTITION "
              "BY guild_id, user_id ORDER BY version) AS before FROM datadrop.membership_events) "
              "AS s WHERE from_state <> before") == "0");
    CHECK(ask(at,
              "SELECT count(*) FROM (SELECT position, lag(position, 1, 0::bigint) OVER (PARTITION "
              "BY guild_id, user_id ORDER BY version) AS before FROM datadrop.membership_events) "
              "AS p WHERE position <= before") == "0");
    CHECK(ask(at, "SELECT count(*) FROM (SELECT FROM datadrop.membership_events GROUP BY guild_id, "
                  "user_id, idempotency_key HAVING count(*) > 1) AS k") == "0");
}

/// Each wants to be the first event of its member, or nothing.
json::array first_events(const std::vector<member>& of, std::size_t first, std::size_t last) {
    json::array all;
    for (std::size_t i = first; i < last; ++i)
        all.push_back(command(of[i], "Join", {{"expected_version", 0}, {"on_conflict", "fail"}}));
    return all;
}

/// What one client was told, by idempotency key.
using answers = std::map<std::string, json::object>;

/// Random commands of all kinds over the members, many without an expectation, some with the
/// version that the client saw last, a few of them not to be retried.
answers wander(connection to, const std::vector<member>& over, unsigned seed) {
    static constexpr std::string_view names[] = {
        "Join", "BeginOnboarding", "CompleteOnboarding", "GrantEligibility", "Leave",
        "Ban",  "LiftBan"};
    std::mt19937 random(seed);
    answers told;
    std::map<std::string, json::value> seen;
    for (int i = 0; i < 250; ++i) {
        const auto& who = over[random() % over.size()];
        json::object more;
        if (random() % 3 == 0 && seen.contains(who.user)) more["expected_version"] = seen[who.user];
        if (random() % 8 == 0) more["on_conflict"] = "fail";
        const auto what = command(who, names[random() % std::size(names)], more);
        const auto outcome = submit(to, what);
        if (outcome.contains("version")) seen[who.user] = outcome.at("version");
        told[std::string(what.at("idempotency_key").as_string())] = outcome;
    }
    return told;
}

/// Version and position in the log by key.
std::map<std::string, std::string> keys_in_log(const world& at) {
    std::map<std::string, std::string> all;
    auto db = at.database.connect();
    const auto found =
        db.run("SELECT idempotency_key, version || ' ' || position || ' ' || to_state "
               "FROM datadrop.membership_events");
    for (std::size_t i = 0; i < found.size(); ++i)
        all.emplace(found.text(i, 0), found.text(i, 1));
    return all;
}

void check_answers(const answers& told, std::map<std::string, std::string>& in_log) {
    for (const auto& [key, outcome] : told) {
        CAPTURE(json::serialize(outcome));
        const auto written = in_log.find(key);
        if (outcome.at("outcome") == "accepted") {
            REQUIRE(written != in_log.end());
            CHECK(written->second == fields(outcome, {"version", "position", "state"}));
            in_log.erase(written);
        } else {
            CHECK((outcome.at("outcome") == "rejected" || outcome.at("outcome") == "conflict"));
            CHECK(written == in_log.end());
        }
    }
}

/// The bot's on the one server, the web application's on the other, in turn.
connection either_side(const world& at, const server& other, std::size_t i) {
    return i % 2 == 0 ? at.front.connect(at.bot) : other.connect(at.api);
}

void check_convergence(int partitions) {
    const world at(partitions, no_hurry);
    const server other(at.variables, no_hurry);
    std::vector<member> members;
    for (int i = 0; i < 12; ++i)
        members.push_back(somebody());

    const auto told = at_once(8, [&](std::size_t i) {
        return wander(either_side(at, other, i), members, static_cast<unsigned>(i));
    });
    check_log(at);
    auto in_log = keys_in_log(at);
    for (const auto& client : told)
        check_answers(client, in_log);
    CHECK(in_log.empty());
    CHECK(ask(at, "SELECT string_agg(DISTINCT source, ' ') FROM datadrop.membership_events") ==
          "api bot");
    CHECK(metric(at.front, "datadrop_conflicts_total") + metric(other, "datadrop_conflicts_total") >
          0);
    CHECK(at.front.connect(at.operator_one).get("/v1/dead-letters").body ==
          R"({"dead_letters":[],"next":null})");
    CHECK(at.run_here({"projection", "verify"}).exit_code == 0);
}

using tally = std::map<std::string, int>;

/// Sends a first event for each member; how often each outcome was told.
tally race_for(connection to, const std::vector<member>& members) {
    tally told;
    for (std::size_t first = 0; first < members.size(); first += 200)
        for (const auto& outcome : submit_all(to, first_events(members, first, first + 200)))
            ++told[fields(outcome, {"outcome", "state", "version"})];
    return told;
}

/// The letter holds the command as it was sent, and each attempt with what it found.
void check_letter(const json::object& letter, const parked_command& parked) {
    CHECK(
        fields(letter, {"id", "guild_id", "user_id", "status", "code", "source", "submitted_by"}) ==
        parked.id + " " + parked.who.guild + " " + parked.who.user +
            " parked retry_budget_spent bot bot");
    for (const auto& [name, value] : parked.command)
        if (name != "occurred_at") CHECK(letter.at("command").at(name) == value);
    const auto& tried = letter.at("attempts").as_array();
    REQUIRE(std::ssize(tried) == parked.outcome.at("attempts").as_int64());
    for (std::size_t i = 0; i < tried.size(); ++i)
        CHECK(fields(tried[i].as_object(),
                     {"number", "expected_state", "found_state", "found_version"}) ==
              std::to_string(i + 1) + " RoleEligible OnboardingCompleted 3");
}

std::vector<json::object> record_emails(connection to, const member& who, int count) {
    std::vector<json::object> outcomes;
    for (int i = 0; i < count; ++i)
        outcomes.push_back(submit(to, command(who, "RecordEmail")));
    return outcomes;
}

/// The position of each version, as its writer was told.
std::map<std::size_t, std::string> record_emails_at_once(const world& at, const member& who,
                                                         std::size_t writers) {
    std::map<std::size_t, std::string> told;
    for (const auto& outcomes :
         at_once(writers, [&](auto) { return record_emails(at.front.connect(at.api), who, 30); }))
        for (const auto& outcome : outcomes)
            told[static_cast<std::size_t>(outcome.at("version").as_int64())] =
                fields(outcome, {"position"});
    return told;
}

std::int64_t position_of(const json::object& event) {
    return std::stoll(fields(event, {"position"}));
}

/// Each event follows the one before it: in version, state, position and time.
void check_order(const json::array& events) {
    CHECK(events.at(0).at("version") == 1);
    for (std::size_t i = 1; i < events.size(); ++i) {
        const auto& before = events[i - 1].as_object();
        const auto& event = events[i].as_object();
        CHECK(event.at("version") == i + 1);
        CHECK(event.at("from_state") == before.at("to_state"));
        CHECK(position_of(event) > position_of(before));
        CHECK(event.at("recorded_at").as_string() >= before.at("recorded_at").as_string());
    }
}

} // namespace

TEST_CASE("a stale version write is rejected") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto api = at.front.connect(at.api);
    const auto who = somebody_in(bot, state::onboarding_in_progress);
    CHECK(submit(api, command(who, "CompleteOnboarding")).at("version") == 3);
    const auto before = log_head(at);

    const auto stale =
        command(who, "GrantEligibility", {{"expected_version", 2}, {"on_conflict", "fail"}});
    CHECK(
        fields(submit(bot, stale), {"status", "outcome", "code", "state", "version", "attempts"}) ==
        "409 conflict stale_expectation OnboardingCompleted 3 1");
    CHECK(log_head(at) == before);
    CHECK(history(bot, who).size() == 3);
}

TEST_CASE("a valid retry succeeds after a refresh") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::onboarding_completed);

    SUBCASE("the server's own") {
        const auto stale = command(who, "GrantEligibility", {{"expected_version", 2}});
        CHECK(fields(submit(bot, stale), {"status", "outcome", "state", "version", "attempts"}) ==
              "200 accepted RoleEligible 4 2");
    }
    SUBCASE("the submitter's, with the same key") {
        auto what =
            command(who, "GrantEligibility", {{"expected_version", 2}, {"on_conflict", "fail"}});
        CHECK(submit(bot, what).at("outcome") == "conflict");
        what["expected_version"] = shown(at, who).at("version");
        CHECK(fields(submit(bot, what), {"status", "outcome", "state", "version", "attempts"}) ==
              "200 accepted RoleEligible 4 1");
    }
}

TEST_CASE("simultaneous bot and API transitions converge") {
    SUBCASE("in one partition") { check_convergence(1); }
    SUBCASE("in three partitions") { check_convergence(3); }
}

TEST_CASE("simultaneous first events: exactly one of 20 wins each of 1,000 new members") {
    const auto& at = shared_world();
    const server other(at.variables);
    const auto guild = somebody().guild;
    std::vector<member> members;
    for (int i = 0; i < 1000; ++i)
        members.push_back(somebody_of(guild));
    const auto told =
        at_once(20, [&](std::size_t i) { return race_for(either_side(at, other, i), members); });
    tally all;
    for (const auto& one : told)
        for (const auto& [outcome, count] : one)
            all[outcome] += count;
    CHECK(all["accepted InvitedOrJoined 1"] == 1000);
    CHECK(all["conflict InvitedOrJoined 1"] == 19'000);
    CHECK(
        ask(at, "SELECT count(*) || ' ' || count(DISTINCT user_id) FROM datadrop.membership_events "
                "WHERE guild_id = " +
                    guild) == "1000 1000");
}

TEST_CASE("retry exhaustion creates a dead letter") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot, {{"reason", "rules_clicked"},
                                   {"actor", "80351110224678912"},
                                   {"correlation_id", "trace 7"},
                                   {"occurred_at", "2024-09-01T10:11:12.345Z"}});
    CHECK(fields(parked.outcome, {"status", "state", "version", "code", "replayed"}) ==
          "409 OnboardingCompleted 3 retry_budget_spent false");
    const auto attempts = parked.outcome.at("attempts").as_int64();
    CHECK((attempts >= 2 && attempts <= 5));
    auto letter = operators.get(parked.path()).json().as_object();
    check_letter(letter, parked);
    CHECK(history(bot, parked.who).size() == 3);
    // The same key answers where that stands.
    const auto again = submit(bot, parked.command);
    CHECK(fields(again, {"status", "outcome", "dead_letter_id", "replayed"}) ==
          "409 dead_lettered " + parked.id + " true");
    const auto all = operators.get("/v1/dead-letters?guild_id=" + parked.who.guild).json();
    letter.erase("since"); // which only the whole record has
    CHECK(all.at("dead_letters") == json::array{letter});
}

TEST_CASE("successful writes keep the audit trail's order") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::verification_pending);
    const auto start = fields(history(bot, who).back().as_object(), {"position"});
    const auto told = record_emails_at_once(at, who, 6);
    const auto events = history(bot, who);
    REQUIRE(events.size() == 6 + 180);
    REQUIRE(told.size() == 180);
    check_order(events);
    feed live(at.front.port(), at.reader, {.after = start});
    for (std::size_t i = 6; i < events.size(); ++i) {
        CHECK(fields(events[i].as_object(), {"position"}) == told.at(i + 1));
        const auto next = live.next();
        REQUIRE(next);
        CHECK(next->data.at("version") == events[i].at("version"));
    }
    check_log(at);
}

} // namespace datadrop::test
