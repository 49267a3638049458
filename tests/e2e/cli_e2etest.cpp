// The commands that speak to a running server: what they print, and their exit codes.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

#include <csignal>
#include <fstream>
#include <span>

namespace datadrop::test {
namespace {

using domain::state;

/// Nobody listens there: the port was given and is free again.
std::string dead_url() {
    const world gone;
    return gone.front.url();
}

const char* const with_help[] = {
    "",
    "serve",
    "migrate",
    "submit",
    "member",
    "member show",
    "member history",
    "events tail",
    "dead-letter list",
    "dead-letter show",
    "dead-letter preview",
    "dead-letter redrive",
    "dead-letter discard",
    "projection status",
    "projection rebuild",
    "projection switch-back",
    "projection verify",
    "token create",
    "token list",
    "token rotate",
    "token revoke",
    "doctor",
    "version",
};

const char* const usage_errors[] = {
    "",
    "fly",
    "member",
    "member fly",
    "--fly",
    "serve --fly",
    "member show 5",
    "member show 5 x",
    "member show 5 6 7",
    "dead-letter show",
    "dead-letter redrive 7 --expected-state Nowhere",
    "dead-letter discard 7",
    "dead-letter list --older-than soon",
    "dead-letter list --code Spent!",
    "token create --name x",
    "submit --guild 5 --token t",
    "token create --name x --source martian --scopes read",
    "token create --name x --source bot --scopes fly",
    "migrate --partitions 65",
    "serve --listen nowhere",
    "serve --queue-limit 0",
    "serve --token-rate -1",
    "token create --name a --source api --scopes read --expires soon",
    "token rotate --name a --overlap 1w",
    "projection rebuild --pace 0",
    "projection verify --sample none",
    "doctor --accept colour",
    "serve --config /nowhere.toml",
    "serve --database http://x",
    "member show 5 6", // no token
};

const char* const needing_a_server_or_database[] = {
    "member show 5 6",
    "member history 5 6",
    "dead-letter list",
    "submit",
    "events tail",
    "projection status",
    "projection verify",
    "projection rebuild",
    "migrate",
    "token list",
    "doctor",
    "serve --listen 127.0.0.1:0",
};

/// Each line sent is told what stands beside it, in its order; the third names what was wrong.
void check_told(const world& at, std::span<const std::pair<std::string, std::string>> told_of) {
    std::string input;
    for (const auto& [line, told] : told_of)
        input += line + "\n";
    const auto done = at.run_client({"submit", "--format", "json"}, input);
    CHECK(done.exit_code == 1);
    const auto outcomes = objects_in(done.out);
    REQUIRE(outcomes.size() == told_of.size());
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        CAPTURE(told_of[i].first);
        CHECK(fields(outcomes[i], {"outcome", "line", "version"}) == told_of[i].second);
    }
    CHECK(contains(fields(outcomes.at(2), {"detail"}), "user_id"));
}

/// A file of commands, and the user of each.
struct command_file {
    std::string text{};
    std::vector<std::string> users{};
};

command_file joins_and_leaves(int members) {
    command_file file;
    for (int i = 0; i < members; ++i) {
        const auto who = somebody();
        for (const auto* name : {"Join", "Leave"}) {
            file.text += json::serialize(command(who, name)) + "\n";
            file.users.push_back(who.user);
        }
    }
    return file;
}

} // namespace

TEST_CASE("cli: version and help end with 0, for every command") {
    CHECK(run({"version"}).out.starts_with("datadrop " DATADROP_VERSION "\n"));
    for (const auto* words : with_help) {
        CAPTURE(words);
        auto asked = words_of(words);
        asked.push_back("--help");
        const auto help = run(asked);
        CAPTURE(help.err);
        CHECK(help.exit_code == 0);
        CHECK(contains(help.out, "Exit codes: 0 done"));
    }
}

TEST_CASE("cli: usage errors end with 2, in words on stderr only") {
    for (const auto* words : usage_errors) {
        CAPTURE(words);
        const auto refused = run(words_of(words));
        CHECK(refused.exit_code == 2);
        CHECK(refused.out.empty());
        CHECK(!refused.err.empty());
    }
}

