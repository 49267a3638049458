#include "domain/dead_letter.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/print.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace datadrop::domain;

namespace {

const submitter operator_one{.from = source::operator_, .name = "one"};

const dead_letter_event parked = command_parked{
    .command = datadrop::test::make_command(datadrop::test::new_member(), command_kind::join),
    .attempts = {},
    .code = "retry_budget_spent"};
const dead_letter_event redriven = command_redriven{.by = operator_one};
const dead_letter_event failed = redrive_failed{.by = operator_one, .code = "stale_expectation"};
const dead_letter_event discarded = command_discarded{.by = operator_one, .reason = "obsolete"};

dead_letter_status after(const std::vector<dead_letter_event>& history) {
    auto status = dead_letter_status::parked;
    for (const auto& happened : history)
        status = evolve(status, happened);
    return status;
}

} // namespace

TEST_SUITE_BEGIN("dead letter");

TEST_CASE("a stated version holds for the first attempt, and with fail for every one") {
    auto command =
        datadrop::test::make_command(datadrop::test::new_member(), command_kind::join,
                                     {.expected_state = state::none, .expected_version = 0});
    CHECK_EQ(stated_in(command, 1), stated_expectations{.state = true, .version = true});
    CHECK_EQ(stated_in(command, 2), stated_expectations{.state = true, .version = false});
    command.conflict = on_conflict::fail;
    command.expected_state.reset();
    CHECK_EQ(stated_in(command, 2), stated_expectations{.state = false, .version = true});
    command.expected_version.reset();
    CHECK_EQ(stated_in(command, 1), stated_expectations{});
}

TEST_CASE("a failed redrive leaves it parked, an accepted one or a discard closes it") {
    CHECK_EQ(after({parked}), dead_letter_status::parked);
    CHECK_EQ(after({parked, failed}), dead_letter_status::parked);
    CHECK_EQ(after({parked, failed, redriven}), dead_letter_status::redriven);
    CHECK_EQ(after({parked, failed, discarded}), dead_letter_status::discarded);
}

TEST_CASE("what an operator may do is decided by where it stands") {
    using enum remediation;
    using enum remediation_verdict;
    struct row {
        dead_letter_status status;
        remediation asked;
        remediation_verdict verdict;
    };
    for (const auto& [status, asked, verdict] :
         {row{dead_letter_status::parked, redrive, allowed},
          row{dead_letter_status::parked, discard, allowed},
          row{dead_letter_status::redriven, redrive, already_done},
          row{dead_letter_status::redriven, discard, closed},
          row{dead_letter_status::discarded, redrive, closed},
          row{dead_letter_status::discarded, discard, already_done}}) {
        CAPTURE(name_of(status));
        CHECK((decide(status, asked) == verdict));
    }
}

TEST_CASE("an event's kind is that of its alternative") {
    CHECK_EQ(kind_of(parked), dead_letter_event_kind::command_parked);
    CHECK_EQ(kind_of(redriven), dead_letter_event_kind::command_redriven);
    CHECK_EQ(kind_of(failed), dead_letter_event_kind::redrive_failed);
    CHECK_EQ(kind_of(discarded), dead_letter_event_kind::command_discarded);
}

TEST_SUITE_END();
