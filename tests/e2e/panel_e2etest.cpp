// GET / and /panel/…, whether they are the operators' panel or the page that stands in for it: who
// gets them, and what a browser is told of them. What the panel does is tested in tests/browser.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

namespace datadrop::test {
namespace {

struct panel_file {
    std::string target;
    std::string type;
};

const std::vector<panel_file> files{{"/", "text/html"},
                                    {"/panel/app.js", "text/javascript"},
                                    {"/panel/style.css", "text/css"},
                                    {"/panel/icon.svg", "image/svg+xml"},
                                    {"/panel/licences.txt", "text/plain"}};

http_request asking(const std::string& target, const std::string& kept) {
    return {.target = target, .headers = {{"If-None-Match", kept}}};
}

} // namespace

TEST_CASE("panel: anybody gets the page and its files, and a policy that lets nothing else run") {
    auto anybody = shared_world().front.connect();
    for (const auto& [target, type] : files) {
        CAPTURE(target);
        const auto answer = anybody.get(target);
        CHECK(answer.status == 200);
        CHECK(answer.type() == type);
        CHECK(answer.header("cache-control") == "no-cache");
        CHECK(answer.header("x-content-type-options") == "nosniff");
        const auto policy = answer.header("content-security-policy");
        CHECK(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
        CHECK(policy.find("unsafe") == std::string::npos);
    }
}

TEST_CASE("panel: who has a file is told so, and nothing more") {
    auto anybody = shared_world().front.connect();
    for (const auto& [target, type] : files) {
        CAPTURE(target);
        const auto tag = anybody.get(target).header("etag");
        const auto answer = anybody.send(asking(target, tag));
        CHECK(answer.status == 304);
        CHECK(answer.header("etag") == tag);
        CHECK_FALSE(answer.header("content-security-policy").empty());
        CHECK(anybody.send(asking(target, "\"another\"")).status == 200);
    }
}

TEST_CASE("panel: a file that it does not have is no route") {
    auto anybody = shared_world().front.connect();
    for (const auto* target :
         {"/panel/other.js", "/panel/index", "/panel/app.js.map", "/panel/..%2Fapp.js"})
        check_problem(anybody.get(target), 404, "route_not_found");
    CHECK(anybody.get("/panel").status == 404);
    CHECK(anybody.get("/panel/app.js/more").status == 404);
}

} // namespace datadrop::test
