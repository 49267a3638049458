// Runs: `dead-letter redrive --all`, `discard --all`, and `run list|show|resume|stop`.

#include "processor/cli/letter_runs.hpp"

#include "processor/cli/http_client.hpp"
#include "processor/cli/letter_commands.hpp"
#include "processor/cli/progress.hpp"
#include "processor/cli/run_text.hpp"
#include "processor/cli/text_output.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <charconv>
#include <iostream>
#include <memory>
#include <ranges>
#include <thread>
#include <unistd.h>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;
using std::chrono::system_clock;

/// How often the server is asked how far a run is.
constexpr auto look_interval = std::chrono::milliseconds(250);
constexpr std::string_view runs_path = "/v1/dead-letter-runs";

std::string run_path(const std::string& id, std::string_view verb = "") {
    return std::string(runs_path) + "/" + id + std::string(verb);
}

std::int64_t number_in(const json::object& run, std::string_view name) {
    const auto* value = run.if_contains(name);
    return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

json::object filter_json(const letter_filter& of) {
    json::object filter;
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) filter[name] = value;
    };
    add("guild_id", of.guild);
    add("user_id", of.user);
    add("command", of.command);
    add("code", of.code);
    add("parked_before", of.parked_before(system_clock::now()));
    return filter;
}

/// What a person types; nothing when it is no number.
std::optional<std::int64_t> typed_count(std::int64_t selected) {
    if (isatty(STDIN_FILENO) == 0)
        throw usage_error("nobody is there to confirm it: say --confirm " +
                          std::to_string(selected));
    std::cerr << "type " << selected << " to go on: ";
    std::string line;
    std::getline(std::cin, line);
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(line.data(), line.data() + line.size(), number);
    if (error != std::errc{} || stop != line.data() + line.size()) return std::nullopt;
    return number;
}

/// Until it is over. Interrupted, it goes on in the server.
json::object follow(http_client& server, json::object run) {
    const auto id = field_text(run, "id");
    auto progress = stderr_progress("run " + id, "dead letters");
    while (field_text(run, "status") == "running") {
        progress.report(number_in(run, "done"), number_in(run, "selected"));
        std::this_thread::sleep_for(look_interval);
        run = json_of(server.get(run_path(id))).as_object();
    }
    return run;
}

/// What was asked for is done for each: accepted, or discarded.
bool is_whole(const json::object& run) {
    std::int64_t done = 0;
    for (const auto& row : run.at("results").as_array())
        if (const auto& outcome = row.at("outcome");
            outcome == "accepted" || outcome == "discarded")
            done += row.at("count").as_int64();
    return done == number_in(run, "selected");
}

exit_code start_and_follow(const settings& told, http_client& server, const std::string& id,
                           std::int64_t count) {
    const auto body = json::serialize(json::object{{"count", count}});
    auto run = json_of(server.post(run_path(id, "/start"), body)).as_object();
    std::cerr << "run " << id << " is under way in the server, and goes on without this command: "
              << "`datadrop dead-letter run stop " << id << "` stops it\n";
    run = follow(server, std::move(run));
    std::cout << (told.format == output_format::json ? json::serialize(run) + "\n" : run_text(run));
    return is_whole(run) ? exit_code::done : exit_code::refused;
}

exit_code list(const settings& told) {
    static const column columns[] = {{"id", "id"},
                                     {"status", "status"},
                                     {"act", "act"},
                                     {"by", "by"},
                                     {"done", "done"},
                                     {"selected", "selected"},
                                     {"created at", "created_at"},
                                     {"reason", "reason"}};
    const auto answer = client_of(told).get(runs_path);
    const auto runs = json_of(answer);
    if (told.format == output_format::json) {
        std::cout << answer.body << '\n';
        return exit_code::done;
    }
    json::array rows;
    for (const auto& run : runs.at("runs").as_array())
        rows.push_back(run_row(run.as_object()));
    std::cout << table(columns, rows);
    return exit_code::done;
}

