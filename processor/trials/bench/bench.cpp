#include "processor/cli/failures.hpp"
#include "processor/trials/bench/loads/load_command.hpp"
#include "processor/trials/bench/measuring.hpp"
#include "processor/trials/bench/report/bench_report.hpp"
#include "processor/trials/children/work_folder.hpp"
#include "processor/trials/trial_commands.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>

namespace datadrop::processor::trials {
namespace {

using namespace bench;
namespace json = boost::json;

constexpr int partitions_max = 64;

int as_many_as_cores() {
    return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, partitions_max);
}

void say(const std::string& what) { std::cerr << "bench: " << what << std::endl; }

surroundings around(bench_stage& place, const cli::settings& told) {
    return {.hardware = this_machine(),
            .server = place.server_settings(),
            .note =
                told.database ? "this PostgreSQL was named, and its settings are as they are" : ""};
}

json::object heading_of(const surroundings& where, const bench_options& asked) {
    auto all = surroundings_json(where);
    all["partitions"] = asked.partitions;
    all["scale"] = asked.scale;
    return all;
}

void require_none(const std::vector<std::string>& failed) {
    if (failed.empty()) return;
    throw cli::refused(fmt::format("{} failed; the other figures stand", fmt::join(failed, ", ")));
}

void measure_all(const cli::settings& told, const bench_options& asked,
                 const std::vector<row>& rows, const work_folder& folder,
                 const interruptions& signals) {
    say("preparing PostgreSQL");
    bench_stage place(told);
    const auto where = around(place, told);
    if (told.format == cli::output_format::text) std::cout << heading_text(where) << std::endl;
    const arena at{.place = place, .signals = signals, .folder = folder.path()};
    measuring all(at, told, asked, heading_of(where, asked));
    all.run(rows);
    if (told.format == cli::output_format::json)
        std::cout << json::serialize(all.all()) << std::endl;
    place.close();
    require_none(all.failed());
}

cli::exit_code run_bench(const cli::settings& told, const bench_options& asked) {
    const auto rows = chosen_rows(all_rows(options_of_rows(asked)), asked.rows);
    if (!asked.chart.empty()) require_gnuplot();
    const interruptions signals;
    work_folder folder("bench");
    try {
        measure_all(told, asked, rows, folder, signals);
        return cli::exit_code::done;
    } catch (const interrupted&) {
        throw cli::refused("the benchmark was interrupted; all that it had started is stopped");
    } catch (const cli::refused&) {
        folder.keep();
        say("the answers and the logs are kept in " + folder.path().string());
        throw;
    }
}

cli::command_text help() {
    return {
        .name = "bench",
        .what = "Measure what the guarantees cost: datadrop against hand-written statements and "
                "against what PostgreSQL can write at most, side by side.",
        .example = "datadrop bench --rows W1,H1 --repeats 1 --seconds 5",
        .more =
            "Rows, each in the same run as what it is compared with. Commands in process: W1 64 in "
            "flight over many members (W1-1 one in flight), W1p the same with partitions, W2 one "
            "member, W3 and W4 two processes on the same members and on one, S while a snapshot is "
            "held, V bytes of WAL a command. Over HTTP: H1 single commands (H1-TLS in TLS), H2 "
            "arrays in JSON, H3 "
            "in FlatBuffers, L latency at 1,000 a second, O overload, N one guild's flood beside "
            "others, F the feed, live and catching up, M memory. On long logs: G growth, Q pages "
            "of a history and of members, R rebuild and verify.\n"
            "All of them take about 40 minutes on two cores, the log of 10,000,000 events that "
            "R-10M, G-log and V-long share a quarter of that. With --output the figures so far are "
            "in the file after each row; one that fails is told there, and the rest goes on.\n"
            "Without a database it starts a private PostgreSQL with its default durability. It "
            "works in databases of its own, datadrop_bench and datadrop_bench_1 and so on, which "
            "it makes anew and drops at the end. "
            "In a connection string no password should stand: pgbench gets it as an argument.\n"
            "After each run the answers are compared with the log. Exit code 1: they differ, or a "
            "row failed. A target that is missed is shown, and no failure."};
}

void add_options(CLI::App& command, bench_options& asked) {
    command.add_option("--rows", asked.rows, "Which ones, with commas between (all)")
        ->delimiter(',');
    command
        .add_option("--repeats", asked.repeats,
                    "Runs of each, of which the median counts (by row, 3 at most)")
        ->check(CLI::Range(1, 99));
    command.add_option("--seconds", asked.seconds, "Measured in each run (by row, mostly 5)")
        ->check(CLI::Range(0.1, 3600.0));
    command
        .add_option("--warm-up", asked.warm_up,
                    "Seconds before them, and until each member has been sent a command "
                    "(by row, mostly 1)")
        ->check(CLI::Range(0.0, 3600.0));
    command
        .add_option("--partitions", asked.partitions,
                    "Of W1p and the rows over HTTP (as many as there are cores)")
        ->check(CLI::Range(1, partitions_max));
    command
        .add_option("--scale", asked.scale,
                    "Of the numbers of members and events: less than 1 for a quick look (1)")
        ->check(CLI::Range(0.0001, 1.0));
    command
        .add_option("--chart", asked.chart,
                    "SVG to draw: throughput and latency against commands in flight")
        ->type_name("FILE");
    command
        .add_option("--output", asked.output,
                    "Where the figures go as JSON, beside the table, after each row")
        ->type_name("FILE");
}

} // namespace

void add_bench(CLI::App& program, cli::invocation& line) {
    const auto asked = std::make_shared<bench_options>();
    asked->partitions = as_many_as_cores();
    auto& command =
        cli::add_command(program, line, help(), cli::works_on::database,
                         [asked](const cli::settings& told) { return run_bench(told, *asked); });
    add_options(command, *asked);
    add_bench_load(command, line);
}

} // namespace datadrop::processor::trials
