#pragma once
// Texts of a filter of dead letters, in a query and in a run's body. Pure; every thread.

#include "processor/http/http_limits.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace datadrop::processor::http {

inline constexpr std::string_view time_must = "a time as in RFC 3339: 2024-09-01T10:11:12Z";
inline constexpr std::string_view code_must = "a code, such as retry_budget_spent";

/// Codes are words of this program; which there are, a database may know better than we do.
inline std::optional<std::string> parse_letter_code(std::string_view text) {
    const auto is_of_code = [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); };
    if (text.empty() || text.size() > code_characters_max) return std::nullopt;
    if (!std::ranges::all_of(text, is_of_code)) return std::nullopt;
    return std::string(text);
}

} // namespace datadrop::processor::http
