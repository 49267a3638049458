// `datadrop dead-letter …`: what operators read and do at a terminal.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

namespace datadrop::test {
namespace {

/// `datadrop dead-letter verb id more…` as an operator.
program_result dead_letter(const world& at, const std::string& verb, const std::string& id,
                           std::string_view more = {}) {
    auto all = words_of("dead-letter " + verb + " " + id);
    for (const auto& word : words_of(more))
        all.push_back(word);
    return at.run_client(all);
}

} // namespace

TEST_CASE("cli: a redrive says which stay it is meant for, or none") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto parked = park(bot, {{"expected_lifecycle", 1}});
    for (const auto* name : {"Leave", "Join"})
        CHECK(submit(bot, command(parked.who, name)).at("outcome") == "accepted");
    const auto code_of = [&](const arguments& more) {
        arguments all{"dead-letter",           "redrive",  parked.id,
                      "--drop-expected-state", "--format", "json"};
        all.insert(all.end(), more.begin(), more.end());
        return fields(object_of(at.run_client(all)).at("outcome").as_object(), {"code"});
    };
    CHECK(code_of({}) == "lifecycle_over");
    CHECK(code_of({"--expected-lifecycle", "3"}) == "lifecycle_over");
    CHECK(code_of({"--expected-lifecycle", "2"}) == "transition_not_allowed");
    CHECK(code_of({"--drop-expected-lifecycle"}) == "transition_not_allowed");
}

TEST_CASE("cli: dead letters are listed and shown") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto parked = park(bot);
    const auto listed =
        at.run_client({"dead-letter", "list", "--guild", parked.who.guild, "--status", "parked"});
    CHECK(listed.exit_code == 0);
    CHECK(listed.out.starts_with("parked: 1, the oldest for "));
    CHECK(contains(listed.out, ": retry_budget_spent 1\n\nid "));
    CHECK(contains(listed.out, parked.id + "  AcceptRules  " + parked.who.guild + "/" +
                                   parked.who.user + "  RoleEligible  OnboardingCompleted  "));
    CHECK(at.run_client({"dead-letter", "list", "--user", parked.who.user, "--command", "Leave"})
              .out == "parked: 0\n\nnone\n");
    CHECK(contains(dead_letter(at, "show", parked.id).out, "retry_budget_spent"));
    CHECK(fields(object_of(dead_letter(at, "show", parked.id, "--format json")),
                 {"id", "status"}) == parked.id + " parked");
    CHECK(dead_letter(at, "show", "999999999").exit_code == 1);
}

TEST_CASE("cli: dead letters are redriven and discarded") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto parked = park(bot);
    CHECK(dead_letter(at, "redrive", parked.id).exit_code == 1);
    const auto redriven =
        at.run_client({"dead-letter", "redrive", parked.id, "--drop-expected-state", "--reason",
                       "by hand", "--format", "json"});
    CHECK(redriven.exit_code == 1); // the rules refuse it in this state
    CHECK(object_of(redriven).at("outcome").at("code") == "transition_not_allowed");
    check_accepted(submit(bot, command(parked.who, "GrantEligibility")));
    CHECK(dead_letter(at, "redrive", parked.id, "--expected-version 4").exit_code == 0);
    CHECK(dead_letter(at, "redrive", parked.id).exit_code == 0);
    CHECK(dead_letter(at, "discard", parked.id, "--reason late").exit_code == 1);

    const auto other = park(bot);
    CHECK(contains(dead_letter(at, "discard", other.id, "--reason gone").out, "discarded"));
    CHECK(dead_letter(at, "discard", other.id, "--reason gone").exit_code == 0);
    // Those that are closed are listed for who asks.
    CHECK(at.run_client({"dead-letter", "list", "--user", other.who.user}).out ==
          "parked: 0\n\nnone\n");
    const auto closed =
        at.run_client({"dead-letter", "list", "--user", other.who.user, "--status", "any"});
    CHECK(closed.out.ends_with("  discarded\n"));
}

TEST_CASE("cli: a dead letter is previewed, and acted on only as it was seen") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto parked = park(bot);
    const auto seen = dead_letter(at, "preview", parked.id);
    CHECK(seen.exit_code == 0);
    CHECK(seen.out.starts_with("a redrive now would be dead_lettered (retry_budget_spent): "));
    CHECK(contains(seen.out, "\nnothing happened to the member since\n"));
    check_accepted(submit(bot, command(parked.who, "GrantEligibility")));
    CHECK(contains(dead_letter(at, "preview", parked.id).out,
                   "accepted: RulesAccepted at version 5, RoleEligible -> RulesAccepted\n"));

    const auto etag =
        fields(object_of(dead_letter(at, "show", parked.id, "--format json")), {"etag"});
    const auto bare = etag.substr(1, etag.size() - 2);
    const auto changed = dead_letter(at, "redrive", parked.id, "--if-match 1~00000000");
    CHECK(changed.exit_code == 1);
    CHECK(contains(changed.err, "dead_letter_changed"));
    CHECK(dead_letter(at, "redrive", parked.id, "--if-match " + bare).exit_code == 0);
}

} // namespace datadrop::test
