#include "processor/cli/ndjson.hpp"

#include "processor/http/json_text.hpp"

#include <fmt/format.h>

#include <string_view>

namespace datadrop::processor::cli {
namespace {

/// What Windows' programs put before UTF-8.
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_utf_16(std::string_view text) {
    return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
}

/// What is wrong with the text, or nothing. As strict as the server, which would refuse a whole
/// array for one such line.
std::string complaint_about(const std::string& text, std::int64_t number) {
    const auto parsed = http::parse_json(text);
    if (!parsed && is_utf_16(text))
        return fmt::format("line {} is UTF-16; write the file in UTF-8", number);
    if (!parsed) return fmt::format("line {} is no JSON: {}", number, parsed.error().detail);
    if (parsed->is_object()) return {};
    return fmt::format("line {} is no JSON object; a command is one, such as "
                       "{{\"guild_id\":\"…\",\"user_id\":\"…\",\"command\":\"Join\",…}}",
                       number);
}

bool is_blank(const std::string& text) {
    return text.find_first_not_of(" \t\r") == std::string::npos;
}

} // namespace

bool line_reader::read_raw(std::string& text, bool& fits) {
    text.clear();
    fits = true;
    auto* const from = in_.rdbuf();
    for (;;) {
        const int c = from->sbumpc();
        if (c == std::char_traits<char>::eof()) return !text.empty() || !fits;
        if (c == '\n') return true;
        if (text.size() < line_bytes_max)
            text += static_cast<char>(c);
        else
            fits = false;
    }
}

std::optional<input_line> line_reader::next() {
    input_line line;
    bool fits = true;
    while (read_raw(line.text, fits)) {
        line.number = ++number_;
        if (number_ == 1 && line.text.starts_with(byte_order_mark))
            line.text.erase(0, byte_order_mark.size());
        if (!fits)
            line.unreadable = fmt::format("line {} is over {} bytes", line.number, line_bytes_max);
        else if (is_blank(line.text))
            continue;
        else
            line.unreadable = complaint_about(line.text, line.number);
        return line;
    }
    return std::nullopt;
}

} // namespace datadrop::processor::cli
