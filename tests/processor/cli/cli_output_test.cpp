#include "processor/cli/command_sender.hpp"
#include "processor/cli/progress.hpp"
#include "processor/cli/random_key.hpp"
#include "processor/cli/text_output.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <sstream>

namespace {

using namespace datadrop::processor::cli;
using namespace std::chrono_literals;
using device = progress_printer::device;

boost::json::object object(std::string_view text) { return boost::json::parse(text).as_object(); }

TEST_SUITE_BEGIN("cli progress");

TEST_CASE("progress: done, of how many, rate and time left") {
    CHECK(progress_text({.done = 12'000, .of = 100'000, .elapsed = 3s}, "lines") ==
          "12,000 of 100,000 lines (12 %), 4,000/s, 22 s left");
    CHECK(progress_text({.done = 1'000, .of = 4'000'000, .elapsed = 1s}, "events") ==
          "1,000 of 4,000,000 events (0 %), 1,000/s, 1 h 6 min left");
}

TEST_CASE("progress: of an unknown whole neither share nor time left is shown") {
    CHECK(progress_text({.done = 999, .elapsed = 500ms}, "lines") == "999 lines, 1,998/s");
}

TEST_CASE("progress: at the very beginning nothing is divided by nothing") {
    CHECK(progress_text({.done = 0, .of = 0, .elapsed = 0ms}, "lines") == "0 of 0 lines, 0/s");
}

TEST_CASE("progress: a terminal's line is written over and empty at the end") {
    std::ostringstream out;
    std::chrono::steady_clock::time_point now;
    {
        progress_printer printer(out, device::terminal, "verify", "events", [&] { return now; });
        printer.report(1, 4);
        now += 1s;
        printer.report(2, 4);
    }
    CHECK(out.str() == "\r\x1b[Kverify: 2 of 4 events (50 %), 2/s, 1 s left\r\x1b[K");
}

TEST_CASE("progress: elsewhere a plain line now and then, and none of work that ends soon") {
    std::ostringstream out;
    std::chrono::steady_clock::time_point now;
    progress_printer printer(out, device::plain, "submit", "lines", [&] { return now; });
    for (int second = 1; second <= 11; ++second) {
        now += 1s;
        printer.report(second, std::nullopt);
        if (second < 5) CHECK(out.str() == "");
    }
    CHECK(out.str() == "submit: 5 lines, 1/s\nsubmit: 10 lines, 1/s\n");
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("cli output");

TEST_CASE("output: every kind of outcome is one readable line") {
    const auto line = [](const std::string& rest) {
        return outcome_line(object(R"({"guild_id":"1","user_id":"2",)" + rest + "}"));
    };
    CHECK(line(R"("outcome":"accepted","state":"Verified","version":7,"position":"10423",)"
               R"("attempts":2,"replayed":true)") ==
          "accepted      guild 1 user 2: Verified at version 7, position 10423 (2 attempts, "
          "replayed)");
    CHECK(line(R"("outcome":"accepted","state":"Kicked","version":1,"position":"9",)"
               R"("attempts":1,"replayed":true)") ==
          "accepted      guild 1 user 2: Kicked at version 1, position 9 (replayed)");
    CHECK(line(R"("outcome":"rejected","code":"transition_not_allowed","state":"Banned",)"
               R"("version":3,"attempts":1,"allowed":["LiftBan"],"detail":"only LiftBan is")") ==
          "rejected      guild 1 user 2: transition_not_allowed: only LiftBan is");
    CHECK(line(R"("outcome":"dead_lettered","code":"retry_budget_spent","dead_letter_id":"9",)"
               R"("attempts":5,"detail":"it is dead letter 9")") ==
          "dead_lettered guild 1 user 2: retry_budget_spent: it is dead letter 9 (5 attempts)");
    CHECK(line(R"("outcome":"unavailable","code":"database_unavailable")") ==
          "unavailable   guild 1 user 2: database_unavailable");
}

TEST_CASE("output: a text with line breaks stays on its line") {
    const auto line =
        event_line(object(R"({"event":"MemberBanned","reason":"first\nsecond\tword"})"));
    CHECK(line.ends_with(": first\\nsecond\\tword"));
    CHECK(table(std::vector<column>{{"why", "reason"}},
                boost::json::parse(R"([{"reason":"a\r\nb"}])").as_array()) == "why\na\\r\\nb\n");
}

TEST_CASE("output: an invalid line says which and why, once") {
    CHECK(outcome_line(invalid_outcome(2, "unreadable_line", "line 2 is no JSON")) ==
          "invalid       line 2 is no JSON");
    CHECK(outcome_line(invalid_outcome(2, "unreadable_line", "no JSON")) ==
          "invalid       line 2: no JSON");
}

TEST_CASE("output: a table aligns its columns") {
    const column columns[] = {{"id", "id"}, {"status", "status"}};
    const auto rows =
        boost::json::parse(R"([{"id":"10424","status":"parked"},{"id":"7","status":null}])");
    CHECK(table(columns, rows.as_array()) == "id     status\n10424  parked\n7      \n");
    CHECK(table(columns, {}) == "none\n");
}

TEST_CASE("output: a made key is new each time and one that the server takes") {
    CHECK(random_key() != random_key());
    CHECK(random_key().size() == 36);
}

TEST_SUITE_END();

} // namespace
