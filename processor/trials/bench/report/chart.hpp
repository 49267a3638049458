#pragma once
// Throughput and latency against the number of commands in flight, as an SVG that gnuplot draws.
// Thread rule: as each function says.

#include "processor/trials/bench/report/run_figures.hpp"
#include "processor/trials/bench/rows/bench_rows.hpp"

#include <boost/json/array.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace datadrop::processor::trials::bench {

struct point {
    int in_flight = 0;
    run_figures found;
};

/// A line of the chart.
struct series {
    std::string name;
    load_plan plan; // with another number in flight at each point
    std::vector<point> points{};
};

/// The lines of the chart, without points. Pure.
std::vector<series> chart_series(const row_options& o);

/// 1, 2, 4, … 512. Pure.
std::vector<int> chart_steps();

/// What gnuplot is told, data included. Pure.
std::string chart_script(const std::vector<series>& all, const std::filesystem::path& output);

boost::json::array chart_json(const std::vector<series>& all);

/// Throws `refused`, naming the package, unless gnuplot is there. Blocks.
void require_gnuplot();

/// Throws `refused` with gnuplot's words. Blocks.
void draw_chart(const std::vector<series>& all, const std::filesystem::path& output,
                const std::filesystem::path& work_folder);

} // namespace datadrop::processor::trials::bench
