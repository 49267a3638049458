#include "processor/cli/letter_text.hpp"

#include "processor/cli/text_output.hpp"
#include "projections/rfc3339.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;
using std::chrono::system_clock;

const json::object& object_in(const json::object& from, std::string_view name) {
    static const json::object none;
    const auto* value = from.if_contains(name);
    return value != nullptr && value->is_object() ? value->get_object() : none;
}

const json::array& list_in(const json::object& from, std::string_view name) {
    static const json::array none;
    const auto* value = from.if_contains(name);
    return value != nullptr && value->is_array() ? value->get_array() : none;
}

/// With something in front where there is a text.
std::string behind(std::string_view front, const std::string& text) {
    return text.empty() ? text : std::string(front) + text;
}

std::string in_brackets(const std::string& text) { return text.empty() ? "" : " (" + text + ")"; }

std::string age_text(std::string_view since, system_clock::time_point now) {
    using namespace std::chrono;
    const auto at = projections::parse_timestamp(since);
    if (!at) return {};
    const auto age = duration_cast<seconds>(now - *at);
    if (age < 2min) return fmt::format("{} s", std::max<std::int64_t>(0, age.count()));
    if (age < 2h) return fmt::format("{} min", duration_cast<minutes>(age).count());
    if (age < 48h) return fmt::format("{} h", duration_cast<hours>(age).count());
    return fmt::format("{} d", duration_cast<days>(age).count());
}

std::string place_text(const json::object& of, std::string_view state, std::string_view version) {
    const auto name = field_text(of, state);
    return name + behind(name.empty() ? "version " : " at version ", field_text(of, version));
}

std::string stated_text(const json::object& attempt) {
    std::string names;
    for (const auto& one : list_in(attempt, "stated"))
        if (one.is_string())
            names += (names.empty() ? "" : " and ") +
                     std::string(one == "expected_state" ? "state" : "version");
    return names.empty() ? names : " (stated: " + names + ")";
}

std::string winner_text(const json::object& attempt) {
    const auto& won = object_in(attempt, "winner");
    if (won.empty()) return {};
    return ", by " + field_text(won, "event") + " of " + field_text(won, "source") +
           in_brackets(field_text(won, "actor")) + " at " + field_text(won, "at");
}

std::string attempt_line(const json::object& attempt) {
    auto line = fmt::format(
        "  {}  {}  expected {}{}", field_text(attempt, "number"), field_text(attempt, "at"),
        place_text(attempt, "expected_state", "expected_version"), stated_text(attempt));
    if (const auto why = field_text(attempt, "why"); !why.empty())
        return line + "; no answer: " + why;
    return line + "; found " + place_text(attempt, "found_state", "found_version") +
           winner_text(attempt);
}

std::string attempt_lines(const json::object& of, std::string_view indent) {
    std::string text;
    for (const auto& one : list_in(of, "attempts"))
        if (one.is_object()) text += std::string(indent) + attempt_line(one.get_object()) + "\n";
    return text;
}

std::string titled(std::string_view title, const std::string& lines) {
    return lines.empty() ? lines : std::string(title) + ":\n" + lines;
}

std::string deeds(const json::object& letter) {
    std::string text;
    for (const auto& one : list_in(letter, "events")) {
        if (!one.is_object()) continue;
        const auto& deed = one.get_object();
        text +=
            fmt::format("  {}  {} by {}{}{}\n", field_text(deed, "at"), field_text(deed, "type"),
                        field_text(deed, "by"), in_brackets(field_text(deed, "code")),
                        behind(": ", field_text(deed, "reason")));
        text += attempt_lines(deed, "  ");
    }
    return text;
}

std::string since_lines(const json::object& of) {
    std::string text;
    for (const auto& one : list_in(of, "since")) {
        if (!one.is_object()) continue;
        const auto& e = one.get_object();
        text +=
            fmt::format("  {}  version {}: {} -> {} by {}{}\n", field_text(e, "recorded_at"),
                        field_text(e, "version"), field_text(e, "event"), field_text(e, "to_state"),
                        field_text(e, "source"), in_brackets(field_text(e, "actor")));
    }
    return text;
}

std::string member_text(const json::object& letter) {
    const auto& member = object_in(letter, "member");
    if (member.empty()) return {};
    return place_text(member, "state", "version") + ", lifecycle " +
           field_text(member, "lifecycle");
}

std::string command_name(const json::object& letter) {
    return field_text(object_in(letter, "command"), "command");
}

/// "AcceptRules by the-bot (bot) is parked: wanted RoleEligible, found …".
std::string first_line(const json::object& letter) {
    return fmt::format("{} by {}{} is {}{}\n", command_name(letter),
                       field_text(letter, "submitted_by"),
                       in_brackets(field_text(letter, "source")), field_text(letter, "status"),
                       behind(": ", field_text(letter, "summary")));
}

/// The first line has said it, and who copies the etag wants it as it is.
json::object without_summary(json::object letter) {
    letter.erase("summary");
    return letter;
}

} // namespace

std::string letter_text(const json::object& letter) {
    auto text = first_line(letter) + "\n" + field_lines(without_summary(letter));
    text += behind("member now: ", member_text(letter)) + "\n";
    if (const auto* const command = letter.if_contains("command"))
        text += "command:\n  " + json::serialize(*command) + "\n";
    return text + titled("attempts", attempt_lines(letter, "")) + titled("events", deeds(letter)) +
           titled("since", since_lines(letter));
}

std::string preview_text(const json::object& preview) {
    const auto& would = object_in(preview, "would");
    const auto& letter = object_in(preview, "dead_letter");
    auto text = "a redrive now would be " + field_text(would, "outcome");
    if (would.contains("event"))
        text += fmt::format(": {} at version {}, {} -> {}", field_text(would, "event"),
                            field_text(would, "version"), field_text(would, "from_state"),
                            field_text(would, "to_state"));
    else
        text += in_brackets(field_text(would, "code")) + behind(": ", field_text(would, "detail"));
    text += "\n" + first_line(letter);
    text += behind("member now: ", member_text(letter)) + "\n";
    text += behind("etag: ", field_text(letter, "etag")) + "\n";
    const auto since = since_lines(preview);
    return text + (since.empty() ? "nothing happened to the member since\n"
                                 : titled("since it was parked", since));
}

json::object letter_row(const json::object& letter, system_clock::time_point now) {
    const auto wanted = field_text(object_in(letter, "command"), "expected_state");
    return {{"id", field_text(letter, "id")},
            {"command", command_name(letter)},
            {"member", field_text(letter, "guild_id") + "/" + field_text(letter, "user_id")},
            {"wanted", wanted.empty() ? "any" : wanted},
            {"now", field_text(object_in(letter, "member"), "state")},
            {"age", age_text(field_text(letter, "parked_at"), now)},
            {"code", field_text(letter, "code")},
            {"status", field_text(letter, "status")}};
}

std::string counts_line(const json::object& counts, system_clock::time_point now) {
    auto line = field_text(counts, "count");
    line += behind(", the oldest for ", age_text(field_text(counts, "oldest_parked_at"), now));
    std::string codes;
    for (const auto& one : list_in(counts, "by_code"))
        if (one.is_object())
            codes += (codes.empty() ? ": " : ", ") + field_text(one.get_object(), "code") + " " +
                     field_text(one.get_object(), "count");
    return line + codes;
}

} // namespace datadrop::processor::cli
