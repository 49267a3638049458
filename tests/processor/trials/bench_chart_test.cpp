#include "processor/trials/bench/report/chart.hpp"

#include <doctest/doctest.h>

namespace {

using namespace datadrop::processor::trials::bench;

std::vector<series> two_lines() {
    const run_figures found{.per_second = 5'000,
                            .answers =
                                load_report{.accepted_after = {.p50 = 1'500, .p99 = 20'000}}};
    return {{.name = "ours", .plan = {}, .points = {{1, found}, {2, found}}},
            {.name = "theirs", .plan = {}, .points = {{1, found}}}};
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_SUITE("bench chart") {
    TEST_CASE("the script holds each point and draws each line in both pictures") {
        const auto script = chart_script(two_lines(), "/tmp/c.svg");
        CHECK(has(script, "set output \"/tmp/c.svg\""));
        CHECK(has(script, "$line0 << END\n1 5000.0 1.500 20.000\n2 5000.0 1.500 20.000\nEND\n"));
        CHECK(has(script, "$line1 << END\n1 5000.0 1.500 20.000\nEND\n"));
        CHECK(has(script, "plot $line0 using 1:2"));
        CHECK(has(script, "plot $line0 using 1:3"));
        CHECK(has(script, "$line1 using 1:4"));
    }

    TEST_CASE("both axes are logarithmic and named, and the background is white") {
        const auto script = chart_script(two_lines(), "/tmp/c.svg");
        for (const auto* part :
             {"set logscale x", "set logscale y", "background \"#ffffff\"",
              "set xlabel \"commands in flight\"", "set ylabel \"accepted commands a second\"",
              "set ylabel \"milliseconds\""}) {
            CAPTURE(part);
            CHECK(has(script, part));
        }
    }

    TEST_CASE("the lines are ours with one and with more partitions, and by hand") {
        CHECK(chart_series({.partitions = 1}).size() == 2);
        const auto lines = chart_series({.partitions = 2});
        REQUIRE(lines.size() == 3);
        CHECK(lines[1].plan.partitions == 2);
        CHECK(lines[2].plan.kind == load_kind::guarded);
        CHECK(lines[2].name == "by hand");
        CHECK(chart_series({.scale = 0.001}).at(0).plan.members == 4 * chart_steps().back());
        CHECK(chart_steps() == std::vector{1, 2, 4, 8, 16, 32, 64, 128, 256, 512});
    }

    TEST_CASE("JSON has a line's points") {
        const auto json = chart_json(two_lines());
        CHECK(json.at(0).at("name") == "ours");
        CHECK(json.at(0).at("points").as_array().size() == 2);
        CHECK(json.at(0).at("points").at(1).at("in_flight") == 2);
        CHECK(json.at(0).at("points").at(0).at("p99_us") == 20'000);
    }
}
