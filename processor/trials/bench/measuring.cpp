#include "processor/trials/bench/measuring.hpp"

#include "processor/cli/failures.hpp"
#include "processor/trials/bench/report/bench_report.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iostream>

namespace datadrop::processor::trials::bench {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

milliseconds in_ms(double seconds) {
    return std::chrono::duration_cast<milliseconds>(std::chrono::duration<double>(seconds));
}

/// Who reads it meanwhile finds what was there before, or all of it.
void write_whole(const json::object& all, const std::filesystem::path& file) {
    auto beside = file;
    beside += ".new";
    std::ofstream out(beside);
    out << json::serialize(all) << '\n';
    if (!out.flush()) throw cli::refused("cannot write " + beside.string());
    std::filesystem::rename(beside, file);
}

/// The row at the pace that was asked for.
row paced(row r, const bench_options& asked) {
    r.at.repeats = asked.repeats.value_or(r.at.repeats);
    if (asked.seconds) r.at.measured = in_ms(*asked.seconds);
    if (asked.warm_up) r.at.warm_up = in_ms(*asked.warm_up);
    return r;
}

void say(const std::string& what) { std::cerr << "bench: " << what << std::endl; }

} // namespace

row_options options_of_rows(const bench_options& asked) {
    return {.partitions = asked.partitions, .scale = asked.scale};
}

measuring::measuring(const arena& at, const cli::settings& told, const bench_options& asked,
                     json::object all)
    : at_(at), told_(told), asked_(asked), all_(std::move(all)) {
    all_["rows"] = json::array();
}

void measuring::run(const std::vector<row>& rows) {
    for (const auto& r : rows)
        attempt(r.name, [&] { run_one(paced(r, asked_)); });
    if (!asked_.chart.empty()) attempt("the chart", [&] { draw(); });
}

void measuring::attempt(const std::string& name, const std::function<void()>& work) {
    const auto begun = std::chrono::steady_clock::now();
    try {
        work();
    } catch (const interrupted&) {
        throw;
    } catch (const std::exception& e) {
        failed_.push_back(name);
        say(fmt::format("{} failed: {}", name, e.what()));
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    say(fmt::format("{} took {:.0f} s", name, took.count()));
    if (!asked_.output.empty()) write_whole(all_, asked_.output);
}

void measuring::run_one(const row& r) {
    try {
        const auto result = run_row(at_, r);
        tell(row_text(result), row_json(result));
    } catch (const interrupted&) {
        throw;
    } catch (const std::exception& e) {
        tell(failure_text(r, e.what()), failure_json(r, e.what()));
        throw;
    }
}

void measuring::tell(const std::string& text, json::object figures) {
    if (told_.format == cli::output_format::text) std::cout << text << std::endl;
    all_["rows"].as_array().push_back(std::move(figures));
}

void measuring::draw() {
    const auto lines = run_chart(at_, chart_series(options_of_rows(asked_)));
    all_["chart"] = chart_json(lines);
    draw_chart(lines, asked_.chart, at_.folder);
}

} // namespace datadrop::processor::trials::bench
