#include "processor/trials/bench/report/bench_report.hpp"

#include "processor/cli/text_output.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <cmath>

namespace datadrop::processor::trials::bench {
namespace {

namespace json = boost::json;

constexpr double bytes_a_megabyte = 1'000'000;
constexpr double bytes_a_gigabyte = 1'000'000'000;
constexpr auto nothing = "-";

// ---- Text

std::string ms(std::int64_t microseconds) {
    return fmt::format("{:.2f}", static_cast<double>(microseconds) / 1'000);
}

std::string decimals(std::optional<double> value) {
    return value ? fmt::format("{:.3f}", *value) : nothing;
}

std::string whole(std::optional<double> value) {
    return value ? cli::grouped(std::llround(*value)) : nothing;
}

std::string megabytes(std::optional<std::int64_t> bytes) {
    if (!bytes) return nothing;
    return fmt::format("{:.0f}", static_cast<double>(*bytes) / bytes_a_megabyte);
}

/// Cells of the columns from "dead" to "p99.9".
std::string answers_cells(const std::optional<load_report>& r) {
    if (!r)
        return fmt::format("{:>8}{:>8}{:>9}{:>9}{:>9}{:>9}", nothing, nothing, nothing, nothing,
                           nothing, nothing);
    return fmt::format(
        "{:>8}{:>8}{:>9}{:>9}{:>9}{:>9}", fmt::format("{:.1f} %", dead_lettered_percent(*r)),
        fmt::format("{:.2f}", retries_a_command(*r)), ms(r->accepted_after.p50),
        ms(r->accepted_after.p95), ms(r->accepted_after.p99), ms(r->accepted_after.p999));
}

std::string contender_line(const std::string& name, const run_figures& f) {
    return fmt::format("  {:36}{:>11}{}{:>8}{:>8}{:>8}{:>8}{:>7}{:>7}\n", name,
                       cli::grouped(std::llround(f.per_second)), answers_cells(f.answers),
                       decimals(f.client_cpu), decimals(f.server_cpu), decimals(f.postgres_cpu),
                       whole(f.wal_bytes), megabytes(f.client_memory), megabytes(f.server_memory));
}

std::string server_text(const std::map<std::string, std::string>& settings) {
    std::string text;
    for (const auto& [name, value] : settings)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
    return text;
}

// ---- JSON

json::object to_json(const latencies& l) {
    return {{"p50", l.p50}, {"p95", l.p95}, {"p99", l.p99}, {"p99_9", l.p999}, {"max", l.max}};
}

json::object answers_json(const load_report& r) {
    return {{"accepted", r.accepted},
            {"first_half", r.first_half},
            {"rejected", r.rejected},
            {"conflicts", r.conflicts},
            {"dead_lettered", r.dead_lettered},
            {"overloaded", r.overloaded},
            {"unavailable", r.unavailable},
            {"retries", r.retries},
            {"seconds", r.seconds},
            {"dead_lettered_percent", dead_lettered_percent(r)},
            {"retries_per_command", retries_a_command(r)},
            {"accepted_after_us", to_json(r.accepted_after)},
            {"overloaded_after_us", to_json(r.overloaded_after)}};
}

template <typename Value>
json::value or_null(const std::optional<Value>& value) {
    return value ? json::value(*value) : json::value(nullptr);
}

json::object contender_json(const std::string& name, const run_figures& f,
                            const std::vector<double>& runs) {
    return {{"name", name},
            {"per_second", f.per_second},
            {"runs_per_second", json::array(runs.begin(), runs.end())},
            {"answers", f.answers ? json::value(answers_json(*f.answers)) : json::value(nullptr)},
            {"client_cpu_seconds_per_1000", or_null(f.client_cpu)},
            {"server_cpu_seconds_per_1000", or_null(f.server_cpu)},
            {"postgres_cpu_seconds_per_1000", or_null(f.postgres_cpu)},
            {"wal_bytes_per_command", or_null(f.wal_bytes)},
            {"client_peak_memory", or_null(f.client_memory)},
            {"server_peak_memory", or_null(f.server_memory)}};
}

json::object verdict_json(const target_result& v, const row& r) {
    return {{"what", target_text(v, r)},
            {"reached", v.reached},
            {"bound", v.wanted.bound},
            {"met", v.met}};
}

} // namespace

std::string heading_text(const surroundings& at) {
    return fmt::format("{} cores of {}, {:.0f} GB\nPostgreSQL: {}{}\n\n", at.hardware.cores,
                       at.hardware.processor,
                       static_cast<double>(at.hardware.memory) / bytes_a_gigabyte,
                       server_text(at.server), at.note.empty() ? "" : "\n" + at.note) +
           fmt::format("{:38}{:>11}{:>16}{:>36}{:>24}{:>8}{:>14}\n", "", "", "", "latency, ms",
                       "CPU s per 1,000 of", "WAL", "peak MB of") +
           fmt::format("{:38}{:>11}{:>8}{:>8}{:>9}{:>9}{:>9}{:>9}{:>8}{:>8}{:>8}{:>8}{:>7}{:>7}\n",
                       "", "a second", "dead", "retries", "p50", "p95", "p99", "p99.9", "client",
                       "server", "pg", "a cmd", "client", "server");
}

std::string row_text(const row_result& r) {
    auto text = fmt::format("{}: {}\n", r.what.name, r.what.what);
    for (std::size_t i = 0; i < r.medians.size(); ++i)
        text += contender_line(r.what.contenders[i].name, r.medians[i]);
    for (const auto& v : r.verdicts)
        text += fmt::format("  {} {}\n", v.met ? "✓" : "✗", target_text(v, r.what));
    return text;
}

json::object surroundings_json(const surroundings& at) {
    json::object server;
    for (const auto& [name, value] : at.server)
        server[name] = value;
    return {{"cores", at.hardware.cores},
            {"processor", at.hardware.processor},
            {"memory", at.hardware.memory},
            {"postgres", std::move(server)},
            {"note", at.note}};
}

std::string failure_text(const row& r, const std::string& why) {
    return fmt::format("{}: {}\n  ✗ failed: {}\n", r.name, r.what, why);
}

json::object failure_json(const row& r, const std::string& why) {
    return {{"name", r.name}, {"what", r.what}, {"failed", why}};
}

json::object row_json(const row_result& r) {
    json::array contenders;
    for (std::size_t i = 0; i < r.medians.size(); ++i)
        contenders.push_back(contender_json(r.what.contenders[i].name, r.medians[i], r.runs[i]));
    json::array targets;
    for (const auto& v : r.verdicts)
        targets.push_back(verdict_json(v, r.what));
    return {{"name", r.what.name},
            {"what", r.what.what},
            {"contenders", std::move(contenders)},
            {"targets", std::move(targets)}};
}

} // namespace datadrop::processor::trials::bench
