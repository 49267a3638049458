#include "processor/trials/bench/report/run_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace datadrop::processor::trials::bench {
namespace {

constexpr double microseconds_a_millisecond = 1'000;
constexpr double bytes_a_megabyte = 1'000'000;

double quotient(double of, double by) { return by > 0 ? of / by : 0; }

double in_ms(std::int64_t microseconds) {
    return static_cast<double>(microseconds) / microseconds_a_millisecond;
}

double half_ratio(const load_report& r) {
    return quotient(static_cast<double>(r.accepted - r.first_half),
                    static_cast<double>(r.first_half));
}

latencies accepted_after(const run_figures& f) {
    return f.answers.value_or(load_report{}).accepted_after;
}

std::int64_t p50_of(const run_figures& f) { return accepted_after(f).p50; }

std::int64_t p99_of(const run_figures& f) { return accepted_after(f).p99; }

/// Seconds, of all processes; nothing unless all of it is known.
std::optional<double> cpu_of(const run_figures& f) {
    if (!f.client_cpu || !f.postgres_cpu) return std::nullopt;
    return *f.client_cpu + f.server_cpu.value_or(0) + *f.postgres_cpu;
}

double reached(const target& t, const std::vector<run_figures>& of) {
    const auto& own = of.front();
    const auto answers = own.answers.value_or(load_report{});
    switch (t.what) {
    case judged::ratio:
        return quotient(own.per_second, of.at(t.against).per_second);
    case judged::latency_ratio:
        return quotient(static_cast<double>(p50_of(own)),
                        static_cast<double>(p50_of(of.at(t.against))));
    case judged::p99_ratio:
        return quotient(static_cast<double>(p99_of(own)),
                        static_cast<double>(p99_of(of.at(t.against))));
    case judged::cpu_ratio:
        return quotient(cpu_of(own).value_or(0), cpu_of(of.at(t.against)).value_or(0));
    case judged::wal_ratio:
        return quotient(own.wal_bytes.value_or(0), of.at(t.against).wal_bytes.value_or(0));
    case judged::a_second:
        return own.per_second;
    case judged::half_ratio:
        return half_ratio(answers);
    case judged::dead_lettered:
        return static_cast<double>(answers.dead_lettered);
    case judged::p99_ms:
        return in_ms(answers.accepted_after.p99);
    case judged::overloaded_ms:
        return in_ms(answers.overloaded_after.p99);
    case judged::memory_megabytes:
        return static_cast<double>(own.server_memory.value_or(0)) / bytes_a_megabyte;
    case judged::overloaded:
        return static_cast<double>(answers.overloaded);
    }
    throw std::logic_error("a target of no kind");
}

bool is_lower_bound(judged what) {
    return what == judged::ratio || what == judged::half_ratio || what == judged::a_second;
}

bool is_ratio_of_costs(judged what) {
    return what == judged::latency_ratio || what == judged::p99_ratio ||
           what == judged::cpu_ratio || what == judged::wal_ratio;
}

/// Nothing that a target could be missed by is not a target met.
bool was_measured(const target& t, const std::vector<run_figures>& of) {
    if (is_ratio_of_costs(t.what) && reached(t, of) == 0) return false;
    if (t.what == judged::overloaded_ms)
        return of.front().answers && of.front().answers->overloaded > 0;
    return of.front().per_second > 0;
}

latencies worst(const latencies& a, const latencies& b) {
    return {.p50 = std::max(a.p50, b.p50),
            .p95 = std::max(a.p95, b.p95),
            .p99 = std::max(a.p99, b.p99),
            .p999 = std::max(a.p999, b.p999),
            .max = std::max(a.max, b.max)};
}

constexpr std::int64_t load_report::* sums[] = {
    &load_report::accepted,    &load_report::first_half,    &load_report::rejected,
    &load_report::conflicts,   &load_report::dead_lettered, &load_report::overloaded,
    &load_report::unavailable, &load_report::retries,       &load_report::peak_memory,
    &load_report::sent};

std::string words_of_cost(std::string_view cost, const target_result& v, const row& r) {
    const int digits = v.wanted.what == judged::cpu_ratio ? 3 : 2;
    return fmt::format("{} {:.{}f} times that of {}", cost, v.reached, digits,
                       r.contenders[v.wanted.against].name);
}

std::string words_of(const target_result& v, const row& r) {
    switch (v.wanted.what) {
    case judged::ratio:
        return fmt::format("{:.2f} times {}", v.reached, r.contenders[v.wanted.against].name);
    case judged::latency_ratio:
        return words_of_cost("p50", v, r);
    case judged::p99_ratio:
        return words_of_cost("p99", v, r);
    case judged::cpu_ratio:
        return words_of_cost("processor time", v, r);
    case judged::wal_ratio:
        return words_of_cost("WAL", v, r);
    case judged::a_second:
        return fmt::format("{:.0f} a second", v.reached);
    case judged::half_ratio:
        return fmt::format("the second half {:.3f} times the first", v.reached);
    case judged::dead_lettered:
        return fmt::format("{:.0f} dead-lettered", v.reached);
    case judged::p99_ms:
        return fmt::format("p99 {:.1f} ms", v.reached);
    case judged::overloaded_ms:
        return fmt::format("p99 of the answers \"overloaded\" {:.1f} ms", v.reached);
    case judged::memory_megabytes:
        return fmt::format("{:.0f} MB", v.reached);
    case judged::overloaded:
        return fmt::format("{:.0f} overloaded", v.reached);
    }
    throw std::logic_error("a target of no kind");
}

} // namespace

