// A house full of connections: who gets in nevertheless. The limit of open files makes it a small
// one.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <vector>

namespace datadrop::test {
namespace {

constexpr int places = 30;
const arguments small{"prlimit", "--nofile=162:162"};

void check_health(const server& front) {
    for (const auto* path : {"/healthz", "/readyz", "/metrics"}) {
        CAPTURE(path);
        CHECK(front.connect().get(path).status == 200);
    }
}

int submit_once(const server& front, const std::string& token) {
    return front.connect(token).post("/v1/commands", command(somebody(), "Join")).status;
}

/// Connections that send these bytes and wait.
std::vector<connection> crowd(const server& front, int count, std::string_view bytes) {
    std::vector<connection> all;
    for (int i = 0; i < count; ++i) {
        all.push_back(front.connect());
        all.back().write(bytes);
    }
    return all;
}

/// A feed in each place.
std::vector<std::unique_ptr<feed>> feeds_everywhere(const server& front, const std::string& token) {
    std::vector<std::unique_ptr<feed>> feeds;
    for (int i = 0; i < places; ++i)
        feeds.push_back(std::make_unique<feed>(
            front.port(), token, feed::options{.after = "latest", .last_event_id = {}}));
    return feeds;
}

} // namespace

TEST_CASE("connections: silent, slow and idle ones close the house for nobody") {
    const auto& at = shared_world();
    const server front(at.variables, {}, small);
    CHECK(front.log().find("leaves room for 30 connections") != std::string::npos);
    for (const auto* bytes :
         {"", "GET /healthz HT", "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
          "POST /v1/commands HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"}) {
        CAPTURE(bytes);
        const auto others = crowd(front, 3 * places, bytes);
        check_health(front);
        CHECK(submit_once(front, at.bot) == 200);
    }
}

TEST_CASE("connections: when all are busy, what needs no token is served, others are told 503") {
    const auto& at = shared_world();
    const server front(at.variables, {}, small);
    auto feeds = feeds_everywhere(front, at.bot);
    check_health(front);
    CHECK(metric(front, "datadrop_http_feeds") == places);
    const auto refused = front.connect(at.bot).post("/v1/commands", command(somebody(), "Join"));
    check_problem(refused, 503, "too_many_connections");
    CHECK(refused.header("retry-after") == "1");
    CHECK(!refused.kept);
    const auto reader = front.connect(at.bot).get("/v1/events?after=latest");
    CHECK(reader.status == 200);
    CHECK(reader.type() == "text/event-stream");
    CHECK(reader.body == "retry: 10000\n\n");
    const auto others = crowd(front, 3 * places, "GET /healthz HT");
    check_health(front);

    feeds.pop_back();
    CHECK(eventually([&] { return submit_once(front, at.bot) == 200; }));
}

TEST_CASE("connections: serve refuses a limit of open files that it cannot work with") {
    const auto refused =
        run({"--nofile=64:64", the_built_one, "serve"},
            {.input = {}, .variables = shared_world().variables, .program = "prlimit"});
    CHECK(refused.exit_code == 1);
    CHECK(refused.err.find("ulimit -n") != std::string::npos);
}

TEST_CASE("connections: a soft limit of open files is raised as far as it may be") {
    const auto& at = shared_world();
    const server front(at.variables, {}, {"prlimit", "--nofile=162:4096"});
    CHECK(front.log().find("leaves room") == std::string::npos);
    const auto others = crowd(front, 2 * places, "");
    CHECK(eventually([&] { return metric(front, "datadrop_http_connections") > 2 * places; }));
}

} // namespace datadrop::test
