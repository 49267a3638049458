#pragma once
// What a text is made of. Pure; every thread.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace datadrop::processor::http {

/// Whether a text may have line breaks and tabs.
enum class lines { one, several };

/// How many characters (code points) a text has; nothing when it is not UTF-8 (RFC 3629) or holds
/// a control character (U+0000–U+001F, U+007F–U+009F) other than the allowed tabs (U+0009) and line
/// breaks (U+000A, U+000D).
std::optional<std::size_t> count_characters(std::string_view text, lines allowed = lines::one);

/// The bytes of the text's first code point; 0 when it does not begin with one (RFC 3629).
std::size_t size_of_first_character(std::string_view text);

/// 0x21–0x7E only.
bool is_visible_ascii(std::string_view text);
/// 0x20–0x7E only.
bool is_printable_ascii(std::string_view text);

/// A name that came from outside, short enough for a sentence; one that is no text by
/// count_characters is not shown, since an answer has to be UTF-8.
std::string in_quotes(std::string_view name);

} // namespace datadrop::processor::http
