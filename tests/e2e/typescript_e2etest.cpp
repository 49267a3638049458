// POST /v1/commands from TypeScript, in FlatBuffers, by the code that the distribution's flatc
// generates: it leaves zeros out, so nothing that a command or an outcome says may be one.

#include "domain/membership.hpp"
#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace datadrop::test {
namespace {

using domain::command_kind;
using domain::state;

const std::string folder = DATADROP_NODE_FOLDER;

void must(const program_result& done) {
    INFO(done.out);
    INFO(done.err);
    REQUIRE(done.exit_code == 0);
}

/// Generates the client's code and compiles it with the client.
bool build_client() {
    for (const std::string schema : {"commands", "outcomes"})
        must(run(
            {"--ts", "-o", folder + "/generated", DATADROP_SOURCE "/schemas/" + schema + ".fbs"},
            {.program = DATADROP_FLATC}));
    must(run({folder + "/node_modules/typescript/bin/tsc", "--outDir", folder + "/compiled",
              "--module", "commonjs", "--moduleResolution", "node10", "--target", "es2022", "--lib",
              "es2022,dom", "--strict", "--skipLibCheck", folder + "/wire_client.ts"},
             {.program = "node"}));
    std::ofstream(folder + "/compiled/package.json") << R"({"type":"commonjs"})";
    return true;
}

/// What the client is told of each command, in order.
std::vector<json::object> send(const std::vector<json::object>& commands) {
    static const bool built = build_client();
    REQUIRE(built);
    std::string lines;
    for (const auto& command : commands)
        lines += json::serialize(command) + "\n";
    const auto& at = shared_world();
    const auto done = run({folder + "/compiled/wire_client.js", at.front.url(), at.bot},
                          {.input = lines, .program = "node"});
    must(done);
    std::vector<json::object> outcomes;
    std::istringstream told(done.out);
    for (std::string line; std::getline(told, line);)
        outcomes.push_back(json::parse(line).as_object());
    REQUIRE(outcomes.size() == commands.size());
    return outcomes;
}

/// A state in which the command holds.
state where_it_holds(command_kind kind) {
    for (std::size_t i = 0; i < domain::count_of<state>; ++i) {
        const auto allowed = domain::allowed_commands(static_cast<state>(i));
        if (std::ranges::find(allowed, kind) != allowed.end()) return static_cast<state>(i);
    }
    throw std::logic_error("a command that never holds");
}

member somebody_at(connection& to, state s) {
    return s == state::none ? somebody() : somebody_in(to, s);
}

json::object kick(const member& who, const json::object& more) {
    auto what = command(who, "Kick", {{"on_conflict", "fail"}});
    for (const auto& [field, value] : more)
        what[field] = value;
    return what;
}

struct told_command {
    json::object command;
    std::string told;
};

/// Of one member at version 1, and of nobody.
std::vector<told_command> guarded_commands(const member& who) {
    const auto largest = 9'007'199'254'740'991;
    const std::string stale = "409 conflict stale_expectation InvitedOrJoined 1";
    const std::string over = "422 rejected lifecycle_over InvitedOrJoined 1";
    const std::string unsaid = "400 - invalid_field - -";
    const json::object of_nobody{
        {"expected_version", 0}, {"expected_state", "None"}, {"expected_lifecycle", 0}};
    const json::object true_ones{
        {"expected_version", 1}, {"expected_state", "InvitedOrJoined"}, {"expected_lifecycle", 1}};
    return {
        {kick(who, {{"expected_version", 0}}), stale},
        {kick(who, {{"expected_version", largest}}), stale},
        {kick(who, {{"expected_state", "None"}}), stale},
        {kick(who, {{"expected_state", "Banned"}}), stale},
        {kick(who, {{"expected_lifecycle", 0}}), over},
        {kick(who, {{"expected_lifecycle", largest}}), over},
        {kick(who, {{"expected_version", "9223372036854775807"}}), unsaid},
        {kick(who, {{"expected_lifecycle", "-9223372036854775808"}}), unsaid},
        {command(somebody(), "Join", of_nobody), "200 accepted - InvitedOrJoined 1"},
        {kick(who, true_ones), "200 accepted - Kicked 2"},
    };
}

} // namespace

