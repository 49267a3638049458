// Dead letters in words, and the flags that say which.

#include "processor/cli/letter_filter.hpp"
#include "processor/cli/letter_text.hpp"
#include "processor/cli/time_length.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

namespace {

using namespace datadrop::processor::cli;
using namespace std::chrono_literals;

boost::json::object object(std::string_view text) { return boost::json::parse(text).as_object(); }

constexpr std::chrono::system_clock::time_point noon =
    std::chrono::sys_days{std::chrono::year{2024} / 9 / 1} + 12h;

const auto letter = object(R"({"id":"10424","guild_id":"5","user_id":"6","status":"parked",
    "etag":"\"10424~ab\"","summary":"wanted Verified, found LeftGuild once",
    "source":"bot","submitted_by":"the-bot","code":"retry_budget_spent",
    "parked_at":"2024-09-01T11:50:00.000000Z",
    "member":{"state":"LeftGuild","version":4,"lifecycle":1},
    "command":{"command":"Kick","expected_state":"Verified","reason":"rude\nwords"},
    "attempts":[
        {"number":1,"at":"T1","expected_state":"Verified","expected_version":4,
         "stated":["expected_state","expected_version"],"found_state":"LeftGuild","found_version":4,
         "winner":{"version":4,"event":"MemberLeft","source":"api","actor":"ana\n","at":"T0"},
         "why":null},
        {"number":2,"at":"T2","expected_state":"Verified","expected_version":4,"stated":[],
         "found_state":null,"found_version":null,"winner":null,"why":"it was gone"}],
    "events":[{"type":"RedriveFailed","by":"olga","reason":"try","code":"stale_expectation",
               "at":"T3","attempts":[{"number":1,"at":"T3","expected_state":"Verified",
               "expected_version":4,"found_state":"LeftGuild","found_version":4}]}],
    "since":[{"version":5,"event":"MemberJoined","to_state":"InvitedOrJoined","source":"bot",
              "actor":null,"recorded_at":"T4"}]})");

} // namespace

TEST_SUITE_BEGIN("cli letters");

TEST_CASE("letter: the first line says what was asked, by whom, and why it is there") {
    const auto text = letter_text(letter);
    CHECK(text.starts_with(
        "Kick by the-bot (bot) is parked: wanted Verified, found LeftGuild once\n\n"));
    CHECK(text.find("summary") == std::string::npos);
}

TEST_CASE("letter: attempts, deeds and what happened since, a line each") {
    CHECK(letter_text(letter).ends_with(
        "attempts:\n"
        "  1  T1  expected Verified at version 4 (stated: state and version); found LeftGuild at "
        "version 4, by MemberLeft of api (ana\\n) at T0\n"
        "  2  T2  expected Verified at version 4; no answer: it was gone\n"
        "events:\n"
        "  T3  RedriveFailed by olga (stale_expectation): try\n"
        "    1  T3  expected Verified at version 4; found LeftGuild at version 4\n"
        "since:\n"
        "  T4  version 5: MemberJoined -> InvitedOrJoined by bot\n"));
}

TEST_CASE("letter: a row says what was wanted, where it is now and for how long it waits") {
    CHECK(letter_row(letter, noon) ==
          object(R"({"id":"10424","command":"Kick","member":"5/6","wanted":"Verified",
              "now":"LeftGuild","age":"10 min","code":"retry_budget_spent","status":"parked"})"));
    CHECK(letter_row(object(R"({"command":{}})"), noon).at("wanted") == "any");
}

TEST_CASE("letter: a preview says what a redrive would do") {
    auto preview = object(R"({"would":{"outcome":"accepted","event":"MemberKicked","version":5,
        "from_state":"LeftGuild","to_state":"Kicked"},"since":[]})");
    preview["dead_letter"] = letter;
    CHECK(preview_text(preview).starts_with(
        "a redrive now would be accepted: MemberKicked at version 5, LeftGuild -> Kicked\n"));
    preview["would"] = object(R"({"outcome":"rejected","code":"actor_required","detail":"no"})");
    CHECK(preview_text(preview).starts_with(
        "a redrive now would be rejected (actor_required): no\nKick by the-bot"));
}

TEST_CASE("filter: only what was asked for is in the query, parked unless told otherwise") {
    letter_filter of;
    CHECK(of.query(noon) == "status=parked");
    of.status = "any";
    CHECK(of.query(noon).empty());
    of.guild = "5";
    of.older_than = "15m";
    CHECK(of.query(noon) == "guild_id=5&parked_before=2024-09-01T11:45:00.000000Z");
}

TEST_CASE("filter: an age is a number and its unit") {
    CHECK(parse_time_length("90s") == 90s);
    CHECK(parse_time_length("15m") == 15min);
    CHECK(parse_time_length("2h") == 2h);
    CHECK(parse_time_length("7d") == 168h);
    for (const auto* text : {"", "5", "m", "-5m", "5 m", "1.5h", "5w", "999999999d"})
        CHECK_FALSE(parse_time_length(text).has_value());
}

TEST_SUITE_END();
