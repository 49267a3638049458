#include "processor/trials/demo/demo_report.hpp"

#include <doctest/doctest.h>

namespace {

using namespace datadrop::processor::trials::demo;

examination some_findings() {
    return {.sums = {{.door = "together", .sent = 24'000, .accepted_p95 = 61'500}},
            .findings = {{.what = "versions run on", .looked_at = 11'000},
                         {.what = "states join up",
                          .looked_at = 11'000,
                          .differences = 2,
                          .first = "one\nanother"}}};
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_SUITE("demo report") {
    TEST_CASE("what holds has a tick and a count, what does not a cross and its differences") {
        const auto text = report_text(some_findings());
        CHECK(has(text, "✓ versions run on"));
        CHECK(has(text, "✗ states join up"));
        CHECK(has(text, "    11,000   2 differ\n      one\n      another\n"));
    }

    TEST_CASE("times are milliseconds and stand against the target") {
        auto found = some_findings();
        CHECK(has(report_text(found), "at most 61.5 ms, under the target of 500.0 ms"));
        found.sums[0].accepted_p95 = 500'000;
        CHECK(has(report_text(found), "at most 500.0 ms, over the target of 500.0 ms"));
    }

    TEST_CASE("JSON has every figure by door, every check, and whether all hold") {
        auto found = some_findings();
        const auto json = report_json(found);
        CHECK(json.at("commands").at("together").at("sent") == 24'000);
        CHECK(json.at("commands").at("together").at("accepted_p95_us") == 61'500);
        CHECK(json.at("checks").at(1).at("differences") == 2);
        CHECK(json.at("passed") == false);
        found.findings.pop_back();
        CHECK(report_json(found).at("passed") == true);
    }
}