void print(const settings& told, const http_answer& answer) {
    const auto run = json_of(answer);
    std::cout << (told.format == output_format::json ? answer.body + "\n"
                                                     : run_text(run.as_object()));
}

exit_code show(const settings& told, const std::string& id) {
    print(told, client_of(told).get(run_path(id)));
    return exit_code::done;
}

exit_code stop(const settings& told, const std::string& id) {
    print(told, client_of(told).post(run_path(id, "/stop"), "{}"));
    return exit_code::done;
}

exit_code resume(const settings& told, const std::string& id) {
    auto server = client_of(told);
    const auto run = json_of(server.get(run_path(id))).as_object();
    return start_and_follow(told, server, id, number_in(run, "selected"));
}

void add_run_command(CLI::App& group, invocation& line, const command_text& text,
                     exit_code (*run)(const settings&, const std::string&)) {
    const auto id = std::make_shared<std::string>();
    auto& command = add_command(group, line, text, works_on::server,
                                [id, run](const settings& told) { return run(told, *id); });
    command.add_option("ID", *id, "The run's id")->required()->check(position());
}

} // namespace

void add_run_flags(CLI::App& command, run_arguments& asked) {
    auto* const all = command.add_flag("--all", asked.all,
                                       "All that are parked and as the filters say: a preview "
                                       "first, then a confirmation");
    command.get_option("--if-match")->excludes(all);
    const auto of_one = command.get_options().size();
    add_filter_flags(command, asked.of);
    command.add_option("--limit", asked.limit, "With --all: at most so many")
        ->check(CLI::Range(1, 100'000));
    command.add_option("--rate", asked.rate, "With --all: at most so many a second")
        ->check(CLI::Range(1, 100'000));
    command
        .add_option("--confirm", asked.confirm,
                    "With --all: how many there are, instead of typing it")
        ->check(CLI::Range(1, 100'000));
    // With a dead letter's id they would be passed over.
    const auto options = command.get_options();
    for (auto* option : options | std::views::drop(of_one))
        option->needs(all);
}

exit_code run_many(const settings& told, const run_arguments& asked, json::object body) {
    if (!body.contains("reason")) throw usage_error("--reason is needed with --all: say why");
    body["filter"] = filter_json(asked.of);
    if (asked.limit) body["limit"] = *asked.limit;
    if (asked.rate) body["rate"] = *asked.rate;
    auto server = client_of(told);
    const auto run = json_of(server.post(runs_path, json::serialize(body))).as_object();
    const auto selected = number_in(run, "selected");
    std::cerr << run_preview_text(run);
    if (selected == 0) return exit_code::done;
    const auto confirmed = asked.confirm ? asked.confirm : typed_count(selected);
    if (confirmed != selected)
        throw refused("there are " + std::to_string(selected) +
                      ", and that was not confirmed: nothing was done");
    return start_and_follow(told, server, field_text(run, "id"), selected);
}

void add_letter_runs(CLI::App& parent, invocation& line) {
    auto& group = add_group(parent, "run", "What was begun with --all: look at it, go on, stop.");
    add_command(group, line,
                {.name = "list",
                 .what = "List the last runs, the newest first.",
                 .example = "datadrop dead-letter run list"},
                works_on::server, list);
    add_run_command(group, line,
                    {.name = "show",
                     .what = "Print how far a run is, and what has come of it.",
                     .example = "datadrop dead-letter run show 7"},
                    show);
    add_run_command(group, line,
                    {.name = "resume",
                     .what = "Go on with a run that was stopped, or start one that was previewed.",
                     .example = "datadrop dead-letter run resume 7"},
                    resume);
    add_run_command(group, line,
                    {.name = "stop",
                     .what = "Stop a run; what is done is done, and it can go on later.",
                     .example = "datadrop dead-letter run stop 7"},
                    stop);
}

} // namespace datadrop::processor::cli
