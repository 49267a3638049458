#include "processor/cli/text_output.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;

/// A text on one line, whatever line breaks and tabs it has.
std::string on_one_line(std::string_view text) {
    std::string line;
    for (const char c : text) {
        if (c == '\n')
            line += "\\n";
        else if (c == '\r')
            line += "\\r";
        else if (c == '\t')
            line += "\\t";
        else
            line += c;
    }
    return line;
}

/// Of a list, how long it is.
std::string scalar_text(const json::value& value) {
    if (value.is_null()) return {};
    if (value.is_string()) return on_one_line(value.get_string());
    if (value.is_double()) return fmt::format("{:.3f}", value.get_double());
    if (value.is_array()) return std::to_string(value.get_array().size());
    return json::serialize(value);
}

/// "RulesAccepted at version 5".
std::string where_it_stands(const json::object& outcome) {
    return field_text(outcome, "state") + " at version " + field_text(outcome, "version");
}

std::string remarks(const json::object& outcome) {
    std::string text;
    if (const auto attempts = field_text(outcome, "attempts"); !attempts.empty() && attempts != "1")
        text = attempts + " attempts";
    if (field_text(outcome, "replayed") == "true") text += text.empty() ? "replayed" : ", replayed";
    return text.empty() ? text : " (" + text + ")";
}

std::string outcome_words(const json::object& outcome) {
    const auto kind = field_text(outcome, "outcome");
    const auto code = field_text(outcome, "code");
    const auto detail = field_text(outcome, "detail");
    if (kind == "accepted")
        return where_it_stands(outcome) + ", position " + field_text(outcome, "position");
    if (kind != "invalid") return code + (detail.empty() ? "" : ": " + detail);
    const auto line = field_text(outcome, "line");
    const bool names_it = line.empty() || detail.starts_with("line " + line);
    return (names_it ? "" : "line " + line + ": ") + (detail.empty() ? code : detail);
}

} // namespace

std::string grouped(std::int64_t number) {
    auto text = std::to_string(number);
    for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3)
        text.insert(static_cast<std::size_t>(i), ",");
    return text;
}

std::string field_text(const json::object& from, std::string_view name) {
    const auto* const value = from.if_contains(name);
    return value ? scalar_text(*value) : std::string();
}

std::string outcome_line(const json::object& outcome) {
    std::string line = fmt::format("{:<14}", field_text(outcome, "outcome"));
    if (outcome.contains("guild_id"))
        line += "guild " + field_text(outcome, "guild_id") + " user " +
                field_text(outcome, "user_id") + ": ";
    return line + outcome_words(outcome) + remarks(outcome);
}

std::string event_line(const json::object& event) {
    auto line =
        fmt::format("{:>8}  {}", field_text(event, "position"), field_text(event, "recorded_at"));
    if (event.contains("guild_id"))
        line +=
            "  guild " + field_text(event, "guild_id") + " user " + field_text(event, "user_id");
    line += fmt::format("  version {:<3} {:<22} {} -> {}", field_text(event, "version"),
                        field_text(event, "event"), field_text(event, "from_state"),
                        field_text(event, "to_state"));
    line += "  by " + field_text(event, "source");
    if (const auto actor = field_text(event, "actor"); !actor.empty()) line += " for " + actor;
    if (const auto reason = field_text(event, "reason"); !reason.empty()) line += ": " + reason;
    return line;
}

std::string field_lines(const json::object& from) {
    std::size_t width = 0;
    for (const auto& [name, value] : from)
        width = std::max(width, name.size());
    std::string text;
    for (const auto& [name, value] : from)
        if (value.is_primitive() && !value.is_null())
            text += fmt::format("{:<{}}  {}\n", std::string_view(name), width, scalar_text(value));
    return text;
}

std::string table(std::span<const column> columns, const json::array& rows) {
    if (rows.empty()) return "none\n";
    std::vector<std::vector<std::string>> lines(1);
    for (const auto& c : columns)
        lines[0].push_back(c.title);
    for (const auto& row : rows) {
        auto& line = lines.emplace_back();
        for (const auto& c : columns)
            line.push_back(field_text(row.as_object(), c.field));
    }
    std::string text;
    std::vector<std::size_t> widths(columns.size());
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], line[i].size());
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i)
            text += i + 1 == line.size() ? line[i] : fmt::format("{:<{}}  ", line[i], widths[i]);
        text += "\n";
    }
    return text;
}

} // namespace datadrop::processor::cli