TEST_CASE("typescript: each command arrives as what it is") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    std::vector<json::object> commands;
    std::vector<member> members;
    for (std::size_t i = 0; i < domain::count_of<command_kind>; ++i) {
        const auto kind = static_cast<command_kind>(i);
        members.push_back(somebody_at(bot, where_it_holds(kind)));
        commands.push_back(command(members.back(), domain::name_of(kind)));
    }
    const auto outcomes = send(commands);
    for (std::size_t i = 0; i < commands.size(); ++i) {
        CAPTURE(json::serialize(commands[i]));
        CHECK(fields(outcomes[i], {"status", "outcome", "lifecycle", "replayed"}) ==
              "200 accepted 1 false");
        CHECK(history(bot, members[i]).back().at("event") ==
              json::value(domain::name_of(domain::event_of(static_cast<command_kind>(i)))));
        CHECK(fields(outcomes[i], {"guild_id", "user_id"}) ==
              members[i].guild + " " + members[i].user);
    }
}

// Every expectation of 0 was left out: what should have been told was accepted.
TEST_CASE("typescript: an expectation guards, at 0 and at its largest") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::invited_or_joined);
    const auto rows = guarded_commands(who);
    std::vector<json::object> sent;
    for (const auto& row : rows)
        sent.push_back(row.command);
    const auto outcomes = send(sent);
    REQUIRE(outcomes.size() == rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CAPTURE(json::serialize(rows[i].command));
        CHECK(fields(outcomes[i], {"status", "outcome", "code", "state", "version"}) ==
              rows[i].told);
    }
}

TEST_CASE("typescript: each state can be expected, and told") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    std::vector<json::object> commands;
    for (std::size_t i = 0; i < domain::count_of<state>; ++i) {
        const auto current = static_cast<state>(i);
        const auto other = static_cast<state>((i + 1) % domain::count_of<state>);
        const auto who = somebody_at(bot, current);
        for (const auto expected : {other, current})
            commands.push_back(
                command(who, current == state::banned ? "Join" : "LiftBan",
                        {{"expected_state", domain::name_of(expected)}, {"on_conflict", "fail"}}));
    }
    const auto outcomes = send(commands);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        CAPTURE(json::serialize(commands[i]));
        CHECK(fields(outcomes[i], {"outcome", "state"}) ==
              (i % 2 == 0 ? "conflict " : "rejected ") +
                  std::string(domain::name_of(static_cast<state>(i / 2))));
    }
}

TEST_CASE("typescript: what is 0 where it says nothing is missing, or invalid") {
    const auto who = somebody();
    const auto outcomes =
        send({command(who, "Join", {{"guild_id", "0"}}), command(who, "Join", {{"user_id", "0"}}),
              command(who, "Join", {{"command", "missing"}}),
              command(who, "Join", {{"expected_state", "missing"}}),
              command(who, "ExpireVerification", {{"payload", json::object{}}})});
    std::string told;
    for (const auto& outcome : outcomes) {
        const auto detail = fields(outcome, {"detail"});
        told +=
            fields(outcome, {"status", "code"}) + " " + detail.substr(0, detail.find(' ')) + "\n";
    }
    CHECK(told == "400 missing_field guild_id\n"
                  "400 missing_field user_id\n"
                  "400 missing_field command\n"
                  "400 invalid_field expected_state\n"
                  "400 missing_field payload.outcome\n");
}

TEST_CASE("typescript: an outcome's zeros are told from what it does not say") {
    const auto who = somebody();
    const auto join = command(who, "Join");
    const auto outcomes = send({command(who, "Leave"), join, join});
    CHECK(fields(outcomes[0], {"outcome", "state", "version", "lifecycle", "attempts", "replayed",
                               "position"}) == "rejected None 0 0 1 - -");
    CHECK(fields(outcomes[1], {"outcome", "version", "lifecycle", "replayed"}) ==
          "accepted 1 1 false");
    CHECK(fields(outcomes[2], {"position", "replayed"}) ==
          fields(outcomes[1], {"position"}) + " true");
}

} // namespace datadrop::test
