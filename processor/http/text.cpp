#include "processor/http/text.hpp"

#include <algorithm>
#include <cstdint>

namespace datadrop::processor::http {

namespace {

struct form {
    std::size_t length = 0;  // bytes of the sequence; 0: no sequence begins like this
    std::uint32_t bits = 0;  // of the first byte
    std::uint32_t least = 0; // the smallest code point that needs that many bytes
};

form form_of(unsigned char first) {
    if (first < 0x80) return {1, first, 0};
    if (first >> 5 == 0x06) return {2, first & 0x1Fu, 0x80};
    if (first >> 4 == 0x0E) return {3, first & 0x0Fu, 0x800};
    if (first >> 3 == 0x1E) return {4, first & 0x07u, 0x10000};
    return {};
}

/// Takes the first code point off; nothing when the text does not begin with one.
std::optional<std::uint32_t> take_code_point(std::string_view& text) {
    const auto [length, bits, least] = form_of(static_cast<unsigned char>(text.front()));
    if (length == 0 || text.size() < length) return std::nullopt;
    auto value = bits;
    for (const char c : text.substr(1, length - 1)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >> 6 != 0x02) return std::nullopt;
        value = value << 6 | (byte & 0x3Fu);
    }
    text.remove_prefix(length);
    // Halves of pairs and longer spellings of a short one are not UTF-8, though they look like it:
    // each has been a way around somebody's checks.
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < least || value > 0x10FFFF || surrogate) return std::nullopt;
    return value;
}

bool is_control(std::uint32_t code_point) {
    return code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F);
}

bool breaks_lines(std::uint32_t code_point) {
    return code_point == '\t' || code_point == '\n' || code_point == '\r';
}

} // namespace

std::optional<std::size_t> count_characters(std::string_view text, lines allowed) {
    std::size_t count = 0;
    while (!text.empty()) {
        const auto code_point = take_code_point(text);
        if (!code_point) return std::nullopt;
        const bool is_allowed = allowed == lines::several && breaks_lines(*code_point);
        if (is_control(*code_point) && !is_allowed) return std::nullopt;
        ++count;
    }
    return count;
}

std::size_t size_of_first_character(std::string_view text) {
    auto rest = text;
    if (text.empty() || !take_code_point(rest)) return 0;
    return text.size() - rest.size();
}

bool is_visible_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

bool is_printable_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

std::string in_quotes(std::string_view name) {
    constexpr std::size_t shown_max = 64;
    if (!count_characters(name)) return "\"…\"";
    if (name.size() <= shown_max) return '"' + std::string{name} + '"';
    // Not in the middle of a character, which would be none any more.
    auto end = shown_max;
    while (end > 0 && (static_cast<unsigned char>(name[end]) >> 6) == 0x02)
        --end;
    return '"' + std::string{name.substr(0, end)} + "…\"";
}

} // namespace datadrop::processor::http
