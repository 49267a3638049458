#include "processor/http/metric_families.hpp"

#include "processor/http/process_figures.hpp"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace datadrop::processor::http {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;

struct series {
    labels with{};
    double value = 0;
};

MetricFamily family(MetricType type, std::string_view name, std::string_view help,
                    const std::vector<series>& all) {
    MetricFamily result{std::string{name}, std::string{help}, type, {}};
    for (const auto& one : all) {
        auto& metric = result.metric.emplace_back();
        metric.label = one.with;
        (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = one.value;
    }
    return result;
}

template <typename Number>
MetricFamily counter(std::string_view name, std::string_view help, Number value) {
    return family(MetricType::Counter, name, help, {{{}, static_cast<double>(value)}});
}

template <typename Number>
MetricFamily gauge(std::string_view name, std::string_view help, Number value) {
    return family(MetricType::Gauge, name, help, {{{}, static_cast<double>(value)}});
}

double seconds_of(std::chrono::system_clock::duration since_1970) {
    return std::chrono::duration<double>(since_1970).count();
}

// ---- commands

std::vector<MetricFamily> command_families(const service_figures& f) {
    return {
        counter("datadrop_appends_total", "Statements that wrote or checked chains.", f.appends),
        counter("datadrop_appended_chains_total", "Chains written or confirmed by them.",
                f.appended_chains),
        counter("datadrop_conflicts_total",
                "Attempts that met another head or a stale expectation.", f.conflicts),
        counter("datadrop_reservations_total",
                "Reservations of a partition's end for the late attempts that waited.",
                f.reservations),
        counter("datadrop_parked_total", "Commands parked as dead letters.", f.parked),
        counter("datadrop_log_regressions_total",
                "Times that a partition's end was found to have gone back: a restore, or a "
                "failover that lost the end.",
                f.log_regressions),
        gauge("datadrop_queued_commands", "Commands admitted and not yet answered.", f.queued),
        gauge("datadrop_queue_limit", "Commands that have room in the queue.", f.queue_limit),
        gauge("datadrop_cached_members", "Members whose head is kept in memory.", f.cached_members),
        gauge("datadrop_ready", "1 when commands can be processed, as /readyz says.",
              f.ready ? 1 : 0),
    };
}

// ---- the read model

/// What is parked for a reason that has no name here is of another version of the program.
std::string code_of(const std::string& stored) {
    for (const auto name : domain::names<outcome_code>)
        if (name == stored) return stored;
    return "other";
}

struct letters_of_code {
    std::int64_t count = 0;
    domain::timestamp oldest{};
};

std::map<std::string, letters_of_code> letters_by_code(const projections::figures& looked_up) {
    std::map<std::string, letters_of_code> all;
    all[std::string{name_of(outcome_code::retry_budget_spent)}] = {};
    for (const auto& [code, letters] : looked_up.parked) {
        auto& known = all[code_of(code)];
        known.oldest = known.count == 0 ? letters.oldest : std::min(known.oldest, letters.oldest);
        known.count += letters.count;
    }
    return all;
}

std::vector<MetricFamily> letter_families(const projections::figures& looked_up) {
    std::vector<series> parked, oldest;
    for (const auto& [code, letters] : letters_by_code(looked_up)) {
        parked.push_back({{{"code", code}}, static_cast<double>(letters.count)});
        oldest.push_back({{{"code", code}}, seconds_of(letters.oldest.time_since_epoch())});
    }
    return {family(MetricType::Gauge, "datadrop_dead_letters_parked",
                   "Dead letters that wait for an operator, by code.", parked),
            family(MetricType::Gauge, "datadrop_dead_letters_oldest_parked_timestamp_seconds",
                   "When the oldest of them was parked, since 1970; 0 when none is.", oldest)};
}

/// The events that are not shown are known exactly; how old the oldest is, as it was looked up.
std::vector<MetricFamily> lag_families(const service_figures& f) {
    std::vector<series> events, seconds;
    for (std::size_t p = 0; p < f.lag_events.size(); ++p) {
        const labels of{{"partition", std::to_string(p)}};
        const auto& aged = f.looked_up.what.lag_seconds;
        const bool is_behind = f.lag_events[p] > 0 && p < aged.size();
        events.push_back({of, static_cast<double>(f.lag_events[p])});
        seconds.push_back({of, is_behind ? static_cast<double>(aged[p]) : 0});
    }
    return {family(MetricType::Gauge, "datadrop_projection_lag_events",
                   "Events of the log that the read model does not show yet, by partition.",
                   events),
            family(MetricType::Gauge, "datadrop_projection_lag_seconds",
                   "Age of the oldest of them, by partition.", seconds),
            gauge("datadrop_projecting", "1 when this process projects a partition.",
                  f.projecting ? 1 : 0),
            counter("datadrop_projection_members_checked_total",
                    "Members folded afresh and compared with their rows, at random.",
                    f.members_checked),
            counter("datadrop_projection_differences_total",
                    "Rows found not to be what the log says, each once until it is right again.",
                    f.members_differed),
            gauge("datadrop_figures_timestamp_seconds",
                  "When dead letters and the age of what is not shown were last looked up, since "
                  "1970; 0 before the first time.",
                  seconds_of(f.looked_up.at.time_since_epoch()))};
}

// ---- the database

ClientMetric histogram_of(call_kind kind, const call_figures& figures) {
    ClientMetric metric;
    metric.label = {{"statement", std::string{name_of(kind)}}};
    auto& into = metric.histogram;
    for (std::size_t i = 0; i < figures.counts.size(); ++i) {
        into.sample_count += figures.counts[i];
        into.bucket.push_back({into.sample_count, i < call_buckets.size()
                                                      ? call_buckets[i]
                                                      : std::numeric_limits<double>::infinity()});
    }
    into.sample_sum = figures.seconds;
    return metric;
}

std::vector<MetricFamily> database_families(const service_figures& f) {
    MetricFamily seconds{"datadrop_database_statement_seconds",
                         "Time that calls of the database took, those that failed too.",
                         MetricType::Histogram,
                         {}};
    std::vector<series> errors;
    for (std::size_t i = 0; i < f.calls.size(); ++i) {
        const auto kind = static_cast<call_kind>(i);
        seconds.metric.push_back(histogram_of(kind, f.calls[i]));
        errors.push_back(
            {{{"statement", std::string{name_of(kind)}}}, static_cast<double>(f.calls[i].errors)});
    }
    return {gauge("datadrop_database_up", "1 when the database answered within the last 3 s.",
                  f.database_up ? 1 : 0),
            std::move(seconds),
            family(MetricType::Counter, "datadrop_database_errors_total",
                   "Calls that the database did not answer, or refused.", errors)};
}

void append(std::vector<MetricFamily>& to, std::vector<MetricFamily> more) {
    std::ranges::move(more, std::back_inserter(to));
}

} // namespace

