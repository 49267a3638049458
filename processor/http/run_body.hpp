#pragma once
// What an operator asks for of many dead letters at once: the bodies of runs. Pure; every thread.

#include "processor/http/problem.hpp"
#include "projections/letter_runs.hpp"

#include <string_view>

namespace datadrop::processor::http {

/// Each act of a run has its reason, and the run's id behind it, within what a reason may be.
inline constexpr std::size_t run_reason_bytes_max = 480;

struct run_body {
    projections::run_request asked;
    std::int64_t limit = projections::run_items_max;
};

/// {"act", "reason", "filter"?, "limit"?, "rate"?, "expected_state"?, "expected_version"?,
/// "expected_lifecycle"?}; the expectations as a redrive's. Problems: malformed_json,
/// missing_field, unknown_field, invalid_field.
[[nodiscard]] checked<run_body> parse_run(std::string_view body, const domain::submitter& by);

/// {"count"}: how many there are, as the preview said. The same problems.
[[nodiscard]] checked<std::int64_t> parse_run_start(std::string_view body);

} // namespace datadrop::processor::http