TEST_CASE("cli: a mistyped word is named, with the one that was meant") {
    struct slip {
        arguments words;
        std::string written;
        std::string meant;
    };
    for (const auto& [words, written, meant] :
         {slip{{"memebr", "show", "5", "6"}, "memebr", "member"},
          slip{{"member", "hsitory", "5", "6"}, "hsitory", "history"},
          slip{{"dead-leter", "list"}, "dead-leter", "dead-letter"},
          slip{{"serve", "--listn", "x"}, "--listn", "--listen"},
          slip{{"serve", "--format", "jsn"}, "jsn", "json"},
          slip{{"help", "sumbit"}, "sumbit", "submit"}, slip{{"completion", "bsh"}, "bsh", "bash"},
          slip{{"submit", "--command", "Jion"}, "Jion", "Join"}}) {
        const auto refused = run(words);
        CAPTURE(refused.err);
        CHECK(refused.exit_code == 2);
        CHECK(contains(refused.err, '"' + written + '"'));
        CHECK(contains(refused.err, "did you mean \"" + meant + "\"?"));
    }
}

TEST_CASE("cli: help says what --help says") {
    CHECK(run({"help"}).out == run({"--help"}).out);
    CHECK(run({"help", "serve"}).out == run({"serve", "--help"}).out);
    CHECK(run({"help", "token", "create"}).out == run({"token", "create", "--help"}).out);
    CHECK(run({"help", "help"}).exit_code == 0);
    CHECK(contains(run({"dead-letter", "run", "--help"}).out,
                   "`datadrop dead-letter run COMMAND --help` says more"));
}

TEST_CASE(
    "cli: the page of the manual tells each command, flag and setting, in roff that is sound") {
    const temporary_folder folder;
    const auto file = (folder.path() / "datadrop.1").string();
    std::ofstream(file) << run({"help", "--man"}).out;
    const auto shown = run({"--warnings", "-E", "UTF-8", "-l", file},
                           {.variables = {{"MANWIDTH", "200"}}, .program = "man"});
    CHECK(shown.exit_code == 0);
    CHECK(shown.err == "");
    for (const auto* told :
         {"datadrop serve\n", "datadrop token create\n", "datadrop dead-letter run stop\n",
          "--app-role TEXT\n", "--queue-limit N\n", "DATADROP_DATABASE", "Example: datadrop help",
          "GUILD", "Exit codes: 0 done", "guild's members"})
        CHECK(contains(shown.out, told));
}

TEST_CASE("cli: bash completes commands, flags and their values") {
    const auto completed = [](const std::string& line) {
        const auto script = "source <(" + the_built_one + " completion bash)\nCOMP_WORDS=(" + line +
                            ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_datadrop\n"
                            "echo \"${COMPREPLY[*]}\"\n";
        const auto shell = run({"-c", script}, {.input = {}, .variables = {}, .program = "bash"});
        CHECK(shell.err == "");
        return shell.out;
    };
    CHECK(completed("datadrop mem") == "member\n");
    CHECK(completed("datadrop dead-letter di") == "discard\n");
    CHECK(completed("datadrop token create --sc") == "--scopes\n");
    CHECK(completed("datadrop token --format json create --na") == "--name\n");
    CHECK(completed("datadrop serve --log-format ''") == "text json\n");
    CHECK(contains(completed("datadrop ''"), "serve migrate submit"));
    CHECK(!contains(completed("datadrop ''"), "demo-client"));
    CHECK(run({"completion", "zsh"}).out.starts_with("#compdef datadrop\n"));
}

