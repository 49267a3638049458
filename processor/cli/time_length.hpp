#pragma once
// A length of time as people write it: 90s, 15m, 2h, 7d. Pure; every thread.

#include <CLI/CLI.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace datadrop::processor::cli {

/// Nothing for any other text, and beyond 100,000 of a unit.
std::optional<std::chrono::seconds> parse_time_length(std::string_view text);

/// `what` it is of, in the message about a text that is none: "age".
CLI::Validator time_length(std::string what);

} // namespace datadrop::processor::cli
