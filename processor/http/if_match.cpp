#include "processor/http/if_match.hpp"

#include <algorithm>
#include <optional>

namespace datadrop::processor::http {

namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view weak = "W/";

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// Takes a tag and its quotes from the front; nothing when there is none. A comma may stand in it.
std::optional<std::string_view> take_tag(std::string_view& rest) {
    if (!rest.starts_with('"')) return std::nullopt;
    const auto end = rest.find('"', 1);
    if (end == std::string_view::npos) return std::nullopt;
    const auto tag = rest.substr(0, end + 1);
    rest = trimmed(rest.substr(end + 1));
    return tag;
}

/// The strong tags of a list; nothing for any other text. Empty elements are allowed in a list.
std::optional<std::vector<std::string>> strong_tags_in(std::string_view rest) {
    std::vector<std::string> tags;
    for (rest = trimmed(rest); !rest.empty(); rest = trimmed(rest)) {
        if (rest.starts_with(',')) {
            rest.remove_prefix(1);
            continue;
        }
        const bool is_weak = rest.starts_with(weak);
        if (is_weak) rest.remove_prefix(weak.size());
        const auto tag = take_tag(rest);
        const bool ends = rest.empty() || rest.starts_with(',');
        if (!tag || !ends) return std::nullopt;
        if (!is_weak) tags.emplace_back(*tag);
    }
    return tags;
}

} // namespace

checked<if_match> if_match::parse(const request& from) {
    if_match asked;
    const auto [first, last] = from.equal_range(field::if_match);
    if (first == last) return asked;
    // Several lines are one list (RFC 9110, 5.3).
    std::string all;
    for (auto line = first; line != last; ++line)
        all += (all.empty() ? "" : ", ") + std::string(line->value());
    if (trimmed(all) == "*") return asked;
    auto tags = strong_tags_in(all);
    if (!tags)
        return problem{problem_code::malformed_request,
                       "If-Match must be * or entity tags in quotes, as a dead letter's etag is"};
    asked.any_ = false;
    asked.tags_ = *std::move(tags);
    return asked;
}

bool if_match::holds(std::string_view tag) const {
    return any_ || std::ranges::find(tags_, tag) != tags_.end();
}

} // namespace datadrop::processor::http