// As a file of zsh's own completions, the first word was left as it stood: only the second was
// completed.
TEST_CASE("cli: zsh completes, by a file of its completions and in the shell itself") {
    const temporary_folder folder;
    std::ofstream(folder.path() / "_datadrop") << run({"completion", "zsh"}).out;
    std::string set_up;
    SUBCASE("a file") {
        set_up = "fpath=(" + folder.path().string() + " $fpath); autoload compinit; compinit -u -D";
    }
    SUBCASE("the shell") { set_up = "source " + (folder.path() / "_datadrop").string(); }
    const auto script = "zmodload zsh/zpty; zpty shell zsh -f -i\n"
                        "zpty -w shell \"" +
                        set_up +
                        "\"\n"
                        "zpty -n -w shell $'datadrop mem\\t'\n"
                        "zpty -r -m shell seen '*datadrop mem*ber*'\n";
    CHECK(run({"-f", "-c", script}, {.program = "zsh"}).exit_code == 0);
}

TEST_CASE("cli: a server or database that cannot be reached ends with 3, and is named") {
    const auto url = dead_url();
    const auto port = url.substr(url.rfind(':') + 1);
    const environment away{{"DATADROP_SERVER", url},
                           {"DATADROP_TOKEN", "t"},
                           {"DATADROP_DATABASE", "postgresql://nobody@127.0.0.1:" + port + "/x"}};
    const auto input = json::serialize(command(somebody(), "Join")) + "\n";
    for (const auto* words : needing_a_server_or_database) {
        const auto lost = run(words_of(words), {.input = input, .variables = away});
        CAPTURE(words);
        CAPTURE(lost.err);
        CHECK(lost.exit_code == 3);
        CHECK(contains(lost.err, port));
        CHECK(lost.out.empty());
    }
}

TEST_CASE("cli: a wrong token, or one without the scope, ends with 1") {
    const auto& at = shared_world();
    for (const auto& token : {std::string("wrong"), at.submitter}) {
        const auto refused =
            run({"dead-letter", "list"},
                {.variables = {{"DATADROP_SERVER", at.front.url()}, {"DATADROP_TOKEN", token}}});
        CHECK(refused.exit_code == 1);
        CHECK(refused.out.empty());
        CHECK(!contains(refused.err, at.submitter));
    }
}

TEST_CASE("cli: a flag goes before the environment, the environment before the file") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::rules_accepted);
    shown(at, who);
    const temporary_folder folder;
    const auto file = (folder.path() / "datadrop.toml").string();
    CHECK(run({"version"}).exit_code == 0);
    const auto config = "server = \"" + at.front.url() + "\"\ntoken = \"" + at.reader + "\"\n";
    std::FILE* out = std::fopen(file.c_str(), "w");
    std::fputs(config.c_str(), out);
    std::fclose(out);
    const arguments show{"member", "show", who.guild, who.user, "--config", file};
    CHECK(run(show).exit_code == 0);
    CHECK(run(show, {.variables = {{"DATADROP_TOKEN", "wrong"}}}).exit_code == 1);
    auto with_flag = show;
    with_flag.insert(with_flag.end(), {"--token", at.reader});
    CHECK(run(with_flag, {.variables = {{"DATADROP_TOKEN", "wrong"}}}).exit_code == 0);
}

TEST_CASE("cli: member show and history print a member, in words and in JSON") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::rules_accepted);
    shown(at, who);
    CHECK(contains(at.run_client({"member", "show", who.guild, who.user}).out, "RulesAccepted"));
    CHECK(fields(
              object_of(at.run_client({"member", "show", who.guild, who.user, "--format", "json"})),
              {"user_id", "state", "version"}) == who.user + " RulesAccepted 5");
    CHECK(contains(at.run_client({"member", "history", who.guild, who.user}).out,
                   "OnboardingCompleted -> RoleEligible"));
    CHECK(object_of(at.run_client({"member", "history", who.guild, who.user, "--format", "json"}))
              .at("events") == history(bot, who));
    for (const auto* verb : {"show", "history"}) {
        const auto nobody = at.run_client({"member", verb, "5", "6"});
        CHECK(nobody.exit_code == 1);
        CHECK(nobody.out.empty());
        CHECK(contains(nobody.err, "member_not_found"));
    }
}

