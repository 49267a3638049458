#pragma once
// What an operator says of a dead letter: the bodies of redrive and discard. Pure; every thread.

#include "domain/dead_letter.hpp"
#include "processor/http/problem.hpp"
#include "processor/service/service.hpp"

#include <string_view>

namespace datadrop::processor::http {

/// {"reason"?, "expected_state"?, "expected_version"?, "expected_lifecycle"?} or nothing at all. An
/// expectation that is not there is kept as the command was received, null drops it. Problems:
/// malformed_json, unknown_field, invalid_field.
[[nodiscard]] checked<redrive_request>
parse_redrive(std::string_view body, eventstore::dead_letter_id id, const domain::submitter& by);

/// {"reason"}: not blank. Problems: the same, and missing_field.
[[nodiscard]] checked<domain::command_discarded> parse_discard(std::string_view body,
                                                               const domain::submitter& by);

} // namespace datadrop::processor::http
