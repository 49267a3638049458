// E-mail addresses stand in one table, and tokens nowhere.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace datadrop::test {
namespace {

using domain::state;

std::string hex_of(const std::string& text) {
    std::string hex;
    for (const char c : text)
        hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return hex;
}

/// The tables with a row that holds the text somewhere, bytes too, as "name name".
std::string tables_with(const world& at, const std::string& text) {
    auto db = at.database.connect();
    const auto tables =
        db.run("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
               "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1");
    std::string found;
    for (std::size_t i = 0; i < tables.size(); ++i) {
        const std::string table(tables.text(i, 0));
        const auto rows = db.run(
            "SELECT EXISTS (SELECT FROM " + table +
                " AS t WHERE t::text LIKE $1 "
                "OR t::text LIKE $2)",
            eventstore::postgres::params().add("%" + text + "%").add("%" + hex_of(text) + "%"));
        if (rows.flag(0, 0)) found += (found.empty() ? "" : " ") + table;
    }
    return found;
}

json::object record(const member& who, const std::string& address, const json::object& more = {}) {
    auto what = command(who, "RecordEmail", more);
    what["payload"] = json::object{{"email", address}};
    return what;
}

std::string everything_shown(const world& at, const member& who) {
    auto operators = at.front.connect(at.operator_one);
    feed live(at.front.port(), at.operator_one, {.after = "0"});
    std::string text = json::serialize(live.next()->data);
    for (const auto& target : {who.path(), who.path() + "/history", std::string("/v1/members"),
                               std::string("/v1/dead-letters"), std::string("/metrics")})
        text += operators.get(target).body;
    return text + at.front.log();
}

/// Parks a RecordEmail, whose address nobody is shown; the dead letter's path.
std::string park_address(const world& at, const member& who) {
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked =
        submit(bot, record(who, "private@example.org", {{"expected_state", "Verified"}}));
    REQUIRE(parked.at("outcome") == "dead_lettered");
    const auto path = "/v1/dead-letters/" + fields(parked, {"dead_letter_id"});
    CHECK(contains(operators.get("/v1/dead-letters").body, "email_fingerprint"));
    CHECK(!contains(operators.get(path).body, "private@"));
    CHECK(!contains(everything_shown(at, who), "private@"));
    CHECK(tables_with(at, "private@") == "datadrop.addresses");
    return path;
}

} // namespace

TEST_CASE("privacy: an address is in its table only, and in no answer, log line or metric") {
    const world at(1, {"--log-level", "trace"});
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::verification_pending);
    CHECK(submit(bot, record(who, "private.one@example.org")).at("outcome") == "accepted");
    CHECK(submit(bot, record(who, "private.two@example.org",
                             {{"expected_version", 1}, {"on_conflict", "fail"}}))
              .at("outcome") == "conflict");
    CHECK(submit(bot, record(somebody(), "private.three@example.org")).at("outcome") == "rejected");
    for (const auto& bad : {record(who, "private.four@example.org", {{"idempotency_key", ""}}),
                            record(who, "private.five@example@org")}) {
        const auto answer = bot.post("/v1/commands", bad);
        CHECK(answer.status == 400);
        CHECK(answer.body.find("private.") == std::string::npos);
    }
    shown(at, who);
    CHECK(tables_with(at, "private.one@") == "datadrop.addresses");
    for (const auto* address : {"private.two@", "private.three@", "private.four@", "private.five@"})
        CHECK(tables_with(at, address) == "");
    CHECK(everything_shown(at, who).find("private.") == std::string::npos);
}

TEST_CASE("privacy: a parked command's address waits in its table, and goes when it is closed") {
    const world at(1, {"--log-level", "trace"});
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto who = somebody_in(bot, state::verification_pending);
    const auto path = park_address(at, who);
    SUBCASE("discarded: nothing is left of it") {
        CHECK(operators.post(path + "/discard", {{"reason", "asked to"}}).status == 200);
        CHECK(tables_with(at, "private@") == "");
    }
    SUBCASE("redriven: it is the member's address now") {
        const auto letter = operators.post(path + "/redrive", {{"expected_state", nullptr}}).json();
        CHECK(letter.at("outcome").at("outcome") == "accepted");
        CHECK(tables_with(at, "private@") == "datadrop.addresses");
        CHECK(ask(at, "SELECT string_agg(dead_letter_id || ' ' || address, ',') FROM "
                      "datadrop.addresses") == "0 private@example.org");
        CHECK(fields(shown(at, who), {"version", "has_email"}) == "7 true");
    }
}

TEST_CASE("privacy: a token is nowhere but with its holder") {
    const world at(1, {"--log-level", "trace"});
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, state::invited_or_joined);
    CHECK(at.front.connect(at.bot + "x").get("/v1/members").status == 401);
    const auto shown = everything_shown(at, who) + at.run_here({"token", "list"}).out;
    for (const auto& token : {at.bot, at.operator_one}) {
        CHECK(tables_with(at, token) == "");
        CHECK(shown.find(token) == std::string::npos);
    }
}

} // namespace datadrop::test