std::vector<MetricFamily> families_of(const service_figures& figures) {
    auto all = command_families(figures);
    append(all, letter_families(figures.looked_up.what));
    append(all, lag_families(figures));
    append(all, database_families(figures));
    return all;
}

std::vector<MetricFamily> families_of(const house_figures& f) {
    return {
        gauge("datadrop_http_connections", "Connections that are open.", f.connections),
        gauge("datadrop_http_connections_limit", "Connections that have room.", f.connections_max),
        gauge("datadrop_http_feeds", "Feeds among them.", f.feeds),
        gauge("datadrop_http_feeds_limit", "Feeds that have room.", f.feeds_max),
        counter("datadrop_http_connections_closed_for_room_total",
                "Connections that were closed because others came and all places were taken.",
                f.closed_for_room),
        counter("datadrop_private_cluster_restarts_total",
                "Times that the private PostgreSQL ended and was started again.",
                f.private_cluster_restarts),
        gauge(
            "datadrop_tls_certificate_not_after_timestamp_seconds",
            "When the certificate ends that new connections are shown, since 1970; 0 without TLS.",
            seconds_of(f.certificate_end.time_since_epoch())),
    };
}

std::vector<MetricFamily> process_families() {
    const auto f = of_this_process();
    return {
        family(MetricType::Gauge, "datadrop_build_info", "1, of this version of the program.",
               {{{{"version", DATADROP_VERSION}}, 1}}),
        counter("process_cpu_seconds_total", "Processor time, of user and system.", f.cpu_seconds),
        gauge("process_resident_memory_bytes", "Memory that is resident.", f.resident_bytes),
        gauge("process_virtual_memory_bytes", "Memory that has addresses.", f.virtual_bytes),
        gauge("process_start_time_seconds", "When the process started, since 1970.", f.start_time),
        gauge("process_threads", "Threads.", f.threads),
        gauge("process_open_fds", "Files that are open, connections among them.", f.open_files),
        gauge("process_max_fds", "Files that may be open.", f.open_files_max),
    };
}

} // namespace datadrop::processor::http
