#include "tests/support/chains.hpp"

#include <utility>

namespace datadrop::test {
namespace {

using eventstore::chain;
using eventstore::head;
using eventstore::log;

std::shared_ptr<const domain::envelope> shared(domain::envelope command) {
    return std::make_shared<const domain::envelope>(std::move(command));
}

} // namespace

chain decided(const head& expected, std::vector<domain::envelope> commands) {
    chain c{.who = commands.front().who, .expected = expected, .steps = {}, .after = expected};
    for (auto& command : commands) {
        const auto what = domain::decide(c.after.member, domain::command_in(command));
        const auto& event = std::get<domain::event>(what);
        c.after.member = domain::evolve(c.after.member, event);
        c.after.version = domain::next(c.after.version);
        c.steps.push_back({.command = shared(std::move(command)), .event = event});
    }
    return c;
}

chain joined(domain::member_id who) {
    return decided({}, {make_command(who, domain::command_kind::join)});
}

chain checked(const head& expected, std::vector<domain::envelope> commands) {
    chain c{.who = commands.front().who, .expected = expected, .steps = {}, .after = expected};
    for (auto& command : commands)
        c.steps.emplace_back().command = shared(std::move(command));
    return c;
}

chain redriven(const head& expected, const domain::envelope& command,
               eventstore::dead_letter_id letter) {
    auto received = command;
    received.address.reset(); // it waits in the log
    auto c = decided(expected, {received});
    c.steps.front().redriven =
        eventstore::redrive{.id = letter, .by = an_operator, .reason = "fixed"};
    return c;
}

eventstore::partition_number partition_for(const log& log, domain::member_id who) {
    return eventstore::partition_of(who.guild, log.partitions());
}

eventstore::chain_fate append(log& log, const chain& one) {
    return log.append(partition_for(log, one.who), {}, std::span(&one, 1)).fates.at(0);
}

eventstore::park_fate park(log& log, const domain::envelope& command) {
    const eventstore::parking one{
        .command = shared(command), .attempts = {an_attempt()}, .code = "retry_budget_spent"};
    return log.park(partition_for(log, command.who), std::span(&one, 1)).at(0);
}

head head_of(log& log, domain::member_id who) {
    return log.load(partition_for(log, who), std::span(&who, 1)).heads.at(0);
}

head bring_to(log& log, domain::member_id who, domain::state goal) {
    const auto way = decided({}, commands_to(goal, who));
    REQUIRE_EQ(append(log, way).what, fate::appended);
    return way.after;
}

domain::attempt an_attempt() {
    return {.number = 1,
            .expected_state = domain::state::verified,
            .expected_version = domain::stream_version{7},
            .found_state = domain::state::none,
            .found_version = domain::stream_version{},
            .at = domain::timestamp(std::chrono::microseconds(1'700'000'000'123'456)),
            .stated = domain::stated_expectations{.state = true}};
}

eventstore::recorded recorded_as(const chain& written, std::size_t step,
                                 eventstore::global_position position) {
    const auto& event = *written.steps.at(step).event;
    auto member = written.expected.member;
    for (std::size_t i = 0; i <= step; ++i)
        member = domain::evolve(member, *written.steps[i].event);
    return {.event = event.kind,
            .data = event.data,
            .state = event.to,
            .version = domain::stream_version{domain::number_of(written.expected.version) +
                                              static_cast<std::int64_t>(step) + 1},
            .position = position,
            .lifecycle = member.lifecycle,
            .submission = written.steps[step].submission};
}

eventstore::parked parked_as(const domain::envelope& command, eventstore::dead_letter_id id,
                             domain::dead_letter_status status) {
    return {
        .id = id, .status = status, .command = command.kind, .data = command.data, .attempts = 1};
}

} // namespace datadrop::test
