#include "processor/trials/demo/clients.hpp"

#include "processor/cli/progress.hpp"
#include "processor/trials/demo/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>

namespace datadrop::processor::trials::demo {
namespace {

using namespace std::chrono_literals;

constexpr auto progress_interval = 200ms;

/// How many lines a file has that another process writes.
class line_counter {
  public:
    explicit line_counter(std::filesystem::path file) : file_(std::move(file)) {}

    std::int64_t count() {
        if (!in_.is_open()) in_.open(file_);
        in_.clear();
        const auto new_lines = std::count(std::istreambuf_iterator<char>(in_), {}, '\n');
        return lines_ += new_lines;
    }

  private:
    std::filesystem::path file_;
    std::ifstream in_;
    std::int64_t lines_ = 0;
};

std::filesystem::path journal_of(door d, const std::filesystem::path& folder) {
    return folder / fmt::format("{}-answers.ndjson", name_of(d));
}

child_options process_of(door d, const workload& asked, const demo_stage& there,
                         const servers& doors, const std::filesystem::path& folder) {
    const auto url = [&](door at) { return "http://" + to_text(doors.address(at)); };
    return {.name = fmt::format("{} client", name_of(d)),
            .arguments = {"demo-client", "--door", std::string(name_of(d)), "--server", url(d),
                          "--other-server", url(other(d)), "--seed", std::to_string(asked.seed),
                          "--commands", std::to_string((asked.commands + 1) / 2), "--members",
                          std::to_string(asked.members), "--journal",
                          journal_of(d, folder).string()},
            .environment = {{"DATADROP_TOKEN", there.token(d)}},
            .log = folder / fmt::format("{}-client.log", name_of(d))};
}

bool has_ended(child& c) {
    const auto code = c.exit_code();
    if (code && *code != 0)
        throw cli::refused(
            fmt::format("the {} ended with exit code {}: {}", c.name(), *code, c.log()));
    return code.has_value();
}

// ---- What a client process is told

struct client_arguments {
    std::string door;
    std::string other_server;
    script_options what;
    std::filesystem::path journal;
};

cli::exit_code run(const cli::settings& told, const client_arguments& asked) {
    client_options wanted{.own = told.server,
                          .other = cli::parse_server_url(asked.other_server).value(),
                          .token = told.token.value(),
                          .what = asked.what,
                          .journal = asked.journal};
    wanted.what.from = domain::parse<door>(asked.door).value();
    run_client(wanted);
    return cli::exit_code::done;
}

} // namespace

std::vector<std::filesystem::path> run_clients(const workload& asked, const demo_stage& there,
                                               servers& doors, const std::filesystem::path& folder,
                                               const interruptions& signals) {
    child bot(process_of(door::bot, asked, there, doors, folder));
    child api(process_of(door::api, asked, there, doors, folder));
    std::vector<std::filesystem::path> journals{journal_of(door::bot, folder),
                                                journal_of(door::api, folder)};
    line_counter bot_lines(journals[0]);
    line_counter api_lines(journals[1]);
    auto progress = cli::stderr_progress("demo", "commands");
    while (true) {
        const bool bot_ended = has_ended(bot);
        if (has_ended(api) && bot_ended) return journals;
        doors.require_running();
        progress.report(bot_lines.count() + api_lines.count(), asked.commands);
        signals.wait({bot_ended ? &api : &bot}, progress_interval);
    }
}

void add_client(CLI::App& program, cli::invocation& line) {
    const auto asked = std::make_shared<client_arguments>();
    auto& command = cli::add_command(
        program, line,
        {.name = "demo-client",
         .what = "One of the two clients that `demo` starts.",
         .example = "datadrop demo"},
        cli::works_on::server, [asked](const cli::settings& told) { return run(told, *asked); });
    constexpr auto unlisted = "";
    command.group(unlisted);
    command.add_option("--door", asked->door)->required()->check(cli::one_of(domain::names<door>));
    command.add_option("--other-server", asked->other_server)->required();
    command.add_option("--seed", asked->what.seed)->required();
    command.add_option("--commands", asked->what.commands)->required();
    command.add_option("--members", asked->what.members)->required();
    command.add_option("--journal", asked->journal)->required();
}

} // namespace datadrop::processor::trials::demo
