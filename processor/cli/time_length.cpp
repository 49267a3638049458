#include "processor/cli/time_length.hpp"

#include <charconv>
#include <cstdint>
#include <utility>

namespace datadrop::processor::cli {
namespace {

using namespace std::chrono;

constexpr std::int64_t number_max = 100'000;

std::optional<seconds> unit_of(char letter) {
    switch (letter) {
    case 's':
        return 1s;
    case 'm':
        return 1min;
    case 'h':
        return 1h;
    case 'd':
        return 24h;
    default:
        return std::nullopt;
    }
}

} // namespace

std::optional<seconds> parse_time_length(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    const auto unit = unit_of(text.back());
    text.remove_suffix(1);
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && stop == text.data() + text.size();
    if (!unit || !whole || number < 0 || number > number_max) return std::nullopt;
    return number * *unit;
}

CLI::Validator time_length(std::string what) {
    return CLI::Validator(
        [what = std::move(what)](std::string& text) {
            if (parse_time_length(text)) return std::string();
            return "\"" + text + "\" is no " + what +
                   ": a number and s, m, h or d, such as 15m or 90d";
        },
        "TIME");
}

} // namespace datadrop::processor::cli
