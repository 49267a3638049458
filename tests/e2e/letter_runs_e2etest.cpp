// Many dead letters at once: a run is previewed, confirmed by its count, carried out in the
// background, and goes on where it was when its server is cut off.

#include "tests/e2e/support/verbs.hpp"
#include "tests/support/wait.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

#include <chrono>
#include <set>

namespace datadrop::test {
namespace {

const std::string runs = "/v1/dead-letter-runs";

/// So many members of a new guild with a parked Leave that expects to find them Verified; every
/// third is, by now.
std::string park_many(const world& at, int members) {
    auto bot = at.front.connect(at.bot);
    const auto guild = somebody().guild;
    json::array joins, leaves, bans;
    for (int i = 0; i < members; ++i) {
        const auto who = somebody_of(guild);
        joins.push_back(command(who, "Join"));
        leaves.push_back(command(who, "Leave", {{"expected_state", "Verified"}}));
        if (i % 3 == 0) bans.push_back(command(who, "Ban"));
    }
    for (const auto& outcome : submit_all(bot, joins))
        CHECK(outcome.at("outcome") == "accepted");
    for (const auto& outcome : submit_all(bot, leaves))
        CHECK(outcome.at("outcome") == "dead_lettered");
    for (const auto& outcome : submit_all(bot, bans))
        CHECK(outcome.at("outcome") == "accepted");
    return guild;
}

json::object made(connection& to, const json::object& what) {
    const auto answer = to.post(runs, what);
    CHECK(answer.status == 201);
    return answer.json().as_object();
}

std::string path_of(const json::object& run, const std::string& verb = "") {
    return runs + "/" + fields(run, {"id"}) + verb;
}

json::object started(connection& to, const json::object& run) {
    const auto answer = to.post(path_of(run, "/start"), {{"count", run.at("selected")}});
    CHECK(answer.status == 200);
    return answer.json().as_object();
}

/// The run, once it is over.
json::object ended(connection& to, const json::object& run) {
    json::object now;
    CHECK(eventually([&] {
        now = to.get(path_of(run)).json().as_object();
        return now.at("status") == "done";
    }));
    return now;
}

/// "accepted 20, rejected transition_not_allowed 10", of a histogram or of results.
std::string counted(const json::value& rows) {
    std::set<std::string> lines;
    for (const auto& row : rows.as_array())
        lines.insert(fields(row.as_object(), {"outcome", "code", "count"}));
    std::string all;
    for (const auto& line : lines)
        all += (all.empty() ? "" : ", ") + line;
    return all;
}

/// How many events operators' acts have written in a guild.
std::string acts(const world& at, const std::string& guild, int event) {
    return ask(at, "SELECT count(*) FROM datadrop.events WHERE kind = 1 AND guild_id = " + guild +
                       " AND event = " + std::to_string(event));
}

json::object redrive_of(const std::string& guild, const json::object& more = {}) {
    json::object what{{"act", "redrive"},
                      {"reason", "they did leave"},
                      {"filter", {{"guild_id", guild}}},
                      {"expected_state", nullptr}};
    for (const auto& [name, value] : more)
        what[name] = value;
    return what;
}

} // namespace

TEST_CASE("runs: a preview counts what each would come to, and does nothing") {
    const auto& at = shared_world();
    auto operators = at.front.connect(at.operator_one);
    const auto guild = park_many(at, 30);
    const auto head = log_head(at);
    const auto run = made(operators, redrive_of(guild));
    CHECK(fields(run, {"status", "act", "by", "selected", "done", "expected_state"}) ==
          "previewed redrive operator-one 30 0 null");
    CHECK(counted(run.at("histogram")) == "accepted null 20, rejected transition_not_allowed 10");
    CHECK(counted(made(operators, redrive_of(guild, {{"expected_state", "Verified"}, {"limit", 7}}))
                      .at("histogram")) == "dead_lettered retry_budget_spent 7");
    CHECK(counted(made(operators, {{"act", "discard"},
                                   {"reason", "x"},
                                   {"filter", {{"guild_id", guild}, {"command", "Leave"}}}})
                      .at("histogram")) == "discarded null 30");
    CHECK(log_head(at) == head);
}

TEST_CASE("runs: started by its count, it redrives all, and tells what came of each") {
    const auto& at = shared_world();
    auto operators = at.front.connect(at.operator_one);
    const auto guild = park_many(at, 30);
    const auto run = made(operators, redrive_of(guild));
    check_problem(operators.post(path_of(run, "/start"), {{"count", 29}}), 409, "run_changed");
    check_names(operators.post(path_of(run, "/start"), json::object{}), "count");
    started(operators, run);
    const auto done = ended(operators, run);
    CHECK(counted(done.at("results")) == "accepted null 20, rejected transition_not_allowed 10");
    CHECK(fields(done, {"done", "selected"}) == "30 30");
    CHECK(acts(at, guild, 1) == "20");
    CHECK(acts(at, guild, 2) == "10");
    CHECK(ask(at, "SELECT DISTINCT reason FROM datadrop.events WHERE kind = 1 AND event > 0 AND "
                  "guild_id = " +
                      guild) == "they did leave (run " + fields(run, {"id"}) + ")");
    // Once more is the same, and does nothing.
    started(operators, run);
    CHECK(acts(at, guild, 2) == "10");
    CHECK(operators.get(runs).json().at("runs").at(0).at("id") == run.at("id"));
}

TEST_CASE("runs: shown as they were asked for, with every filter and expectation") {
    const auto& at = shared_world();
    auto operators = at.front.connect(at.operator_one);
    const auto guild = park_many(at, 3);
    const auto page = operators.get("/v1/dead-letters?guild_id=" + guild).json();
    const auto& letter = page.at("dead_letters").at(1).as_object();
    const json::object filter{{"guild_id", guild},
                              {"user_id", letter.at("user_id")},
                              {"command", "Leave"},
                              {"code", letter.at("code")},
                              {"status", "parked"},
                              {"parked_after", "2020-01-01T00:00:00Z"},
                              {"parked_before", "2100-01-01T00:00:00Z"}};
    const auto run = made(operators, {{"act", "redrive"},
                                      {"reason", "why"},
                                      {"filter", filter},
                                      {"expected_state", nullptr},
                                      {"expected_version", 1},
                                      {"expected_lifecycle", 1}});
    CHECK(run.at("filter") == filter);
    CHECK(fields(run, {"selected", "expected_version", "expected_lifecycle"}) == "1 1 1");
}

TEST_CASE("runs: a preview that nobody has started for a day is forgotten") {
    const auto& at = shared_world();
    auto operators = at.front.connect(at.operator_one);
    const auto guild = park_many(at, 3);
    const auto old = made(operators, redrive_of(guild));
    const auto id = fields(old, {"id"});
    ask(at, "UPDATE datadrop.letter_runs SET created_at = created_at - interval '25 hours' "
            "WHERE id = " +
                id + " RETURNING id");
    const auto now = made(operators, redrive_of(guild));
    check_problem(operators.get(path_of(old)), 404, "run_not_found");
    CHECK(ask(at, "SELECT count(*) FROM datadrop.letter_run_items WHERE run_id = " + id) == "0");
    CHECK(operators.get(path_of(now)).status == 200);
}

TEST_CASE("runs: what somebody else has done meanwhile is left alone") {
    const auto& at = shared_world();
    auto operators = at.front.connect(at.operator_one);
    const auto guild = park_many(at, 3);
    const auto run = made(
        operators, {{"act", "discard"}, {"reason", "gone"}, {"filter", {{"guild_id", guild}}}});
    const auto page = operators.get("/v1/dead-letters?guild_id=" + guild).json();
    const auto id = fields(page.at("dead_letters").at(1).as_object(), {"id"});
    CHECK(operators.post("/v1/dead-letters/" + id + "/redrive", json::object{}).status == 200);
    started(operators, run);
    CHECK(counted(ended(operators, run).at("results")) == "changed null 1, discarded null 2");
    CHECK(acts(at, guild, 3) == "2");
}

TEST_CASE("runs: one that is stopped goes on later with what is open") {
    const auto& at = shared_world();
    auto operators = at.front.connect(at.operator_one);
    const auto guild = park_many(at, 12);
    const auto run = made(operators, redrive_of(guild, {{"rate", 5}}));
    started(operators, run);
    CHECK(eventually([&] { return operators.get(path_of(run)).json().at("done") != 0; }));
    const auto stopped = operators.post(path_of(run, "/stop"), json::object{}).json();
    CHECK(stopped.at("status") == "stopped");
    started(operators, run);
    CHECK(fields(ended(operators, run), {"done"}) == "12");
    CHECK(acts(at, guild, 1) == "8");
    CHECK(acts(at, guild, 2) == "4");
}

TEST_CASE("runs: a rate is not exceeded") {
    const auto& at = shared_world();
    auto operators = at.front.connect(at.operator_one);
    const auto run = made(operators, redrive_of(park_many(at, 30), {{"rate", 20}}));
    const auto began = std::chrono::steady_clock::now();
    started(operators, run);
    ended(operators, run);
    CHECK(std::chrono::steady_clock::now() - began >= std::chrono::seconds(1));
}

TEST_CASE("runs: a server that is killed in the middle repeats nothing and skips nothing") {
    world at;
    const auto guild = park_many(at, 300);
    auto first = std::make_unique<server>(at.variables);
    json::object run;
    {
        auto operators = first->connect(at.operator_one);
        run = made(operators, redrive_of(guild, {{"rate", 300}}));
        started(operators, run);
    }
    // Whichever of the two servers carries it out: both are killed in the middle.
    CHECK(eventually([&] { return std::stoi(acts(at, guild, 1)) > 20; }));
    first->kill();
    at.front.kill();
    CHECK(std::stoi(acts(at, guild, 1)) < 200);
    const server next(at.variables);
    auto operators = next.connect(at.operator_one);
    CHECK(fields(ended(operators, run), {"done", "selected"}) == "300 300");
    CHECK(acts(at, guild, 1) == "200");
    CHECK(acts(at, guild, 2) == "100");
    CHECK(counted(operators.get(path_of(run)).json().at("results")) ==
          "accepted null 200, rejected transition_not_allowed 100");
}

TEST_CASE("runs: what cannot be meant is named, and what there is not is 404") {
    const auto& at = shared_world();
    auto operators = at.front.connect(at.operator_one);
    for (const auto& [body, named] : std::vector<std::pair<std::string, std::string>>{
             {R"({"reason":"x"})", "act"},
             {R"({"act":"jump","reason":"x"})", "act"},
             {R"({"act":"redrive"})", "reason"},
             {R"({"act":"redrive","reason":" "})", "reason"},
             {R"({"act":"redrive","reason":"x","rate":0})", "rate"},
             {R"({"act":"redrive","reason":"x","limit":100001})", "limit"},
             {R"({"act":"redrive","reason":"x","filter":{"colour":"red"}})", "colour"},
             {R"({"act":"redrive","reason":"x","filter":{"status":"redriven"}})", "status"},
             {R"({"act":"redrive","reason":"x","filter":{"code":"No!"}})", "code"},
             {R"({"act":"redrive","reason":"x","filter":{"parked_before":"soon"}})",
              "parked_before"},
             {R"({"act":"redrive","reason":"x","expected_state":"Nowhere"})", "expected_state"},
             {R"({"act":"discard","reason":"x","expected_state":"None"})", "act"}}) {
        CAPTURE(body);
        check_names(operators.post_text(runs, body), named);
    }
    for (const auto* id : {"999999999", "x"}) {
        check_problem(operators.get(runs + "/" + id), 404, "run_not_found");
        check_problem(operators.post(runs + "/" + id + "/start", {{"count", 1}}), 404,
                      "run_not_found");
        check_problem(operators.post(runs + "/" + id + "/stop", json::object{}), 404,
                      "run_not_found");
    }
}

TEST_CASE("runs: at a terminal all of a filter are redriven once their number is confirmed") {
    const auto& at = shared_world();
    const auto guild = park_many(at, 6);
    const arguments all{"dead-letter",           "redrive",  "--all",         "--guild", guild,
                        "--drop-expected-state", "--reason", "they did leave"};
    const auto with = [&](arguments more) {
        more.insert(more.begin(), all.begin(), all.end());
        return at.run_client(more);
    };
    CHECK(with({}).exit_code == 2);
    const auto wrong = with({"--confirm", "5"});
    CHECK(wrong.exit_code == 1);
    CHECK(wrong.err.find("redrive of 6 dead letters would come to:\n         4  accepted: "
                         "MemberLeft\n         2  rejected: transition_not_allowed\n") !=
          std::string::npos);
    CHECK(acts(at, guild, 1) == "0");
    const auto done = with({"--confirm", "6", "--format", "json"});
    CHECK(done.exit_code == 1); // not all of them were accepted
    const auto run = object_of(done);
    CHECK(fields(run, {"status", "done"}) == "done 6");
    const auto shown = at.run_client({"dead-letter", "run", "show", fields(run, {"id"})});
    CHECK(
        shown.out.starts_with("run " + fields(run, {"id"}) +
                              " (redrive by operator-one: they did leave) is done, 6 of 6 done\n"));
    CHECK(at.run_client({"dead-letter", "run", "list"}).exit_code == 0);
    CHECK(at.run_client({"dead-letter", "redrive", "7", "--all"}).exit_code == 2);
    CHECK(at.run_client({"dead-letter", "redrive"}).exit_code == 2);
    for (const auto* act : {"redrive", "discard"})
        for (const auto* meant_for_many : {"--guild", "--limit", "--rate", "--confirm"}) {
            const auto told = at.run_client(
                {"dead-letter", act, "7", "--reason", "they did leave", meant_for_many, "6"});
            CHECK(told.exit_code == 2);
            CHECK(told.err.find("--all") != std::string::npos);
        }
    CHECK(with({"--if-match", "7"}).exit_code == 2);
}

} // namespace datadrop::test
