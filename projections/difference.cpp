#include "projections/difference.hpp"

#include "projections/dead_letter_json.hpp"
#include "projections/fold.hpp"
#include "projections/rfc3339.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace datadrop::projections {
namespace {

namespace json = boost::json;
using eventstore::global_position;

/// A row's columns by name, as a person reads them.
using texts = std::vector<std::pair<std::string, std::string>>;

/// What no column of ours needs is not shown whole.
constexpr std::size_t text_bytes_max = 100'000;

bool is_control(unsigned char c, unsigned char before) {
    return c < 0x20 || c == 0x7f || (before == 0xc2 && c >= 0x80 && c < 0xa0);
}

/// Whoever has put it there, it shall not speak to a terminal or begin a line of its own.
std::string shown(std::string_view text) {
    if (text.size() > text_bytes_max)
        return fmt::format("{} bytes that begin with {}", text.size(), shown(text.substr(0, 1)));
    std::string safe;
    for (unsigned char before = 0; const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_control(byte, before))
            safe += fmt::format("\\u{:04x}", byte);
        else
            safe += c;
        before = byte;
    }
    return safe;
}

texts texts_of(const member_columns& row) {
    return {{"state", shown(row.state)},
            {"version", std::to_string(row.version)},
            {"lifecycle", std::to_string(row.lifecycle)},
            {"has_email", row.has_email ? "true" : "false"},
            {"updated_at", to_text(row.updated_at)},
            {"position", std::to_string(row.position)}};
}

/// The same for the same value, whatever order the table gives the fields back in.
std::string canonical(const json::value& value) {
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.size() > 1 ? "," : "") + part; };
    if (const auto* array = value.if_array()) {
        text = "[";
        for (const auto& item : *array)
            add(canonical(item));
        return text + "]";
    }
    const auto* object = value.if_object();
    if (object == nullptr) return json::serialize(value);
    std::map<std::string_view, const json::value*> sorted;
    for (const auto& [name, member] : *object)
        sorted.emplace(name, &member);
    text = "{";
    for (const auto& [name, member] : sorted)
        add(json::serialize(json::string(name)) + ":" + canonical(*member));
    return text + "}";
}

texts texts_of(const dead_letter_columns& row) {
    texts all;
    for (const auto& [name, value] : row.fields)
        all.emplace_back(name,
                         value.is_string() ? std::string(value.get_string()) : canonical(value));
    all.emplace_back("position", std::to_string(row.position));
    return all;
}

/// Of a row as a whole.
std::string summary_of(const member_columns& row) {
    return fmt::format("{}, version {}", shown(row.state), row.version);
}

std::string summary_of(const dead_letter_columns& row) {
    const auto* status = row.fields.if_contains("status");
    return status != nullptr && status->is_string() ? shown(status->get_string())
                                                    : json::serialize(row.fields);
}

std::optional<std::string> value_in(const texts& row, std::string_view name) {
    const auto found = std::ranges::find(row, name, &texts::value_type::first);
    return found == row.end() ? std::nullopt : std::optional(found->second);
}

template <typename Columns>
std::vector<differing_column> differing(const Columns& was, const Columns& is) {
    std::vector<differing_column> found;
    const auto before = texts_of(was);
    for (auto& [name, should] : texts_of(is))
        if (auto held = value_in(before, name); held != should)
            found.push_back({name, std::move(held), std::move(should)});
    return found;
}

template <typename Columns>
std::vector<differing_column> differing(const Columns* was, const Columns* is) {
    if (was != nullptr && is != nullptr) return differing(*was, *is);
    if (is != nullptr) return {{"", std::nullopt, summary_of(*is)}};
    return {{"", summary_of(*was), std::nullopt}};
}

/// Most rows are right: those are told by their values, not by their texts.
template <typename Columns>
bool same(const Columns* was, const Columns* is) {
    return was == is || (was != nullptr && is != nullptr && *was == *is);
}

/// The row after an event.
struct step {
    global_position at{};
    texts row;
};

/// See differing_column::first_event.
std::optional<global_position> since(std::span<const step> steps, const differing_column& column) {
    if (steps.empty()) return std::nullopt;
    if (column.name.empty()) return steps.front().at;
    for (auto i = steps.size(); i-- > 0;)
        if (value_in(steps[i].row, column.name) == column.was)
            return i + 1 < steps.size() ? std::optional(steps[i + 1].at) : std::nullopt;
    auto first = steps.size() - 1;
    while (first > 0 && value_in(steps[first - 1].row, column.name) == column.is)
        --first;
    return steps[first].at;
}

std::string in_words(const differing_column& column) {
    if (column.name.empty()) return column.was ? "should not be there" : "missing";
    return fmt::format("{} is {}, should be {}", column.name, column.was.value_or("missing"),
                       column.is.value_or("missing"));
}

json::value text_or_null(const std::optional<std::string>& text) {
    return text ? json::value(*text) : json::value(nullptr);
}

void fill_in(difference& found, std::span<const step> steps) {
    for (auto& column : found.columns)
        column.first_event = since(steps, column);
}

} // namespace

std::string what_differs(const difference& found) {
    std::string what;
    for (const auto& column : found.columns)
        what += (what.empty() ? "" : "; ") + in_words(column);
    return what;
}

std::optional<global_position> first_event_of(const difference& found) {
    std::optional<global_position> first;
    for (const auto& column : found.columns)
        if (column.first_event && (!first || *column.first_event < *first))
            first = column.first_event;
    return first;
}

json::array to_json(const difference& found) {
    json::array rows;
    for (const auto& column : found.columns) {
        json::object row{{"table", found.table}, {"row", found.row}};
        row["column"] = column.name.empty() ? json::value(nullptr) : json::value(column.name);
        row["was"] = text_or_null(column.was);
        row["is"] = text_or_null(column.is);
        row["first_event"] = column.first_event
                                 ? json::value(std::to_string(number_of(*column.first_event)))
                                 : json::value(nullptr);
        row["what"] = in_words(column);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::optional<difference> compare(domain::member_id who, const member_columns* was,
                                  const member_columns* is) {
    if (same(was, is)) return std::nullopt;
    return difference{
        .table = "membership",
        .row = fmt::format("guild {} user {}", number_of(who.guild), number_of(who.user)),
        .of = who,
        .columns = differing(was, is)};
}

std::optional<difference> compare(eventstore::dead_letter_id id, const dead_letter_columns* was,
                                  const dead_letter_columns* is) {
    if (same(was, is)) return std::nullopt;
    auto columns = differing(was, is);
    if (columns.empty()) return std::nullopt; // another order of the same fields
    return difference{.table = "dead_letters",
                      .row = fmt::format("dead letter {}", number_of(id)),
                      .of = id,
                      .columns = std::move(columns)};
}

void find_first_events(difference& found, std::span<const member_event> events) {
    fold rows;
    std::vector<step> steps;
    for (const auto& e : events) {
        rows.apply({.of_members = {e}, .of_letters = {}});
        steps.push_back({e.position, texts_of(columns_of(*rows.member(e.who)))});
    }
    fill_in(found, steps);
}

void find_first_events(difference& found, const letter_log& letter) {
    const std::span events(letter.events);
    std::vector<step> steps;
    for (std::size_t i = 1; i <= events.size(); ++i) {
        const auto& last = events[i - 1];
        steps.push_back({last.position,
                         texts_of(dead_letter_columns{dead_letter_json(events.first(i), letter.won),
                                                      number_of(last.position)})});
    }
    fill_in(found, steps);
}

} // namespace datadrop::projections