TEST_CASE("cli: submit answers NDJSON line by line, with a bad line's fate in its place") {
    const auto& at = shared_world();
    const auto who = somebody();
    const auto a = [&](const char* name, const json::object& more = {}) {
        return json::serialize(command(who, name, more));
    };
    const json::object stale{{"expected_version", 0}, {"on_conflict", "fail"}};
    const std::pair<std::string, std::string> told_of[] = {
        {a("Join"), "accepted - 1"},
        {"{\"guild_id\": broken", "invalid 2 -"},
        {a("BeginOnboarding", {{"user_id", 7}}), "invalid 3 -"},
        {"17", "invalid 4 -"},
        {a("BeginOnboarding"), "accepted - 2"},
        {a("Join"), "rejected - 2"},
        {a("Leave", stale), "conflict - 2"},
        {a("CompleteOnboarding"), "accepted - 3"},
    };
    check_told(at, told_of);
}

TEST_CASE("cli: submit brings a file of commands through in order; sent again it changes nothing") {
    const auto& at = shared_world();
    const auto [input, users] = joins_and_leaves(600);
    const auto first = at.run_client({"submit", "--format", "json"}, input);
    CHECK(first.exit_code == 0);
    const auto outcomes = objects_in(first.out);
    REQUIRE(outcomes.size() == users.size());
    for (std::size_t i = 0; i < users.size(); ++i)
        CHECK(fields(outcomes[i], {"outcome", "user_id", "version"}) ==
              "accepted " + users[i] + " " + std::to_string(1 + i % 2));
    const auto head = log_head(at);
    const auto second = objects_in(at.run_client({"submit", "--format", "json"}, input).out);
    for (std::size_t i = 0; i < users.size(); ++i)
        CHECK(fields(second.at(i), {"position", "replayed"}) ==
              fields(outcomes[i], {"position"}) + " true");
    CHECK(log_head(at) == head);
}

TEST_CASE("cli: submit takes one command from flags") {
    const auto& at = shared_world();
    const auto who = somebody();
    const arguments join{"submit",    "--guild",  who.guild, "--user", who.user,
                         "--command", "Join",     "--key",   "k-1",    "--expected-version",
                         "0",         "--reason", "by hand"};
    const auto done = at.run_client(join);
    CHECK(done.exit_code == 0);
    CHECK(contains(done.out, "InvitedOrJoined at version 1"));
    CHECK(trail(at, who) == "MemberJoined None>InvitedOrJoined by operator");
    CHECK(contains(at.run_client(join).out, "replayed"));
    const auto late = at.run_client({"submit", "--guild", who.guild, "--user", who.user,
                                     "--command", "Leave", "--expected-lifecycle", "0"});
    CHECK(late.exit_code == 1);
    CHECK(contains(late.out, "lifecycle_over"));
    const auto refused =
        at.run_client({"submit", "--guild", who.guild, "--user", who.user, "--command", "LiftBan"});
    CHECK(refused.exit_code == 1);
    CHECK(contains(refused.out, "transition_not_allowed"));
    CHECK(contains(refused.err, "idempotency key: cli:"));
    CHECK(at.run_client({"submit"}).exit_code == 0); // no line, nothing to do
}

TEST_CASE("cli: events tail prints what is there and what comes") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto before = log_head(at);
    const auto who = somebody_in(bot, state::invited_or_joined);
    process tail({"events", "tail", "--after", before, "--format", "json"},
                 {{"DATADROP_SERVER", at.front.url()}, {"DATADROP_TOKEN", at.reader}});
    CHECK(tail.wait_for_out("\n"));
    CHECK(submit(bot, command(who, "Leave")).at("outcome") == "accepted");
    CHECK(tail.wait_for_out("LeftGuild"));
    std::string events;
    for (const auto& event : objects_in(tail.out()))
        events += fields(event, {"user_id", "event", "version"}) + "\n";
    CHECK(events == who.user + " MemberJoined 1\n" + who.user + " MemberLeft 2\n");
    tail.send(SIGTERM);
    CHECK(tail.wait() == 0);
    CHECK(at.run_client({"events", "tail", "--after", "x"}).exit_code == 1);
}

} // namespace datadrop::test
