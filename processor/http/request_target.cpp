#include "processor/http/request_target.hpp"

#include "processor/http/http_limits.hpp"
#include "processor/http/text.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace datadrop::processor::http {

namespace {

/// Split first and decoded then, once: an encoded slash is part of its segment.
request_target decoded(const boost::urls::url_view& url) {
    request_target result;
    for (const auto& segment : url.segments())
        result.path.emplace_back(segment);
    for (const auto& parameter : url.params())
        result.parameters.emplace_back(parameter.key, parameter.value);
    return result;
}

std::optional<std::size_t> parse_limit(std::string_view text) {
    std::size_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, ec] = std::from_chars(text.data(), end, value);
    // One spelling a number, as everywhere: no sign, no leading zero.
    const bool whole = ec == std::errc{} && stop == end && text.front() != '0';
    if (!whole || value > page_items_max) return std::nullopt;
    return value;
}

std::optional<domain::guild_id> parse_guild(std::string_view text) {
    const auto number = domain::parse_snowflake(text);
    if (!number) return std::nullopt;
    return domain::guild_id{*number};
}

} // namespace

std::optional<request_target> request_target::parse(std::string_view text) {
    const auto url = text.starts_with('/') ? boost::urls::parse_origin_form(text)
                                           : boost::urls::parse_absolute_uri(text);
    if (!url) return std::nullopt;
    return decoded(*url);
}

query::query(const request_target& where, std::initializer_list<std::string_view> known)
    : where_(where) {
    for (const auto& [name, value] : where_.parameters) {
        const auto same = [&wanted = name](const auto& other) { return other.first == wanted; };
        // A filter whose name is misspelt would let everything through; of two alike, readers
        // disagree which counts.
        if (std::ranges::find(known, std::string_view{name}) == known.end())
            note(problem_code::unknown_parameter,
                 fmt::format("the parameter {} is unknown; known are {}", in_quotes(name),
                             known.size() == 0 ? "none"
                                               : fmt::format("{}", fmt::join(known, ", "))));
        else if (std::ranges::count_if(where_.parameters, same) > 1)
            note(problem_code::invalid_parameter, fmt::format("{} is there more than once", name));
    }
}

std::optional<std::string_view> query::text(std::string_view name) const {
    for (const auto& [given, value] : where_.parameters)
        if (given == name) return value;
    return std::nullopt;
}

std::size_t query::limit() {
    return value("limit", parse_limit, fmt::format("a whole number, 1 to {}", page_items_max))
        .value_or(page_items_default);
}

std::optional<domain::guild_id> query::guild() {
    return value("guild_id", parse_guild, "a snowflake, 1 to 9223372036854775807");
}

std::vector<domain::event_kind> query::events() {
    std::vector<domain::event_kind> kinds;
    for (auto rest = text("event"); rest;) {
        const auto comma = rest->find(',');
        const auto name = rest->substr(0, comma);
        if (const auto kind = domain::parse<domain::event_kind>(name); !kind)
            refuse("event",
                   fmt::format("one or several of {}, joined by commas",
                               fmt::join(domain::names<domain::event_kind>, ", ")),
                   name);
        else if (std::ranges::find(kinds, *kind) == kinds.end())
            kinds.push_back(*kind);
        if (comma == std::string_view::npos) break;
        rest->remove_prefix(comma + 1);
    }
    return kinds;
}

void query::refuse(std::string_view name, std::string_view must, std::string_view given) {
    note(problem_code::invalid_parameter,
         fmt::format("{} must be {}, not {}", name, must, in_quotes(given)));
}

void query::note(problem_code code, std::string detail) {
    if (!first_problem_) first_problem_ = problem{code, std::move(detail)};
}

std::optional<domain::member_id> parse_member(std::string_view guild, std::string_view user) {
    const auto guild_number = domain::parse_snowflake(guild);
    const auto user_number = domain::parse_snowflake(user);
    if (!guild_number || !user_number) return std::nullopt;
    return domain::member_id{domain::guild_id{*guild_number}, domain::user_id{*user_number}};
}

std::string page_token(domain::member_id last) {
    return fmt::format("{}:{}", domain::number_of(last.guild), domain::number_of(last.user));
}

std::optional<domain::member_id> parse_page_token(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    return parse_member(text.substr(0, colon), text.substr(colon + 1));
}

} // namespace datadrop::processor::http
