#include "processor/trials/bench/loads/load_book.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <ostream>

namespace datadrop::processor::trials::bench {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

rusage own_usage() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage;
}

double seconds_of(const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

double cpu_seconds() {
    const auto usage = own_usage();
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

std::uint32_t microseconds_between(steady_time from, steady_time to) {
    return static_cast<std::uint32_t>(std::chrono::duration_cast<microseconds>(to - from).count());
}

step_taken step_of(outcome_kind kind) {
    switch (kind) {
    case outcome_kind::accepted:
        return step_taken::yes;
    case outcome_kind::unavailable:
        return step_taken::unknown;
    case outcome_kind::rejected:
    case outcome_kind::conflict:
    case outcome_kind::dead_lettered:
    case outcome_kind::overloaded:
        return step_taken::no;
    }
    return step_taken::unknown;
}

std::int64_t& counter_of(outcome_kind kind, load_report& report) {
    switch (kind) {
    case outcome_kind::accepted:
        return report.accepted;
    case outcome_kind::rejected:
        return report.rejected;
    case outcome_kind::conflict:
        return report.conflicts;
    case outcome_kind::dead_lettered:
        return report.dead_lettered;
    case outcome_kind::overloaded:
        return report.overloaded;
    case outcome_kind::unavailable:
        break;
    }
    return report.unavailable;
}

} // namespace

load_answer answer_of(const outcome& told) {
    return {.kind = told.kind,
            .state = told.state,
            .version = domain::number_of(told.version),
            .position = told.position ? number_of(*told.position) : 0,
            .attempts = told.attempts};
}

latencies latencies_of(std::deque<std::uint32_t>& all) {
    if (all.empty()) return {};
    const auto ranked = [&all](double share) {
        const auto rank = std::ceil(share * static_cast<double>(all.size()));
        const auto at = all.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
        std::nth_element(all.begin(), at, all.end());
        return std::int64_t{*at};
    };
    return {.p50 = ranked(0.5),
            .p95 = ranked(0.95),
            .p99 = ranked(0.99),
            .p999 = ranked(0.999),
            .max = ranked(1)};
}

load_book::load_book(const load_spec& spec, member_versions versions)
    : script_(spec, std::move(versions)), commands_max_(spec.commands_max),
      keeps_answers_(!spec.answers.empty()), half_(spec.measured / 2) {}

std::optional<load_command> load_book::next() {
    const std::lock_guard alone(mutex_);
    if (closed_ || (commands_max_ > 0 && sent_ == commands_max_)) return std::nullopt;
    ++sent_;
    if (keeps_answers_) answers_.emplace_back();
    return script_.next();
}

bool load_book::is_warm() {
    const std::lock_guard alone(mutex_);
    return script_.is_warm();
}

void load_book::answered(const load_command& command, const load_answer& told,
                         const sending& when) {
    const auto now = steady_clock::now();
    const std::lock_guard alone(mutex_);
    script_.answered(command, step_of(told.kind));
    if (keeps_answers_) keep(command, told);
    if (measuring_) count(told, when, now);
}

void load_book::keep(const load_command& command, const load_answer& told) {
    auto& kept = answers_[command.number];
    kept.member = command.member;
    kept.version = static_cast<std::uint32_t>(told.version);
    kept.position = static_cast<std::uint64_t>(told.position) & ((std::uint64_t{1} << 54) - 1);
    kept.kind = static_cast<std::uint64_t>(told.kind) & 31;
    kept.state = static_cast<std::uint64_t>(told.state) & 31;
}

void load_book::count(const load_answer& told, const sending& when, steady_time now) {
    ++counter_of(told.kind, report_);
    report_.retries += std::max(told.attempts - 1, 0);
    if (told.kind == outcome_kind::overloaded)
        overloaded_after_.push_back(microseconds_between(when.sent, now));
    if (told.kind != outcome_kind::accepted) return;
    accepted_after_.push_back(microseconds_between(when.due, now));
    if (commands_max_ == 0 && now - measuring_since_ < half_) ++report_.first_half;
}

void load_book::begin_measuring() {
    const std::lock_guard alone(mutex_);
    measuring_ = true;
    measuring_since_ = steady_clock::now();
    cpu_before_ = cpu_seconds();
}

void load_book::end_measuring() {
    const std::lock_guard alone(mutex_);
    measuring_ = false;
    report_.seconds = std::chrono::duration<double>(steady_clock::now() - measuring_since_).count();
    report_.cpu_seconds = cpu_seconds() - cpu_before_;
}

void load_book::close() {
    const std::lock_guard alone(mutex_);
    closed_ = true;
}

load_report load_book::report() {
    const std::lock_guard alone(mutex_);
    report_.accepted_after = latencies_of(accepted_after_);
    report_.overloaded_after = latencies_of(overloaded_after_);
    report_.peak_memory = std::int64_t{own_usage().ru_maxrss} * 1024;
    report_.sent = sent_;
    return report_;
}

void load_book::write_answers(std::ostream& out, const load_writing& written) const {
    std::uint32_t number = 0;
    std::string line;
    for (const auto& a : answers_) {
        const auto who = member_at(written.spec(), a.member);
        const auto kind = static_cast<outcome_kind>(a.kind);
        line.clear();
        fmt::format_to(std::back_inserter(line), "{}\t{}\t{}\t{}\t", written.key(number++),
                       domain::number_of(who.guild), domain::number_of(who.user), name_of(kind));
        if (kind == outcome_kind::accepted)
            fmt::format_to(std::back_inserter(line), "{}\t{}\t{}\n",
                           domain::name_of(static_cast<domain::state>(a.state)), a.version,
                           std::uint64_t{a.position});
        else
            line += "\\N\t\\N\t\\N\n";
        out << line;
    }
}

} // namespace datadrop::processor::trials::bench
