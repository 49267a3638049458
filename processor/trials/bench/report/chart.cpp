#include "processor/trials/bench/report/chart.hpp"

#include "eventstore/postgres/cluster/subprocess.hpp"
#include "processor/cli/failures.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <fstream>
#include <system_error>

namespace datadrop::processor::trials::bench {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;
using eventstore::postgres::run_tool;
using eventstore::postgres::tool_result;

constexpr int steps_max = 512;

/// The background makes it readable on a dark page, too. Colours that colour-blind people tell
/// apart.
constexpr auto style = R"gp(set encoding utf8
set terminal svg size 1000,440 dynamic background "#ffffff" font "sans-serif,13"
set output "{}"
set multiplot layout 1,2 title "datadrop, and by hand: one guarded statement a command" font ",15"
set grid lw 1 dt 1 lc rgb "#dddddd"
set border lc rgb "#444444"
set logscale x 2
set xrange [0.9:570]
set xtics (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
set xlabel "commands in flight"
set logscale y
set key left top
)gp";
constexpr auto throughput_axis = R"gp(set title "Throughput"
set ylabel "accepted commands a second"
set format y "%.0s%c"
)gp";
constexpr auto latency_axis = R"gp(set title "Latency: p50 (lines), p99 (dashes)"
set ylabel "milliseconds"
set format y "%g"
)gp";
constexpr const char* colours[] = {"#0072b2", "#009e73", "#d55e00"};

std::string line_style(std::size_t number, int dash) {
    return fmt::format("lw 2 dt {} pt 7 ps 0.5 lc rgb \"{}\"", dash,
                       colours[number % std::size(colours)]);
}

/// Columns: in flight, accepted a second, p50 and p99 in milliseconds.
std::string data_block(std::size_t number, const series& s) {
    auto text = fmt::format("$line{} << END\n", number);
    for (const auto& p : s.points) {
        const auto after = p.found.answers.value_or(load_report{}).accepted_after;
        text += fmt::format("{} {:.1f} {:.3f} {:.3f}\n", p.in_flight, p.found.per_second,
                            static_cast<double>(after.p50) / 1'000,
                            static_cast<double>(after.p99) / 1'000);
    }
    return text + "END\n";
}

std::string throughput_line(std::size_t number, const series& s) {
    return fmt::format("$line{} using 1:2 with linespoints {} title \"{}\"", number,
                       line_style(number, 1), s.name);
}

std::string latency_lines(std::size_t number, const series& s) {
    return fmt::format("$line{0} using 1:3 with linespoints {1} title \"{2}\", $line{0} using 1:4 "
                       "with linespoints {3} notitle",
                       number, line_style(number, 1), s.name, line_style(number, 2));
}

template <typename Line>
std::string plot(const std::vector<series>& all, Line line) {
    std::string text;
    for (std::size_t i = 0; i < all.size(); ++i)
        text += (i == 0 ? "plot " : ", ") + line(i, all[i]);
    return text + "\n";
}

tool_result run_gnuplot(const std::string& argument) {
    try {
        return run_tool({.arguments = {"gnuplot", argument}});
    } catch (const std::system_error&) {
        throw cli::refused("the chart is drawn by gnuplot, which is not here: apt-get install "
                           "gnuplot-nox");
    }
}

} // namespace

std::vector<series> chart_series(const row_options& o) {
    const auto rows = all_rows(o);
    const auto of = [&](const char* name) { return chosen_rows(rows, {name}).front(); };
    // The same members at all points, as many as the last one needs.
    const auto plan = [](const contender& c) {
        auto all = std::get<load_plan>(c.how);
        all.in_flight = steps_max;
        keep_members_apart(all);
        return all;
    };
    const auto one = of("W1");
    std::vector<series> all{{.name = "datadrop, 1 partition", .plan = plan(one.contenders[0])}};
    if (o.partitions > 1)
        all.push_back({.name = fmt::format("datadrop, {} partitions", o.partitions),
                       .plan = plan(of("W1p").contenders[0])});
    all.push_back({.name = "by hand", .plan = plan(one.contenders[1])});
    return all;
}

std::vector<int> chart_steps() {
    std::vector<int> steps;
    for (int in_flight = 1; in_flight <= steps_max; in_flight *= 2)
        steps.push_back(in_flight);
    return steps;
}

std::string chart_script(const std::vector<series>& all, const fs::path& output) {
    auto text = fmt::format(style, output.string());
    for (std::size_t i = 0; i < all.size(); ++i)
        text += data_block(i, all[i]);
    return text + throughput_axis + plot(all, throughput_line) + latency_axis +
           plot(all, latency_lines) + "unset multiplot\n";
}

json::array chart_json(const std::vector<series>& all) {
    json::array lines;
    for (const auto& s : all) {
        json::array points;
        for (const auto& p : s.points) {
            const auto after = p.found.answers.value_or(load_report{}).accepted_after;
            points.push_back(json::object{{"in_flight", p.in_flight},
                                          {"per_second", p.found.per_second},
                                          {"p50_us", after.p50},
                                          {"p99_us", after.p99}});
        }
        lines.push_back(json::object{{"name", s.name}, {"points", std::move(points)}});
    }
    return lines;
}

void require_gnuplot() { run_gnuplot("--version"); }

void draw_chart(const std::vector<series>& all, const fs::path& output, const fs::path& work) {
    const auto script = work / "chart.gnuplot";
    std::ofstream(script) << chart_script(all, fs::absolute(output));
    const auto drawn = run_gnuplot(script.string());
    if (drawn.status != 0) throw cli::refused("gnuplot could not draw the chart: " + drawn.output);
}

} // namespace datadrop::processor::trials::bench
