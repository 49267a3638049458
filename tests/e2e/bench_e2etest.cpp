// The benchmark whole, as small as it goes: its loads are processes of the built program.

#include "tests/e2e/support/server.hpp"
#include "tests/support/source_text.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <filesystem>
#include <iterator>

namespace datadrop::test {
namespace {

namespace json = boost::json;

const arguments quick{"--scale",  "0.001", "--warm-up",    "0",
                      "--format", "json",  "--partitions", "2"};

program_result bench(const std::string& rows, const environment& variables, const arguments& more,
                     int repeats = 1) {
    arguments all{"bench", "--rows", rows, "--repeats", std::to_string(repeats)};
    all.insert(all.end(), quick.begin(), quick.end());
    all.insert(all.end(), more.begin(), more.end());
    return run(all, {.variables = variables});
}

json::value run_bench(const std::string& rows, const std::string& seconds = "0.5",
                      int repeats = 1) {
    const scratch_database beside({.partitions = std::nullopt}); // whose server it works on
    const auto done = bench(rows, on(beside), {"--seconds", seconds}, repeats);
    INFO(done.err);
    REQUIRE(done.exit_code == 0);
    return json::parse(done.out);
}

void check_all_did_something(const json::value& found) {
    for (const auto& row : found.at("rows").as_array()) {
        CAPTURE(row);
        for (const auto& contender : row.at("contenders").as_array())
            CHECK(contender.at("per_second").as_double() > 0);
    }
}

/// Somebody who may make databases, and no checkpoint.
environment as_weak_role(const scratch_database& database) {
    auto owner = database.connect();
    owner.run_script("DROP ROLE IF EXISTS weak_bench;"
                     "CREATE ROLE weak_bench CREATEDB IN ROLE pg_read_all_stats");
    return {{"DATADROP_DATABASE", database.url() + " options=-crole=weak_bench"}};
}

} // namespace

TEST_CASE("bench: each row has what ours and what its yardstick did, and its targets") {
    const auto found = run_bench("W1,W3");
    const auto& rows = found.at("rows").as_array();
    REQUIRE(rows.size() == 3); // W1-1, too
    check_all_did_something(found);
    for (const auto& row : rows) {
        CAPTURE(row);
        CHECK(row.at("contenders").at(0).at("answers").at("rejected") == 0);
        CHECK(row.at("contenders").at(0).at("answers").at("dead_lettered") == 0);
        CHECK(row.at("targets").as_array().size() > 0);
    }
    CHECK(found.at("postgres").as_object().contains("fsync"));
}

TEST_CASE("bench: what a server does is measured over HTTP, its own time and memory apart") {
    const auto found = run_bench("M");
    const auto& own = found.at("rows").at(0).at("contenders").at(0);
    CHECK(own.at("answers").at("accepted").as_int64() > 0);
    CHECK(own.at("server_peak_memory").as_int64() > 1'000'000);
}

TEST_CASE("bench: a filled log is rebuilt, verified, and folded by one statement") {
    const auto found = run_bench("R-1M");
    CHECK(found.at("rows").at(0).at("contenders").as_array().size() == 3);
}

TEST_CASE("bench: WAL a command and a held snapshot, on short logs and on long ones") {
    const auto found = run_bench("S,V,G-log");
    CHECK(found.at("rows").as_array().size() == 4);
    check_all_did_something(found);
    for (const auto& row : found.at("rows").as_array())
        for (const auto& contender : row.at("contenders").as_array())
            CHECK(contender.at("wal_bytes_per_command").as_double() > 100);
}

TEST_CASE("bench: a feed and pages are read, old and live") {
    const auto found = run_bench("F,Q", "3", 2); // the second run on the same log
    CHECK(found.at("rows").as_array().size() == 4);
    check_all_did_something(found);
    const auto& live = found.at("rows").at(0).at("contenders").at(0).at("answers");
    CHECK(live.at("accepted_after_us").at("p99").as_int64() > 0);
}

TEST_CASE("bench: one guild's flood is no part of what the others' p99 is taken from") {
    const auto found = run_bench("N", "2");
    const auto& contenders = found.at("rows").at(0).at("contenders").as_array();
    REQUIRE(contenders.size() == 3); // the last is the peak
    for (const auto& contender : {contenders[0], contenders[1]}) {
        CHECK(contender.at("per_second").as_double() > 0);
        CHECK(contender.at("per_second").as_double() < 2'000);
    }
}

TEST_CASE("bench: a row that fails loses nobody else's figures") {
    const scratch_database beside({.partitions = std::nullopt});
    const temporary_folder folder;
    const auto file = folder.path() / "figures.json";
    auto variables = as_weak_role(beside);
    variables["TMPDIR"] = folder.path().string(); // where it keeps the logs of what failed
    const auto done =
        bench("V-long,G-half,L", variables, {"--seconds", "0.5", "--output", file.string()});
    CHECK(done.exit_code == 1);
    CHECK(done.err.find("V-long failed; the other figures stand") != std::string::npos);
    const auto written = json::parse(text_of(file));
    CHECK(written == json::parse(done.out));
    const auto& rows = written.at("rows").as_array();
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].at("contenders").at(0).at("per_second").as_double() > 0);
    CHECK(rows[1].at("contenders").at(0).at("per_second").as_double() > 0);
    CHECK(rows[2].at("failed").as_string().find("pg_checkpoint") != std::string::npos);
}

TEST_CASE("bench: a row that is not there is named") {
    const auto done = run({"bench", "--rows", "W9"});
    CHECK(done.exit_code == 2);
    CHECK(done.err.find("\"W9\" is no row; there are W1, W1-1") != std::string::npos);
}

} // namespace datadrop::test
