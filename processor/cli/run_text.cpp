#include "processor/cli/run_text.hpp"

#include "processor/cli/text_output.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;

/// "     120  accepted: RulesAccepted", a line a row of a histogram.
std::string rows_text(const json::object& run, std::string_view name) {
    std::string text;
    const auto* rows = run.if_contains(name);
    if (rows == nullptr || !rows->is_array()) return text;
    for (const auto& row : rows->get_array()) {
        if (!row.is_object()) continue;
        const auto& of = row.get_object();
        auto what = field_text(of, "event");
        if (what.empty()) what = field_text(of, "code");
        text += fmt::format("{:>10}  {}{}\n", field_text(of, "count"), field_text(of, "outcome"),
                            what.empty() ? "" : ": " + what);
    }
    return text;
}

} // namespace

std::string run_preview_text(const json::object& run) {
    const auto selected = field_text(run, "selected");
    if (selected == "0") return "no parked dead letter is as asked for\n";
    return fmt::format("{} of {} dead letters would come to:\n{}", field_text(run, "act"), selected,
                       rows_text(run, "histogram"));
}

std::string run_text(const json::object& run) {
    auto text = fmt::format("run {} ({} by {}: {}) is {}, {} of {} done\n", field_text(run, "id"),
                            field_text(run, "act"), field_text(run, "by"),
                            field_text(run, "reason"), field_text(run, "status"),
                            field_text(run, "done"), field_text(run, "selected"));
    text += field_text(run, "status") == "previewed" ? run_preview_text(run)
                                                     : rows_text(run, "results");
    for (const auto* name : {"created_at", "started_at", "ended_at", "rate"})
        if (const auto value = field_text(run, name); !value.empty())
            text += fmt::format("{:<10}  {}\n", name, value);
    return text;
}

json::object run_row(const json::object& run) {
    json::object row;
    for (const auto* name :
         {"id", "status", "act", "by", "done", "selected", "created_at", "reason"})
        row[name] = field_text(run, name);
    return row;
}

} // namespace datadrop::processor::cli
