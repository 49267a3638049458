// The numbers of /metrics: every series is there before anything is counted, since the first count
// of one that comes later is lost to increase().

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <set>
#include <sstream>

namespace datadrop::test {
namespace {

/// Names with labels, and the numbers behind them.
std::map<std::string, double> series_of(const server& front) {
    std::istringstream lines(front.connect().get("/metrics").body);
    std::map<std::string, double> all;
    for (std::string line; std::getline(lines, line);)
        if (const auto blank = line.rfind(' '); !line.starts_with('#') && blank != line.npos)
            all[line.substr(0, blank)] = std::stod(line.substr(blank));
    return all;
}

std::set<std::string> names_of(const std::map<std::string, double>& series) {
    std::set<std::string> names;
    for (const auto& [name, value] : series)
        names.insert(name);
    return names;
}

/// Something of every kind: done, refused, not there, not understood, not allowed.
void use(const world& at) {
    auto bot = at.front.connect(at.bot);
    auto someone = at.front.connect(at.operator_one);
    const auto who = somebody_in(bot, domain::state::invited_or_joined);
    submit(bot, command(who, "Join"));
    submit(bot, command(who, "Leave", {{"expected_version", 7}, {"on_conflict", "fail"}}));
    submit(bot, command(who, "Nothing"));
    const auto parked = park(bot);
    for (const auto& path : {"/v1/members", "/v1/projection", "/v1/dead-letters",
                             "/v1/events?after=x", "/readyz", "/healthz", "/nowhere"}) {
        someone.get(path);
        at.front.connect().get(path);
        at.front.connect(at.submitter).get(path);
    }
    for (const auto& path : {who.path(), who.path() + "/history", somebody().path(),
                             std::string("/v1/members/x/y"), parked.path(), parked.path() + "9"})
        someone.get(path);
    for (const auto* verb : {"/redrive", "/discard"})
        someone.post_text(parked.path(verb), "[]");
    someone.send({.method = "POST", .target = "/v1/commands", .body = "{}", .type = "text/plain"});
    someone.post("/healthz", nullptr);
    at.front.connect(at.bot).post_text("/v1/commands", std::string(1 << 21, ' '));
    auto stranger = at.front.connect();
    stranger.write("hello\r\n\r\n");
    CHECK(stranger.read().has_value());
}

} // namespace

TEST_CASE("metrics: every series is there from the start, at 0") {
    const world at(1, {"--budget-ms", "50"});
    const auto before = series_of(at.front);
    for (const auto* outcome : {"accepted", "rejected", "conflict", "dead_lettered", "overloaded",
                                "unavailable", "invalid"}) {
        CAPTURE(outcome);
        const auto found =
            before.find("datadrop_commands_total{outcome=\"" + std::string(outcome) + "\"}");
        REQUIRE(found != before.end());
        CHECK(found->second == 0);
    }
    use(at);
    const auto after = series_of(at.front);
    CHECK(names_of(after) == names_of(before));
    CHECK(after.at("datadrop_commands_total{outcome=\"invalid\"}") == 1);
    CHECK(after.at("datadrop_http_requests_total{method=\"POST\",route=\"/v1/commands\","
                   "status=\"413\"}") == 1);
}

} // namespace datadrop::test
