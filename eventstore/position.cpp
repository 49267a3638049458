#include "eventstore/position.hpp"

#include "domain/check.hpp"

#include <algorithm>
#include <charconv>

namespace datadrop::eventstore {

std::optional<global_position> parse_position(std::string_view text) {
    // One spelling a number, so that texts of cursors can be compared and kept as they are.
    if (text.empty() || (text.front() == '0' && text.size() > 1)) return std::nullopt;
    std::uint64_t value = 0;
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end) return std::nullopt;
    // Beyond the last partition nothing was ever given.
    if (value >> sequence_bits >= static_cast<std::uint64_t>(partition_count_max))
        return std::nullopt;
    return global_position{static_cast<std::int64_t>(value)};
}

namespace {

constexpr std::size_t check_digits = 8;

std::optional<position_check> parse_check(std::string_view text) {
    // Lower case only, for the same reason; from_chars would take both.
    if (text.size() != check_digits ||
        text.find_first_not_of("0123456789abcdef") != std::string_view::npos)
        return std::nullopt;
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return position_check{value};
}

void append_check(std::string& text, position_check check) {
    for (int shift = 28; shift >= 0; shift -= 4)
        text += "0123456789abcdef"[static_cast<std::uint32_t>(check) >> shift & 15];
}

struct read_mark {
    global_position position{};
    std::optional<position_check> check{};
};

std::optional<read_mark> parse_mark(std::string_view text) {
    const auto tilde = text.find('~');
    const auto position = parse_position(text.substr(0, tilde));
    if (!position) return std::nullopt;
    if (tilde == std::string_view::npos) return read_mark{*position};
    // No event stands at a partition's beginning, so there is none to have a check.
    const auto check = parse_check(text.substr(tilde + 1));
    if (!check || sequence_of(*position) == 0) return std::nullopt;
    return read_mark{*position, check};
}

} // namespace

cursor::cursor(int partitions) {
    domain::check(partitions >= 1 && partitions <= partition_count_max,
                  "a log has 1 to 64 partitions");
    for (const auto p : all_partitions(partitions))
        marks_.push_back({.position = position_at(p, 0)});
}

std::optional<cursor> cursor::parse(std::string_view text, int partitions) {
    cursor result(partitions);
    std::uint64_t seen = 0; // a bit a partition: one that is named twice is no cursor of ours
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto part = parse_mark(text.substr(0, comma));
        if (!part || number_of(partition_of(part->position)) >= partitions) return std::nullopt;
        const auto bit = std::uint64_t{1} << index_of(partition_of(part->position));
        if ((seen & bit) != 0) return std::nullopt;
        seen |= bit;
        result.advance(part->position, part->check);
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
        if (text.empty()) return std::nullopt; // a comma with nothing behind it
    }
    return result;
}

global_position cursor::at(partition_number partition) const {
    return marks_.at(index_of(partition)).position;
}

std::optional<position_check> cursor::check_at(partition_number partition) const {
    return marks_.at(index_of(partition)).check;
}

bool cursor::has_all_checks() const {
    return std::all_of(marks_.begin(), marks_.end(),
                       [](const mark& m) { return m.check || sequence_of(m.position) == 0; });
}

void cursor::advance(global_position to, std::optional<position_check> check) {
    auto& at = marks_.at(index_of(partition_of(to)));
    // A cursor never goes back, and a position that it has already may only gain its check.
    if (to < at.position) return;
    if (to > at.position) at = {.position = to};
    if (check) at.check = check;
}

std::string cursor::text() const {
    std::string joined;
    for (const auto& [position, check] : marks_) {
        if (sequence_of(position) == 0) continue;
        if (!joined.empty()) joined += ',';
        joined += std::to_string(number_of(position));
        if (!check) continue;
        joined += '~';
        append_check(joined, *check);
    }
    return joined.empty() ? "0" : joined;
}

} // namespace datadrop::eventstore
