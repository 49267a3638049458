#include "processor/cli/sse_parser.hpp"

#include <charconv>

namespace datadrop::processor::cli {
namespace {

std::optional<std::chrono::milliseconds> parse_wait(std::string_view digits) {
    std::uint32_t value = 0;
    const auto end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return std::chrono::milliseconds(value);
}

} // namespace

void sse_parser::feed(std::string_view bytes) {
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
        line_ += bytes.substr(0, end);
        bytes.remove_prefix(end + 1);
        if (line_.ends_with('\r')) line_.pop_back();
        take_line(line_);
        line_.clear();
    }
    line_ += bytes;
}

void sse_parser::restart() {
    line_.clear();
    type_.clear();
    data_.clear();
    id_ = last_id_;
}

void sse_parser::take_line(std::string_view line) {
    if (line.empty()) return complete_event();
    const auto colon = line.find(':');
    const auto name = line.substr(0, colon);
    auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "id") id_ = value;
    if (name == "event") type_ = value;
    if (name == "retry")
        if (const auto wait = parse_wait(value)) retry_ = wait;
    if (name == "data") data_ += (data_.empty() ? "" : "\n") + std::string(value);
}

void sse_parser::complete_event() {
    last_id_ = id_;
    if (!data_.empty()) take_({std::move(type_), std::move(data_), id_});
    type_.clear();
    data_.clear();
}

} // namespace datadrop::processor::cli
