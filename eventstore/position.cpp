#include "eventstore/position.hpp"

#include <algorithm>
#include <charconv>

namespace datadrop::eventstore {

std::optional<global_position> parse_position(std::string_view text) {
    if (text.empty() || (text.front() == '0' && text.size() > 1)) return std::nullopt;
    std::uint64_t value = 0;
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end) return std::nullopt;
    if (value >> sequence_bits >= static_cast<std::uint64_t>(partition_count_max))
        return std::nullopt;
    return global_position{static_cast<std::int64_t>(value)};
}

cursor::cursor(int partitions) {
    for (int p = 0; p < partitions; ++p)
        positions_.push_back(position_at(p, 0));
}

std::optional<cursor> cursor::parse(std::string_view text, int partitions) {
    cursor result(partitions);
    std::uint64_t seen = 0;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto part = parse_position(text.substr(0, comma));
        if (!part || partition_of(*part) >= partitions) return std::nullopt;
        const auto bit = std::uint64_t{1} << partition_of(*part);
        if ((seen & bit) != 0) return std::nullopt;
        seen |= bit;
        result.advance(*part);
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
        if (text.empty()) return std::nullopt;
    }
    return result;
}

global_position cursor::at(int partition) const {
    return positions_.at(static_cast<std::size_t>(partition));
}

void cursor::advance(global_position to) {
    auto& position = positions_.at(static_cast<std::size_t>(partition_of(to)));
    position = std::max(position, to);
}

std::string cursor::text() const {
    std::string joined;
    for (const auto position : positions_) {
        if (sequence_of(position) == 0) continue;
        if (!joined.empty()) joined += ',';
        joined += std::to_string(number_of(position));
    }
    return joined.empty() ? "0" : joined;
}

} // namespace datadrop::eventstore
