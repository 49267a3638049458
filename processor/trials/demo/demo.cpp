#include "processor/cli/failures.hpp"
#include "processor/trials/children/children.hpp"
#include "processor/trials/children/work_folder.hpp"
#include "processor/trials/demo/clients.hpp"
#include "processor/trials/demo/demo_report.hpp"
#include "processor/trials/demo/demo_stage.hpp"
#include "processor/trials/demo/examination.hpp"
#include "processor/trials/demo/servers.hpp"
#include "processor/trials/trial_commands.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <iostream>
#include <memory>

namespace datadrop::processor::trials {
namespace {

using namespace demo;
using namespace std::chrono_literals;
namespace postgres = eventstore::postgres;

constexpr auto catch_up_time_max = 60s;
constexpr auto look_again = 20ms;

struct demo_options {
    int commands = 24'000;
    int members = 200;
    int partitions = 1;
    std::uint64_t seed = 1;
    bool once = false;
};

void say(const std::string& what) { std::cerr << "demo: " << what << std::endl; }

// ---- What came of it

void wait_until_caught_up(postgres::session& db, const interruptions& signals) {
    const auto deadline = std::chrono::steady_clock::now() + catch_up_time_max;
    while (!has_caught_up(db)) {
        if (std::chrono::steady_clock::now() > deadline)
            throw cli::refused("the projection does not catch up with the log");
        signals.wait({}, look_again);
    }
}

examination look_into(const demo_stage& there, const std::vector<std::filesystem::path>& journals,
                      const interruptions& signals) {
    postgres::session db({.database = there.database(), .statement_timeout = 0ms});
    wait_until_caught_up(db, signals);
    say("checking every answer against the log");
    return examine(db, journals);
}

std::string urls(const servers& doors) {
    return fmt::format("the bot's server   http://{0}\n"
                       "the API's server   http://{1}\n"
                       "the panel          http://{1}/\n",
                       to_text(doors.address(door::bot)), to_text(doors.address(door::api)));
}

/// A connection string that was given may hold a password, and is not shown.
std::string ways_on(const cli::settings& told, const demo_stage& there, const servers& doors) {
    const auto program = std::filesystem::read_symlink("/proc/self/exe").string();
    const auto member = member_at(0);
    return fmt::format("To look further, in another terminal:\n"
                       "  export DATADROP_SERVER=http://{0}\n"
                       "  export DATADROP_TOKEN=$({1} token create --name visitor \\\n"
                       "      --source operator --scopes read,operate --database \"{2}\")\n"
                       "  echo $DATADROP_TOKEN    # signs in at the panel\n"
                       "  {1} member show {3} {4}\n"
                       "  {1} member history {3} {4}\n"
                       "  {1} dead-letter list\n"
                       "  {1} events tail\n"
                       "Both servers go on until Ctrl-C.\n",
                       to_text(doors.address(door::api)), program,
                       told.database ? "URL of datadrop_demo" : there.database(), member.guild_id,
                       member.user_id);
}

void print(const examination& found, const servers& doors, const cli::settings& told) {
    if (told.format == cli::output_format::json) {
        auto all = report_json(found);
        all["servers"] = {"http://" + to_text(doors.address(door::bot)),
                          "http://" + to_text(doors.address(door::api))};
        std::cout << boost::json::serialize(all) << std::endl;
        return;
    }
    std::cout << '\n' << report_text(found) << '\n' << urls(doors) << std::flush;
}

void serve_until_interrupted(servers& doors, const interruptions& signals) {
    try {
        signals.wait(doors.processes());
        doors.require_running();
    } catch (const interrupted&) {
        say("stopping");
    }
}

// ---- The whole

cli::exit_code play(const cli::settings& told, const demo_options& asked,
                    const std::filesystem::path& folder, const interruptions& signals) {
    say("preparing PostgreSQL and a fresh database");
    demo_stage there(told, asked.partitions);
    say("starting the bot's and the API's server");
    servers doors(there.database(), folder, signals);
    say(fmt::format("a bot and an API race over {} members, seed {}", asked.members, asked.seed));
    const auto journals =
        run_clients({.commands = asked.commands, .members = asked.members, .seed = asked.seed},
                    there, doors, folder, signals);
    const auto found = look_into(there, journals, signals);
    print(found, doors, told);
    if (found.passed() && !asked.once) {
        if (told.format == cli::output_format::text)
            std::cout << ways_on(told, there, doors) << std::flush;
        serve_until_interrupted(doors, signals);
    }
    doors.stop();
    there.close();
    return found.passed() ? cli::exit_code::done : cli::exit_code::refused;
}

cli::exit_code run_demo(const cli::settings& told, const demo_options& asked) {
    const interruptions signals;
    work_folder folder("demo");
    try {
        const auto code = play(told, asked, folder.path(), signals);
        if (code != cli::exit_code::done) {
            folder.keep();
            say("the answers and the servers' logs are kept in " + folder.path().string());
        }
        return code;
    } catch (const interrupted&) {
        throw cli::refused("the demo was interrupted; all that it had started is stopped");
    }
}

} // namespace

void add_demo(CLI::App& program, cli::invocation& line) {
    const auto asked = std::make_shared<demo_options>();
    auto& command = cli::add_command(
        program, line,
        {.name = "demo",
         .what = "Show the main job: a bot and an API race over the same members, through two "
                 "servers, and every answer is checked against the log.",
         .example = "datadrop demo --once",
         .more = "Without a database it starts a private PostgreSQL of its own. It works in the "
                 "database datadrop_demo, which is dropped and made anew at each run.\n"
                 "The servers go on until Ctrl-C. Exit code 1: a check found a difference."},
        cli::works_on::database,
        [asked](const cli::settings& told) { return run_demo(told, *asked); });
    command.add_option("--commands", asked->commands, "How many are sent, at least (24000)")
        ->check(CLI::Range(1, 10'000'000));
    command.add_option("--members", asked->members, "Over how many members (200)")
        ->check(CLI::Range(1, 1'000'000));
    command.add_option("--partitions", asked->partitions, "Of the log, 1 to 64 (1)")
        ->check(CLI::Range(1, 64));
    command.add_option("--seed", asked->seed, "Of what is sent (1)");
    command.add_flag("--once", asked->once, "End after the summary");
    add_client(program, line);
}

} // namespace datadrop::processor::trials
