#include "processor/trials/bench/report/bench_report.hpp"

#include <doctest/doctest.h>

namespace {

using namespace datadrop::processor::trials::bench;

row_result some_result() {
    const row what{.name = "W1",
                   .what = "64 in flight",
                   .contenders = {{"datadrop", load_plan{}}, {"limit, 1 row", limit_plan{}}},
                   .targets = {{.what = judged::ratio, .bound = 3}}};
    const run_figures own{.per_second = 29'512.4,
                          .answers = load_report{.accepted = 75,
                                                 .dead_lettered = 25,
                                                 .retries = 50,
                                                 .accepted_after = {.p50 = 2'100, .p999 = 9'990}},
                          .client_cpu = 0.0174,
                          .wal_bytes = 14'100.4,
                          .client_memory = 98'000'000};
    const run_figures theirs{.per_second = 10'000};
    return {.what = what,
            .medians = {own, theirs},
            .runs = {{1, 29'512.4, 30'000}, {10'000, 2, 3}},
            .verdicts = judge(what, {own, theirs})};
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_SUITE("bench report") {
    TEST_CASE("a contender has a line with its figures, and a dash for what is not known") {
        const auto text = row_text(some_result());
        CHECK(has(text, "W1: 64 in flight\n  datadrop  "));
        CHECK(has(text, "     29,512  25.0 %    0.50     2.10     0.00     0.00     9.99   0.017"
                        "       -       -  14,100     98      -\n"));
        CHECK(has(text, "     10,000       -       -        -"));
    }

    TEST_CASE("a target that is met has a tick, one that is missed a cross") {
        auto result = some_result();
        CHECK(has(row_text(result), "  ✗ 2.95 times limit, 1 row (at least 3)\n"));
        result.verdicts[0].met = true;
        CHECK(has(row_text(result), "  ✓ 2.95 times"));
    }

    TEST_CASE("the columns' titles stand over the figures") {
        const auto lines = heading_text({.hardware = {.cores = 2, .processor = "abacus"},
                                         .server = {{"fsync", "on"}, {"shared_buffers", "1GB"}},
                                         .note = "as it is"});
        CHECK(has(lines, "2 cores of abacus"));
        CHECK(has(lines, "PostgreSQL: fsync on, shared_buffers 1GB\nas it is\n"));
        const auto titles = lines.substr(lines.rfind("\n", lines.size() - 2) + 1);
        const auto row = row_text(some_result());
        const auto begin = row.find('\n') + 1;
        CHECK(row.find('\n', begin) - begin == titles.size() - 1);
    }

    TEST_CASE("a row that failed says why in the place of its figures") {
        const auto what = some_result().what;
        CHECK(failure_text(what, "no disk") == "W1: 64 in flight\n  ✗ failed: no disk\n");
        CHECK(failure_json(what, "no disk") ==
              boost::json::object{{"name", "W1"}, {"what", "64 in flight"}, {"failed", "no disk"}});
    }

    TEST_CASE("JSON has every contender with every run, and every target") {
        const auto json = row_json(some_result());
        CHECK(json.at("name") == "W1");
        const auto& own = json.at("contenders").at(0);
        CHECK(own.at("per_second") == 29'512.4);
        CHECK(own.at("runs_per_second").as_array().size() == 3);
        CHECK(own.at("answers").at("dead_lettered_percent") == 25.0);
        CHECK(own.at("answers").at("accepted_after_us").at("p99_9") == 9'990);
        CHECK(own.at("server_cpu_seconds_per_1000").is_null());
        CHECK(own.at("wal_bytes_per_command") == 14'100.4);
        CHECK(json.at("contenders").at(1).at("answers").is_null());
        CHECK(json.at("targets").at(0).at("met") == false);
        CHECK(json.at("targets").at(0).at("bound") == 3.0);
    }
}
