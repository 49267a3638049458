// GET /openapi.json: the description as a client or a tool gets it. Whether it is true is another
// question, which tests/node/check_exchanges.mjs asks of all that these tests are answered.

#include "tests/e2e/support/verbs.hpp"
#include "tests/support/source_text.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

namespace datadrop::test {
namespace {

const std::string source = DATADROP_SOURCE "/processor/http/openapi.json";
const std::string packages = DATADROP_NODE_FOLDER "/node_modules/";

http_request asking(const std::string& kept) {
    return {.target = "/openapi.json", .headers = {{"If-None-Match", kept}}};
}

} // namespace

TEST_CASE("description: anybody gets it, as it stands in the sources") {
    auto anybody = shared_world().front.connect();
    const auto answer = anybody.get("/openapi.json");
    CHECK(answer.status == 200);
    CHECK(answer.type() == "application/json");
    CHECK(answer.header("cache-control") == "no-cache");
    CHECK(answer.body == text_of(source));
}

TEST_CASE("description: who has it is told so, and nothing more") {
    auto anybody = shared_world().front.connect();
    const auto tag = anybody.get("/openapi.json").header("etag");
    for (const auto& kept : {tag, "W/" + tag, "\"another\", " + tag, std::string("*")}) {
        CAPTURE(kept);
        const auto answer = anybody.send(asking(kept));
        CHECK(answer.status == 304);
        CHECK(answer.header("etag") == tag);
        CHECK(answer.header("cache-control") == "no-cache");
        CHECK(answer.header("content-length").empty());
        REQUIRE(answer.kept);
    }
    for (const auto* kept : {"", "\"another\"", "W/\"another\""})
        CHECK(anybody.send(asking(kept)).status == 200);
}

TEST_CASE("description: HEAD tells of every route what GET tells") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.operator_one);
    const auto who = somebody_in(bot, domain::state::verified);
    const auto parked = park(bot);
    for (const auto& target :
         {std::string("/openapi.json"), std::string("/"), std::string("/panel/style.css"),
          std::string("/v1/transitions"), std::string("/healthz"), std::string("/readyz"),
          who.path(), who.path() + "/history", "/v1/members?guild_id=" + who.guild, parked.path(),
          "/v1/dead-letters?guild_id=" + parked.who.guild,
          "/v1/dead-letters/counts?guild_id=" + parked.who.guild, somebody().path()}) {
        CAPTURE(target);
        auto whole = bot.get(target);
        auto head = bot.send({.method = "HEAD", .target = target});
        CHECK(head.status == whole.status);
        CHECK(head.body.empty());
        for (auto* answer : {&whole, &head})
            answer->headers.erase("date");
        CHECK(head.headers == whole.headers);
    }
    const auto feed = bot.send({.method = "HEAD", .target = "/v1/events"});
    CHECK(feed.type() == "text/event-stream");
}

TEST_CASE("description: the recommended rules of Redocly find nothing") {
    const auto done = run(
        {packages + "@redocly/cli/bin/cli.js", "lint", "--extends=recommended", "--format=json",
         source},
        {.variables = {{"REDOCLY_TELEMETRY", "off"}, {"REDOCLY_SUPPRESS_UPDATE_NOTICE", "true"}},
         .program = "node"});
    INFO(done.err);
    CHECK(done.exit_code == 0);
    const auto found = object_of(done);
    CHECK(json::serialize(found.at("totals")) == R"({"errors":0,"warnings":0,"ignored":0})");
}

TEST_CASE("description: the parameters that a route knows are told to who gives another") {
    const auto& at = shared_world();
    auto operators = at.front.connect(at.operator_one);
    for (const auto* path :
         {"/v1/members", "/v1/members/5/6", "/v1/members/5/6/history", "/v1/events",
          "/v1/dead-letters", "/v1/dead-letters/counts", "/v1/dead-letter-runs",
          "/v1/dead-letter-runs/7", "/v1/dead-letters/7", "/v1/projection"})
        check_problem(operators.get(std::string(path) + "?nothing=1"), 400, "unknown_parameter");
    for (const auto* path : {"/v1/commands", "/v1/dead-letters/7/preview", "/v1/dead-letter-runs",
                             "/v1/dead-letter-runs/7/start", "/v1/dead-letter-runs/7/stop",
                             "/v1/dead-letters/7/redrive", "/v1/dead-letters/7/discard"})
        check_problem(operators.post_text(std::string(path) + "?nothing=1", "{}"), 400,
                      "unknown_parameter");
}

} // namespace datadrop::test
