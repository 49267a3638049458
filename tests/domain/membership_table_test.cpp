// The rule book as people read it, against what decide does: every state with every command. The
// picture is written from the domain's description, not printed from the table.
#include "domain/membership.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/print.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

using namespace datadrop::domain;

namespace {

// A row a state, a column a command; the cell is the state that follows, a dot is a refusal.
// Columns: Join, BeginOnboarding, CompleteOnboarding, GrantEligibility, RejectEligibility,
// AcceptRules, RequestVerification, RecordEmail, ConfirmVerification, OverrideVerification,
// RequireReverification, ExpireVerification (Kicked), Kick, Leave, Ban, LiftBan.
constexpr auto rule_book = R"(
state                 Jo Be Co Gr Re Ac Rq Em Cf Ov Rr Ex Ki Le Ba Li
None                  In .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
InvitedOrJoined       .  Pr .  .  .  .  .  .  .  .  .  .  Ki Le Ba .
OnboardingInProgress  .  .  Do .  .  .  .  .  .  .  .  .  Ki Le Ba .
OnboardingCompleted   .  .  .  El Nq .  .  .  .  .  .  .  Ki Le Ba .
RoleEligible          .  .  .  .  .  Ru .  .  .  .  .  .  Ki Le Ba .
RulesAccepted         .  .  .  .  .  .  Pe .  .  .  .  .  Ki Le Ba .
VerificationPending   .  .  .  .  Nq .  .  Pe Ve Ve .  Ki Ki Le Ba .
Verified              .  .  .  .  .  .  .  .  .  .  Pe .  Ki Le Ba .
RejectedNotEligible   In .  .  .  .  .  .  .  .  .  .  .  .  .  Ba .
Kicked                In .  .  .  .  .  .  .  .  .  .  .  .  .  Ba .
LeftGuild             In .  .  .  .  .  .  .  .  .  .  .  Ki .  Ba .
Banned                .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  Le
)";

std::string short_name(state s) {
    constexpr const char* names[] = {"No", "In", "Pr", "Do", "El", "Ru",
                                     "Pe", "Ve", "Nq", "Ki", "Le", "Ba"};
    return names[number_of(s)];
}

/// A state's line each: its name, and where each command leads from it.
std::vector<std::vector<std::string>> rows_of_rule_book() {
    std::istringstream lines(rule_book);
    std::string line;
    std::getline(lines, line); // the picture begins behind a line's end
    std::getline(lines, line); // and with the names of its columns
    std::vector<std::vector<std::string>> rows;
    while (std::getline(lines, line))
        rows.push_back(datadrop::test::words_of(line));
    return rows;
}

/// A member and a command that no guard stands in the way of.
decision decide_unguarded(state current, command_kind kind) {
    return decide({.current = current, .has_email = true, .lifecycle = 1},
                  {.kind = kind, .data = datadrop::test::payload_for(kind), .has_actor = true});
}

} // namespace

TEST_SUITE_BEGIN("membership table");

TEST_CASE("every state with every command does what the rule book says") {
    const auto rows = rows_of_rule_book();
    REQUIRE_EQ(rows.size(), count_of<state>);
    std::size_t cells = 0;
    for (std::size_t row = 0; row < count_of<state>; ++row) {
        const auto current = static_cast<state>(row);
        REQUIRE_EQ(rows[row].size(), 1 + count_of<command_kind>);
        REQUIRE_EQ(rows[row][0], name_of(current));
        for (std::size_t column = 0; column < count_of<command_kind>; ++column, ++cells) {
            const auto kind = static_cast<command_kind>(column);
            const auto what = decide_unguarded(current, kind);
            const auto* happened = std::get_if<event>(&what);
            CAPTURE(name_of(current));
            CAPTURE(name_of(kind));
            CHECK_EQ(happened != nullptr ? short_name(happened->to) : ".", rows[row][column + 1]);
        }
    }
    CHECK_EQ(cells, 12 * 16);
}

TEST_CASE("an accepted command leaves its own event, from the state it was decided on") {
    for (std::size_t row = 0; row < count_of<state>; ++row)
        for (std::size_t column = 0; column < count_of<command_kind>; ++column) {
            const auto current = static_cast<state>(row);
            const auto kind = static_cast<command_kind>(column);
            const auto what = decide_unguarded(current, kind);
            const auto* happened = std::get_if<event>(&what);
            if (happened == nullptr) continue;
            CHECK_EQ(happened->kind, event_of(kind));
            CHECK_EQ(command_of(happened->kind), kind);
            CHECK_EQ(happened->from, current);
            CHECK_EQ(happened->data, datadrop::test::payload_for(kind));
        }
}

TEST_CASE("the commands that a state allows are those that it does not refuse, in the order of the "
          "table") {
    for (std::size_t row = 0; row < count_of<state>; ++row) {
        const auto current = static_cast<state>(row);
        std::vector<command_kind> accepted;
        for (std::size_t column = 0; column < count_of<command_kind>; ++column) {
            const auto kind = static_cast<command_kind>(column);
            if (std::holds_alternative<event>(decide_unguarded(current, kind)))
                accepted.push_back(kind);
        }
        CHECK_EQ(allowed_commands(current), accepted);
    }
}

TEST_CASE("the path to a state leads there") {
    for (std::size_t row = 0; row < count_of<state>; ++row) {
        const auto goal = static_cast<state>(row);
        CHECK_EQ(datadrop::test::membership_at(goal).current, goal);
    }
}

TEST_SUITE_END();
