#include "processor/cli/failures.hpp"
#include "processor/trials/bench/loads/load_command.hpp"
#include "processor/trials/bench/report/bench_report.hpp"
#include "processor/trials/bench/report/chart.hpp"
#include "processor/trials/bench/report/run_figures.hpp"
#include "processor/trials/bench/rows/bench_rows.hpp"
#include "processor/trials/bench/runs/bench_stage.hpp"
#include "processor/trials/bench/runs/runs.hpp"
#include "processor/trials/children/work_folder.hpp"
#include "processor/trials/trial_commands.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

namespace datadrop::processor::trials {
namespace {

using namespace bench;
namespace json = boost::json;
using std::chrono::milliseconds;

constexpr int partitions_max = 64;

struct bench_options {
    std::vector<std::string> rows;
    int repeats = 3;
    double seconds = 10;
    double warm_up = 3;
    int partitions =
        std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, partitions_max);
    double scale = 1;
    std::filesystem::path chart;
    std::filesystem::path output;
};

void say(const std::string& what) { std::cerr << "bench: " << what << std::endl; }

milliseconds in_ms(double seconds) {
    return std::chrono::duration_cast<milliseconds>(std::chrono::duration<double>(seconds));
}

row_options of_rows(const bench_options& asked) {
    return {.partitions = asked.partitions, .scale = asked.scale};
}

// ---- The rows

/// A run that fails is named.
run_figures run_by_name(const arena& at, const std::string& name, const contender& who,
                        double peak_a_second) {
    say(fmt::format("{}: {}", name, who.name));
    try {
        return run(at, who, peak_a_second);
    } catch (const cli::refused& e) {
        throw cli::refused(fmt::format("{}, {}: {}", name, who.name, e.what()));
    }
}

/// All contenders once, what ours is compared with first: an overload needs to know the peak.
std::vector<run_figures> run_each_once(const arena& at, const row& r, const std::string& which) {
    std::vector<run_figures> found(r.contenders.size());
    for (auto i = r.contenders.size(); i-- > 0;)
        found[i] = run_by_name(at, r.name + ", " + which, r.contenders[i], found.back().per_second);
    return found;
}

row_result run_row(const arena& at, const row& r, int repeats) {
    row_result result{.what = r, .medians = {}, .runs = {}};
    std::vector<std::vector<run_figures>> of_contenders(r.contenders.size());
    for (int number = 1; number <= repeats; ++number) {
        const auto found = run_each_once(at, r, fmt::format("run {} of {}", number, repeats));
        for (std::size_t i = 0; i < found.size(); ++i)
            of_contenders[i].push_back(found[i]);
    }
    for (const auto& runs : of_contenders) {
        result.medians.push_back(median(runs));
        auto& per_second = result.runs.emplace_back();
        for (const auto& one : runs)
            per_second.push_back(one.per_second);
    }
    result.verdicts = judge(r, result.medians);
    return result;
}

json::array run_rows(const arena& at, const std::vector<row>& rows, const cli::settings& told,
                     int repeats) {
    json::array done;
    for (const auto& r : rows) {
        const auto result = run_row(at, r, r.repeats == repetition::once ? 1 : repeats);
        if (told.format == cli::output_format::text) std::cout << row_text(result) << std::endl;
        done.push_back(row_json(result));
    }
    return done;
}

// ---- The chart

/// One short run a point: the line through them shows what noise a single one has.
constexpr milliseconds chart_warm_up_max{1'000};
constexpr milliseconds chart_measured_max{5'000};

json::array sweep(arena at, const bench_options& asked) {
    at.warm_up = std::min(at.warm_up, chart_warm_up_max);
    at.measured = std::min(at.measured, chart_measured_max);
    auto lines = chart_series(of_rows(asked));
    for (const int in_flight : chart_steps())
        for (auto& line : lines) {
            line.plan.in_flight = in_flight;
            const auto name = fmt::format("chart, {} in flight", in_flight);
            line.points.push_back({in_flight, run_by_name(at, name, {line.name, line.plan}, 0)});
        }
    draw_chart(lines, asked.chart, at.folder);
    return chart_json(lines);
}

// ---- The whole

surroundings around(bench_stage& place, const cli::settings& told) {
    return {.hardware = this_machine(),
            .server = place.server_settings(),
            .note =
                told.database ? "this PostgreSQL was named, and its settings are as they are" : ""};
}

void write_json(const json::object& all, const cli::settings& told, const bench_options& asked) {
    if (told.format == cli::output_format::json) std::cout << json::serialize(all) << std::endl;
    if (asked.output.empty()) return;
    std::ofstream out(asked.output);
    out << json::serialize(all) << '\n';
    if (!out.flush()) throw cli::refused("cannot write " + asked.output.string());
}

void measure_all(const cli::settings& told, const bench_options& asked,
                 const std::vector<row>& rows, const work_folder& folder,
                 const interruptions& signals) {
    say("preparing PostgreSQL");
    bench_stage place(told);
    const auto where = around(place, told);
    if (told.format == cli::output_format::text) std::cout << heading_text(where) << std::endl;
    const arena at{.place = place,
                   .signals = signals,
                   .folder = folder.path(),
                   .warm_up = in_ms(asked.warm_up),
                   .measured = in_ms(asked.seconds)};
    auto all = surroundings_json(where);
    all["partitions"] = asked.partitions;
    all["scale"] = asked.scale;
    all["rows"] = run_rows(at, rows, told, asked.repeats);
    if (!asked.chart.empty()) all["chart"] = sweep(at, asked);
    place.close();
    write_json(all, told, asked);
}

cli::exit_code run_bench(const cli::settings& told, const bench_options& asked) {
    const auto rows = chosen_rows(all_rows(of_rows(asked)), asked.rows);
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
            "Rows: W1 commands over many members in process (W1-1 with one in flight), W1p the "
            "same with partitions, W2 one member, W3 and W4 two processes on the same members and "
            "on one, H1 HTTP, H2 arrays in JSON, H3 in FlatBuffers, L latency at 1,000 a second, O "
            "overload, F one guild's flood beside others, G growth, R rebuild and verify, M "
            "memory. All of them take two hours.\n"
            "Without a database it starts a private PostgreSQL with its default durability. It "
            "works in the databases datadrop_bench and datadrop_bench_filled, which it makes anew. "
            "In a connection string no password should stand: pgbench gets it as an argument.\n"
            "After each run the answers are compared with the log. Exit code 1: they differ. A "
            "target that is missed is shown, and no failure."};
}

void add_options(CLI::App& command, bench_options& asked) {
    command.add_option("--rows", asked.rows, "Which ones, with commas between (all)")
        ->delimiter(',');
    command.add_option("--repeats", asked.repeats, "Runs of each, of which the median counts (3)")
        ->check(CLI::Range(1, 99));
    command.add_option("--seconds", asked.seconds, "Measured in each run (10)")
        ->check(CLI::Range(0.1, 3600.0));
    command.add_option("--warm-up", asked.warm_up, "Seconds before them (3)")
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
    command.add_option("--output", asked.output, "Where the figures go as JSON, beside the table")
        ->type_name("FILE");
}

} // namespace

void add_bench(CLI::App& program, cli::invocation& line) {
    const auto asked = std::make_shared<bench_options>();
    auto& command =
        cli::add_command(program, line, help(), cli::works_on::database,
                         [asked](const cli::settings& told) { return run_bench(told, *asked); });
    add_options(command, *asked);
    add_bench_load(command, line);
}

} // namespace datadrop::processor::trials
