// GET /v1/transitions: the rule book as the server decides by it.

#include "domain/membership.hpp"
#include "domain/transition_table.hpp"
#include "tests/e2e/support/verbs.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <set>

namespace datadrop::test {
namespace {

/// "Join None InvitedOrJoined MemberJoined".
std::set<std::string> ways_in(const json::object& table) {
    std::set<std::string> ways;
    for (const auto& way : table.at("transitions").as_array())
        ways.insert(fields(way.as_object(), {"command", "from_state", "to_state", "event"}));
    return ways;
}

} // namespace

TEST_CASE("transitions: the rule book is told as it decides") {
    const auto& at = shared_world();
    auto reader = at.front.connect(at.reader);
    const auto answer = reader.get("/v1/transitions");
    CHECK(answer.status == 200);
    const auto table = json::parse(answer.body).as_object();
    std::set<std::string> states;
    for (const auto& state : table.at("states").as_array())
        states.emplace(state.at("state").as_string());
    CHECK(states == std::set<std::string>(domain::names<domain::state>.begin(),
                                          domain::names<domain::state>.end()));
    const auto ways = ways_in(table);
    for (const auto from : domain::names<domain::state>) {
        CAPTURE(from);
        std::set<std::string> allowed, told;
        for (const auto kind : domain::allowed_commands(*domain::parse<domain::state>(from)))
            allowed.emplace(name_of(kind));
        for (const auto& way : table.at("transitions").as_array())
            if (way.at("from_state").as_string() == from)
                told.emplace(way.at("command").as_string());
        CHECK(told == allowed);
    }
    CHECK(ways.size() == table.at("transitions").as_array().size());
    for (const auto* way :
         {"Join None InvitedOrJoined MemberJoined",
          "ExpireVerification VerificationPending Kicked VerificationExpired",
          "ExpireVerification VerificationPending RejectedNotEligible VerificationExpired"})
        CHECK(ways.contains(way));
    check_problem(at.front.connect(at.submitter).get("/v1/transitions"), 403, "forbidden");
    check_problem(reader.get("/v1/transitions?state=None"), 400, "unknown_parameter");
}

} // namespace datadrop::test
