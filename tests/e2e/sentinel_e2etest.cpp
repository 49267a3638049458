// A server proves its read model while it serves: members are folded afresh at random, and a row
// that differs is told once, by the first event that it misses.

#include "tests/e2e/support/verbs.hpp"
#include "tests/support/wait.hpp"

#include <doctest/doctest.h>

namespace datadrop::test {
namespace {

using domain::state;

json::object sentinel_of(connection& operator_one) {
    return operator_one.get("/v1/projection").json().at("sentinel").as_object();
}

std::int64_t number(const json::object& from, std::string_view field) {
    return from.at(field).as_int64();
}

/// So many more members were checked, whoever they are.
void wait_for_checks(connection& operator_one, std::int64_t more) {
    const auto goal = number(sentinel_of(operator_one), "checked") + more;
    CHECK(eventually([&] { return number(sentinel_of(operator_one), "checked") >= goal; }));
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

} // namespace

TEST_CASE("sentinel: a row that differs is told once, with the first event that it misses") {
    const world at(1, {"--sentinel-rate", "100"});
    auto bot = at.front.connect(at.bot);
    auto operator_one = at.front.connect(at.operator_one);
    const auto who = somebody_in(bot, state::verified);
    shown(at, who);
    wait_for_checks(operator_one, 2);
    CHECK(number(sentinel_of(operator_one), "differences") == 0);
    const auto last = fields(shown(at, who), {"position"});

    at.database.connect().run("UPDATE datadrop.membership SET state = 'Banned'");
    CHECK(eventually([&] { return number(sentinel_of(operator_one), "differences") == 1; }));
    wait_for_checks(operator_one, 2);
    const auto told = sentinel_of(operator_one);
    CHECK(number(told, "differences") == 1);
    CHECK(fields(told.at("last_difference").as_object(),
                 {"table", "column", "was", "is", "first_event"}) ==
          "membership state Banned Verified " + last);
    CHECK(count(at.front.log(), "state is Banned, should be Verified") == 1);
    CHECK(contains(at.front.connect().get("/metrics").body,
                   "datadrop_projection_differences_total 1"));
}

TEST_CASE("sentinel: what is projected later is no difference, and at rate 0 there is none") {
    const world at(1, {"--sentinel-rate", "100"});
    auto bot = at.front.connect(at.bot);
    auto operator_one = at.front.connect(at.operator_one);
    const auto who = somebody_in(bot, state::invited_or_joined);
    for (int i = 0; i < 50; ++i) {
        CHECK(submit(bot, command(who, "Leave")).at("outcome") == "accepted");
        CHECK(submit(bot, command(who, "Join")).at("outcome") == "accepted");
    }
    wait_for_checks(operator_one, 2);
    CHECK(number(sentinel_of(operator_one), "differences") == 0);

    const server other(at.variables, {"--sentinel-rate", "0"});
    auto asking = other.connect(at.operator_one);
    CHECK(number(sentinel_of(asking), "rate") == 0);
    CHECK(number(sentinel_of(asking), "checked") == 0);
}

} // namespace datadrop::test
