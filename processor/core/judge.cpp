#include "processor/core/judge.hpp"

#include <utility>

namespace datadrop::processor {
namespace {

bool expectations_hold(const domain::envelope& command, int number,
                       const eventstore::head& current) {
    const auto stated = stated_in(command, number);
    if (stated.state && *command.expected_state != current.member.current) return false;
    return !stated.version || *command.expected_version == current.version;
}

domain::attempt attempt_begun(const domain::envelope& command, int number,
                              const eventstore::head& expected, domain::timestamp at) {
    const auto stated = stated_in(command, number);
    return {.number = number,
            .expected_state = command.expected_state.value_or(expected.member.current),
            .expected_version = stated.version ? *command.expected_version : expected.version,
            .at = at,
            .stated = stated};
}

} // namespace

verdict judge(const domain::envelope& command, int number, const eventstore::head& current) {
    // In the order of precedence: a stay that is over, then the expectations, then the rules.
    auto decided = decide(current.member, command_in(command));
    const auto* refused = std::get_if<domain::rejection>(&decided);
    if (refused != nullptr && refused->code == domain::rejection_code::lifecycle_over)
        return *refused;
    if (!expectations_hold(command, number, current)) return stale{};
    if (refused != nullptr) return *refused;
    return std::get<domain::event>(std::move(decided));
}

verdict judge_at_last(const domain::envelope& command, const eventstore::head& current) {
    const auto first = judge(command, 1, current);
    if (first != verdict{stale{}} || command.conflict == domain::on_conflict::fail) return first;
    return judge(command, 2, current);
}

bool same_command(const domain::envelope& command, const eventstore::key_holder& holder) {
    if (const auto* written = std::get_if<eventstore::recorded>(&holder))
        return command_of(written->event) == command.kind && written->data == command.data;
    const auto& letter = std::get<eventstore::parked>(holder);
    return letter.command == command.kind && letter.data == command.data;
}

domain::attempt attempt_made(const domain::envelope& command, int number,
                             const eventstore::head& expected, const eventstore::head& found,
                             domain::timestamp at) {
    auto made = attempt_begun(command, number, expected, at);
    made.found_state = found.member.current;
    made.found_version = found.version;
    return made;
}

domain::attempt attempt_unanswered(const domain::envelope& command, int number,
                                   const eventstore::head& expected, std::string why,
                                   domain::timestamp at) {
    auto made = attempt_begun(command, number, expected, at);
    made.why = std::move(why);
    return made;
}

} // namespace datadrop::processor
