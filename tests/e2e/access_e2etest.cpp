// Who may do what on which route, what is no route at all, and what needs no token.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

namespace datadrop::test {
namespace {

struct guarded_route {
    std::string method;
    std::string target;
    std::string scope;
    std::string body{};
};

std::vector<guarded_route> guarded_routes() {
    return {{"POST", "/v1/commands", "submit", json::serialize(command(somebody(), "Join"))},
            {"GET", "/v1/members/5/6", "read"},
            {"GET", "/v1/members", "read"},
            {"GET", "/v1/members/5/6/history", "read"},
            {"GET", "/v1/events?after=0", "read"},
            {"GET", "/v1/dead-letters", "operate"},
            {"GET", "/v1/dead-letters/counts", "operate"},
            {"POST", "/v1/dead-letter-runs", "operate", R"({"act":"discard","reason":"why"})"},
            {"GET", "/v1/dead-letter-runs", "operate"},
            {"GET", "/v1/dead-letter-runs/7", "operate"},
            {"POST", "/v1/dead-letter-runs/7/start", "operate", R"({"count":1})"},
            {"POST", "/v1/dead-letter-runs/7/stop", "operate", "{}"},
            {"GET", "/v1/dead-letters/7", "operate"},
            {"POST", "/v1/dead-letters/7/preview", "operate", "{}"},
            {"POST", "/v1/dead-letters/7/redrive", "operate", "{}"},
            {"POST", "/v1/dead-letters/7/discard", "operate", R"({"reason":"why"})"},
            {"GET", "/v1/projection", "operate"}};
}

struct wrong_verb {
    const char* method;
    const char* target;
    const char* allow;
};
constexpr wrong_verb wrong_verbs[] = {
    {"GET", "/v1/commands", "POST"},         {"DELETE", "/v1/commands", "POST"},
    {"POST", "/v1/members/5/6", "GET"},      {"PUT", "/v1/members/5/6/history", "GET"},
    {"DELETE", "/v1/dead-letters/7", "GET"}, {"GET", "/v1/dead-letters/7/redrive", "POST"},
    {"POST", "/v1/events", "GET"},           {"POST", "/healthz", "GET"},
};

} // namespace

TEST_CASE("access: no route without a token in force") {
    const auto& at = shared_world();
    const auto head = log_head(at);
    auto nobody = at.front.connect();
    for (const auto& [method, target, scope, body] : guarded_routes())
        for (const auto& credentials :
             std::vector<std::string>{"", "Bearer", "Bearer wrong", "Basic " + at.operator_one,
                                      "Bearer " + at.operator_one + "x"}) {
            CAPTURE(target);
            CAPTURE(credentials.size());
            http_request request{.method = method, .target = target, .body = body};
            if (!credentials.empty()) request.headers["Authorization"] = credentials;
            const auto answer = nobody.send(request);
            check_problem(answer, 401, "unauthenticated");
            CHECK(answer.header("www-authenticate").starts_with("Bearer"));
        }
    CHECK(log_head(at) == head);
}

TEST_CASE("access: no route without its scope") {
    const auto& at = shared_world();
    const auto head = log_head(at);
    for (const auto& [method, target, scope, body] : guarded_routes()) {
        CAPTURE(target);
        auto other = at.front.connect(scope == "submit" ? at.reader
                                      : scope == "read" ? at.submitter
                                                        : at.bot);
        check_problem(other.send({.method = method, .target = target, .body = body}), 403,
                      "forbidden");
    }
    CHECK(log_head(at) == head);
}

TEST_CASE("access: while the database is away, whose token is not known is not told to give up") {
    const world at;
    at.database.take_away();
    auto stranger = at.front.connect("not known");
    CHECK(eventually([&] { return at.front.connect().get("/readyz").status == 503; }));
    check_problem(stranger.get("/v1/members/5/6"), 503, "database_unavailable");
    CHECK(at.front.connect(at.reader).get("/v1/events?after=x").status == 400);
    at.database.give_back();
    CHECK(eventually([&] { return stranger.get("/v1/members/5/6").status == 401; }));
}

TEST_CASE("access: a new token is taken at once, a revoked one is refused within 5 s") {
    const auto& at = shared_world();
    const auto token = create_token(at.variables, "for-a-while", "bot", "read");
    auto holder = at.front.connect(token);
    CHECK(holder.get("/v1/members").status == 200);
    CHECK(at.run_here({"token", "revoke", "--name", "for-a-while"}).exit_code == 0);
    CHECK(eventually([&] { return holder.get("/v1/members").status == 401; },
                     std::chrono::seconds{5}));
    CHECK(at.front.connect(at.bot).get("/v1/members").status == 200);
}

TEST_CASE("routes: what there is not is 404") {
    const auto& at = shared_world();
    auto operators = at.front.connect(at.operator_one);
    for (const auto* target : {"/v1/nothing", "/v2/commands", "/v1/commands/5", "/v1/members/1/2/3",
                               "/v1/", "//v1/members"})
        check_problem(operators.get(target), 404, "route_not_found");
}

TEST_CASE("routes: a wrong verb is 405, and the right ones are named") {
    const auto& at = shared_world();
    auto operators = at.front.connect(at.operator_one);
    for (const auto& [method, target, allow] : wrong_verbs) {
        CAPTURE(target);
        const auto answer = operators.send({.method = method, .target = target});
        check_problem(answer, 405, "method_not_allowed");
        CHECK(answer.header("allow").find(allow) != std::string::npos);
    }
}

TEST_CASE("routes: another media type is 415 and writes nothing") {
    const auto& at = shared_world();
    const auto head = log_head(at);
    auto bot = at.front.connect(at.bot);
    for (const auto* type :
         {"text/plain", "application/xml", "application/jsonx", "multipart/form-data", ""})
        check_problem(bot.send({.method = "POST",
                                .target = "/v1/commands",
                                .body = json::serialize(command(somebody(), "Join")),
                                .type = type}),
                      415, "unsupported_media_type");
    CHECK(log_head(at) == head);
}

TEST_CASE("health: alive, ready and the numbers need no token") {
    const auto& at = shared_world();
    auto anybody = at.front.connect();
    CHECK(anybody.get("/healthz").status == 200);
    CHECK(anybody.get("/readyz").status == 200);
    const auto numbers = anybody.get("/metrics");
    CHECK(numbers.status == 200);
    CHECK(numbers.type() == "text/plain");
    CHECK(numbers.body.find("# TYPE datadrop_commands_total counter") != std::string::npos);
}

} // namespace datadrop::test