load_report together(const std::vector<load_report>& all) {
    load_report sum = all.at(0);
    for (auto r = all.begin() + 1; r != all.end(); ++r) {
        for (const auto field : sums)
            sum.*field += (*r).*field;
        sum.seconds = std::max(sum.seconds, r->seconds);
        sum.cpu_seconds += r->cpu_seconds;
        sum.accepted_after = worst(sum.accepted_after, r->accepted_after);
        sum.overloaded_after = worst(sum.overloaded_after, r->overloaded_after);
    }
    return sum;
}

run_figures median(std::vector<run_figures> runs, ranked_by what) {
    if (runs.empty()) throw std::logic_error("the median of no run");
    if (what == ranked_by::p99)
        std::ranges::sort(runs, {}, p99_of);
    else
        std::ranges::sort(runs, {}, &run_figures::per_second);
    return runs[runs.size() / 2];
}

double dead_lettered_percent(const load_report& r) {
    const auto all = r.accepted + r.rejected + r.conflicts + r.dead_lettered;
    return 100 * quotient(static_cast<double>(r.dead_lettered), static_cast<double>(all));
}

double retries_a_command(const load_report& r) {
    const auto all = r.accepted + r.rejected + r.conflicts + r.dead_lettered;
    return quotient(static_cast<double>(r.retries), static_cast<double>(all));
}

std::vector<target_result> judge(const row& r, const std::vector<run_figures>& medians) {
    std::vector<target_result> all;
    for (const auto& t : r.targets) {
        const auto value = reached(t, medians);
        const bool met = is_lower_bound(t.what) ? value >= t.bound : value <= t.bound;
        all.push_back({.wanted = t, .reached = value, .met = met && was_measured(t, medians)});
    }
    return all;
}

row_result result_of(const row& r, const std::vector<std::vector<run_figures>>& runs) {
    const bool by_p99 = !r.targets.empty() && (r.targets.front().what == judged::p99_ms ||
                                               r.targets.front().what == judged::p99_ratio);
    row_result result{.what = r, .medians = {}, .runs = {}};
    for (const auto& of_one : runs) {
        result.medians.push_back(median(of_one, by_p99 ? ranked_by::p99 : ranked_by::per_second));
        auto& per_second = result.runs.emplace_back();
        for (const auto& one : of_one)
            per_second.push_back(one.per_second);
    }
    result.verdicts = judge(r, result.medians);
    return result;
}

std::string target_text(const target_result& v, const row& r) {
    return fmt::format("{} ({} {:g})", words_of(v, r),
                       is_lower_bound(v.wanted.what) ? "at least" : "at most", v.wanted.bound);
}

} // namespace datadrop::processor::trials::bench
