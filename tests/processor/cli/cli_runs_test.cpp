// Runs in words.

#include "processor/cli/run_text.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <string>

namespace {

using namespace datadrop::processor::cli;

const auto run = boost::json::parse(R"({"id":"7","status":"stopped","act":"redrive","by":"olga",
    "reason":"roles\nare back","rate":500,"selected":150,"done":20,
    "histogram":[{"outcome":"accepted","code":null,"event":"RulesAccepted","count":148},
                 {"outcome":"rejected","code":"transition_not_allowed","event":null,"count":2}],
    "results":[{"outcome":"accepted","code":null,"count":20}],
    "created_at":"T0","started_at":"T1","ended_at":null})")
                     .as_object();

} // namespace

TEST_SUITE_BEGIN("cli runs");

TEST_CASE("run: a preview says how many would come to what") {
    CHECK(run_preview_text(run) == "redrive of 150 dead letters would come to:\n"
                                   "       148  accepted: RulesAccepted\n"
                                   "         2  rejected: transition_not_allowed\n");
    CHECK(run_preview_text({{"selected", 0}}) == "no parked dead letter is as asked for\n");
}

TEST_CASE("run: how far it is, and what has come of it") {
    CHECK(run_text(run) == "run 7 (redrive by olga: roles\\nare back) is stopped, 20 of 150 done\n"
                           "        20  accepted\n"
                           "created_at  T0\n"
                           "started_at  T1\n"
                           "rate        500\n");
}

TEST_CASE("run: one that was not started yet says what would come of it") {
    auto previewed = run;
    previewed["status"] = "previewed";
    CHECK(run_text(previewed).find("148  accepted: RulesAccepted\n") != std::string::npos);
}

TEST_SUITE_END();
