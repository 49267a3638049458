#include "processor/trials/demo/demo_report.hpp"

#include "processor/cli/text_output.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <iterator>

namespace datadrop::processor::trials::demo {
namespace {

namespace json = boost::json;

constexpr int target_us = 500'000; // of the users, for 95 of 100 accepted commands

enum class unit : std::uint8_t { count, time };

/// A line of the table, and a field of the JSON.
struct line {
    std::string_view title;
    std::string_view field;
    std::int64_t door_figures::* value;
    unit of = unit::count;
};

constexpr line lines[] = {
    {"commands sent", "sent", &door_figures::sent},
    {"  accepted", "accepted", &door_figures::accepted},
    {"  answered again (a key sent again)", "replayed", &door_figures::replayed},
    {"  rejected", "rejected", &door_figures::rejected},
    {"  conflicts told (on_conflict: fail)", "conflicts", &door_figures::conflicts},
    {"  dead-lettered", "dead_lettered", &door_figures::dead_lettered},
    {"conflicts retried", "conflicts_retried", &door_figures::retries},
    {"commands a second", "commands_per_second", &door_figures::per_second},
    {"latency of the accepted: p50", "accepted_p50_us", &door_figures::accepted_p50, unit::time},
    {"                         p95", "accepted_p95_us", &door_figures::accepted_p95, unit::time},
    {"                         p99", "accepted_p99_us", &door_figures::accepted_p99, unit::time},
};

std::string shown(std::int64_t value, unit of) {
    return of == unit::count ? cli::grouped(value)
                             : fmt::format("{:.1f} ms", static_cast<double>(value) / 1000);
}

std::string table(const std::vector<door_figures>& sums) {
    auto text = fmt::format("{:36}", "");
    for (const auto& column : sums)
        text += fmt::format("{:>12}", column.door);
    for (const auto& l : lines) {
        text += fmt::format("\n{:36}", l.title);
        for (const auto& column : sums)
            text += fmt::format("{:>12}", shown(column.*l.value, l.of));
    }
    return text + "\n";
}

std::string verdict_on_time(const door_figures& together) {
    return fmt::format("95 of 100 accepted commands took at most {}, {} the target of {}\n",
                       shown(together.accepted_p95, unit::time),
                       together.accepted_p95 < target_us ? "under" : "over",
                       shown(target_us, unit::time));
}

std::string indented(std::string_view text) {
    std::string result = "      ";
    for (const char c : text)
        result += c == '\n' ? std::string("\n      ") : std::string(1, c);
    return result + "\n";
}

std::string findings_text(const std::vector<finding>& findings) {
    std::string text;
    for (const auto& f : findings) {
        const bool holds = f.differences == 0;
        text += fmt::format("  {} {:45}{:>10}{}\n", holds ? "✓" : "✗", f.what,
                            cli::grouped(f.looked_at),
                            holds ? "" : fmt::format("   {} differ", cli::grouped(f.differences)));
        if (!holds) text += indented(f.first);
    }
    return text;
}

json::object to_json(const door_figures& column) {
    json::object fields;
    for (const auto& l : lines)
        fields[l.field] = column.*l.value;
    return fields;
}

json::object to_json(const finding& f) {
    return {{"check", f.what},
            {"looked_at", f.looked_at},
            {"differences", f.differences},
            {"first", f.first}};
}

} // namespace

std::string report_text(const examination& found) {
    return table(found.sums) + "\n" + verdict_on_time(found.sums.back()) +
           fmt::format("\nchecked in plain SQL against the log: {:>26}\n", "looked at") +
           findings_text(found.findings);
}

json::object report_json(const examination& found) {
    json::object sums;
    for (const auto& column : found.sums)
        sums[column.door] = to_json(column);
    json::array findings;
    for (const auto& f : found.findings)
        findings.push_back(to_json(f));
    return {
        {"commands", std::move(sums)}, {"checks", std::move(findings)}, {"passed", found.passed()}};
}

} // namespace datadrop::processor::trials::demo
