#include "processor/cli/doctor_report.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;
using namespace eventstore::postgres::doctor;

constexpr std::size_t severity_width = 9;
constexpr std::size_t check_width = 15;

std::int64_t count_of(const doctor_report& report, severity how_bad) {
    return std::ranges::count(report.all, how_bad, &finding::how_bad);
}

std::string more_lines(const finding& f) {
    const std::string indent(severity_width + check_width, ' ');
    std::string text;
    if (!f.why.empty()) text += indent + "why:  " + f.why + "\n";
    const char* title = "mend: ";
    for (const auto& line : f.remedy) {
        text += indent + title + line + "\n";
        title = "      ";
    }
    return text;
}

json::object to_json(const finding& f) {
    return {{"check", f.check},
            {"severity", name_of(f.how_bad)},
            {"what", f.what},
            {"why", f.why.empty() ? json::value(nullptr) : json::value(f.why)},
            {"remedy", json::array(f.remedy.begin(), f.remedy.end())}};
}

} // namespace

void doctor_report::accept(const std::vector<std::string>& checks) {
    for (auto& f : all)
        if (std::ranges::find(checks, f.check) != checks.end())
            f.how_bad = std::min(f.how_bad, severity::note);
}

severity doctor_report::worst() const {
    const auto found = std::ranges::max_element(all, {}, &finding::how_bad);
    return found == all.end() ? severity::ok : found->how_bad;
}

std::string to_text(const doctor_report& report) {
    std::string text;
    for (const auto& f : report.all)
        text += fmt::format("{:<{}}{:<{}}{}\n", name_of(f.how_bad), severity_width, f.check,
                            check_width, f.what) +
                more_lines(f);
    return text +
           fmt::format("errors: {}, warnings: {}, notes: {}\n", count_of(report, severity::error),
                       count_of(report, severity::warning), count_of(report, severity::note));
}

json::object to_json(const doctor_report& report) {
    json::array rows;
    for (const auto& f : report.all)
        rows.push_back(to_json(f));
    return {{"database", report.database},
            {"role", report.role},
            {"server_version", report.server_version},
            {"errors", count_of(report, severity::error)},
            {"warnings", count_of(report, severity::warning)},
            {"notes", count_of(report, severity::note)},
            {"findings", std::move(rows)}};
}

} // namespace datadrop::processor::cli
