#include "domain/ids.hpp"

#include <charconv>

namespace datadrop::domain {

std::optional<std::int64_t> parse_snowflake(std::string_view text) {
    if (text.empty() || text.front() < '1' || text.front() > '9') return std::nullopt;
    std::int64_t value = 0;
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

} // namespace datadrop::domain
