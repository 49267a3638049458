#include "processor/trials/bench/loads/feed_events.hpp"

#include "projections/rfc3339.hpp"

namespace datadrop::processor::trials::bench {
namespace {

constexpr std::string_view block_end = "\n\n";

/// Comments, and ids alone, are no events.
bool is_event(std::string_view block) {
    return block.find("\ndata: ") != block.npos || block.starts_with("data: ");
}

std::optional<domain::timestamp> recorded_at(std::string_view block) {
    constexpr std::string_view field = R"("recorded_at":")";
    const auto at = block.find(field);
    if (at == block.npos) return std::nullopt;
    const auto value = block.substr(at + field.size());
    return projections::parse_timestamp(value.substr(0, value.find('"')));
}

} // namespace

void feed_events::feed(std::string_view bytes, const take_event& take) {
    rest_ += bytes;
    std::string_view left = rest_;
    for (auto end = left.find(block_end); end != left.npos; end = left.find(block_end)) {
        const auto block = left.substr(0, end);
        if (is_event(block)) take(recorded_at(block));
        left.remove_prefix(end + block_end.size());
    }
    rest_.erase(0, rest_.size() - left.size());
}

} // namespace datadrop::processor::trials::bench
