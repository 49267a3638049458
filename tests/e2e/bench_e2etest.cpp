// The benchmark whole, as small as it goes: its loads are processes of the built program.

#include "tests/e2e/support/server.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

namespace datadrop::test {
namespace {

namespace json = boost::json;

json::value run_bench(const std::string& rows) {
    const scratch_database beside({.partitions = std::nullopt}); // whose server it works on
    const auto done =
        run({"bench", "--rows", rows, "--scale", "0.001", "--seconds", "0.5", "--warm-up", "0",
             "--repeats", "1", "--partitions", "2", "--format", "json"},
            {.variables = on(beside)});
    INFO(done.err);
    REQUIRE(done.exit_code == 0);
    return json::parse(done.out);
}

} // namespace

TEST_CASE("bench: each row has what ours and what its yardstick did, and its targets") {
    const auto found = run_bench("W1,W3");
    const auto& rows = found.at("rows").as_array();
    REQUIRE(rows.size() == 3); // W1-1, too
    for (const auto& row : rows) {
        CAPTURE(row);
        for (const auto& contender : row.at("contenders").as_array())
            CHECK(contender.at("per_second").as_double() > 0);
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

TEST_CASE("bench: a row that is not there is named") {
    const auto done = run({"bench", "--rows", "W9"});
    CHECK(done.exit_code == 2);
    CHECK(done.err.find("\"W9\" is no row; there are W1, W1-1") != std::string::npos);
}

} // namespace datadrop::test
