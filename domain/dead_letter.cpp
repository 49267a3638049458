#include "domain/dead_letter.hpp"

namespace datadrop::domain {

stated_expectations stated_in(const envelope& command, int number) {
    const bool version_holds = number == 1 || command.conflict == on_conflict::fail;
    return {.state = command.expected_state.has_value(),
            .version = command.expected_version.has_value() && version_holds};
}

dead_letter_status evolve(dead_letter_status current, const dead_letter_event& happened) {
    switch (kind_of(happened)) {
    case dead_letter_event_kind::command_parked:
        return dead_letter_status::parked;
    case dead_letter_event_kind::command_redriven:
        return dead_letter_status::redriven;
    case dead_letter_event_kind::command_discarded:
        return dead_letter_status::discarded;
    case dead_letter_event_kind::redrive_failed:
        break;
    }
    return current;
}

remediation_verdict decide(dead_letter_status current, remediation asked) {
    switch (current) {
    case dead_letter_status::parked:
        return remediation_verdict::allowed;
    case dead_letter_status::redriven:
        return asked == remediation::redrive ? remediation_verdict::already_done
                                             : remediation_verdict::closed;
    case dead_letter_status::discarded:
        break;
    }
    return asked == remediation::discard ? remediation_verdict::already_done
                                         : remediation_verdict::closed;
}

} // namespace datadrop::domain
