#include "processor/http/metrics.hpp"

#include "processor/http/routes.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace datadrop::processor::http {

namespace {

constexpr std::string_view invalid = "invalid"; // an item that never became a command

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family_of(std::string_view name, std::string_view help, MetricType type,
                       double value) {
    prometheus::ClientMetric metric;
    if (type == MetricType::Counter)
        metric.counter.value = value;
    else
        metric.gauge.value = value;
    return {std::string{name}, std::string{help}, type, {metric}};
}

MetricFamily counter(std::string_view name, std::string_view help, std::uint64_t value) {
    return family_of(name, help, MetricType::Counter, static_cast<double>(value));
}

MetricFamily gauge(std::string_view name, std::string_view help, std::size_t value) {
    return family_of(name, help, MetricType::Gauge, static_cast<double>(value));
}

std::vector<MetricFamily> families_of(const service_figures& f) {
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
        gauge("datadrop_cached_members", "Members whose head is kept in memory.", f.cached_members),
        gauge("datadrop_projecting", "1 when this process projects a partition.",
              f.projecting ? 1 : 0),
        counter("datadrop_projection_members_checked_total",
                "Members folded afresh and compared with their rows, at random.",
                f.members_checked),
        counter("datadrop_projection_differences_total",
                "Rows found not to be what the log says, each once until it is right again.",
                f.members_differed),
    };
}

std::vector<MetricFamily> families_of(const house_figures& f) {
    return {
        gauge("datadrop_http_connections", "Connections that are open.", f.connections),
        gauge("datadrop_http_feeds", "Feeds among them.", f.feeds),
        counter("datadrop_http_connections_closed_for_room_total",
                "Connections that were closed because others came and all places were taken.",
                f.closed_for_room),
    };
}

// Seconds; dense around the budget of 0.4 s and the half second that users are promised.
const prometheus::Histogram::BucketBoundaries latency_buckets{
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5};

} // namespace

struct metrics::impl {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter()
            .Name("datadrop_http_requests_total")
            .Help("Requests answered, by route, method and status.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& commands = prometheus::BuildCounter()
                                                            .Name("datadrop_commands_total")
                                                            .Help("Commands answered, by outcome.")
                                                            .Register(registry);
    prometheus::Histogram& latency = prometheus::BuildHistogram()
                                         .Name("datadrop_command_seconds")
                                         .Help("Time from a command's last byte to its answer.")
                                         .Register(registry)
                                         .Add({}, latency_buckets);

    prometheus::Counter& refused_feeds = prometheus::BuildCounter()
                                             .Name("datadrop_feeds_refused_total")
                                             .Help("Feeds that found no room and ended at once.")
                                             .Register(registry)
                                             .Add({});
    prometheus::Counter& of_request(std::string_view route, verb method, status code);
    prometheus::Counter& of_outcome(std::string_view name);

    // The library finds a counter by its labels, which costs more than counting.
    std::map<std::tuple<std::string_view, verb, status>, prometheus::Counter*> requests_found;
    std::map<std::string_view, prometheus::Counter*> commands_found;
};

prometheus::Counter& metrics::impl::of_request(std::string_view route, verb method, status code) {
    auto& found = requests_found[{route, method, code}];
    if (found == nullptr)
        found = &requests.Add({{"route", std::string{route}},
                               {"method", std::string{to_string(method)}},
                               {"status", std::to_string(static_cast<unsigned>(code))}});
    return *found;
}

prometheus::Counter& metrics::impl::of_outcome(std::string_view name) {
    auto& found = commands_found[name];
    if (found == nullptr) found = &commands.Add({{"outcome", std::string{name}}});
    return *found;
}

/// A series that begins with its first count looks as if it had always been there: increase() and
/// rate() do not see the first one.
metrics::metrics() : impl_(std::make_unique<impl>()) {
    for (const auto name : domain::names<outcome_kind>)
        impl_->of_outcome(name);
    impl_->of_outcome(invalid);
    for (const auto& to : routes())
        for (const auto code : answers_of(to))
            impl_->of_request(to.path, to.method, code);
    for (const auto code : {status::bad_request, status::request_timeout, status::payload_too_large,
                            status::request_header_fields_too_large})
        impl_->of_request(unknown_route, verb::unknown, code);
    for (const auto method : {verb::get, verb::post})
        for (const auto code : {status::bad_request, status::not_found, status::method_not_allowed})
            impl_->of_request(unknown_route, method, code);
}

metrics::~metrics() = default;

void metrics::count_request(std::string_view route, verb method, status code) {
    impl_->of_request(route, method, code).Increment();
}

void metrics::count_commands(const batch_answer& answer, std::chrono::nanoseconds taken) {
    for (const auto& item : answer.items)
        impl_->of_outcome(item ? name_of(item->kind) : invalid).Increment();
    // Commands of one request were answered together: each of them took the whole time.
    const double seconds = std::chrono::duration<double>(taken).count();
    for (const auto& item : answer.items)
        if (item) impl_->latency.Observe(seconds);
}

void metrics::count_refused_feed() { impl_->refused_feeds.Increment(); }

std::string metrics::text(const service_figures& figures, const house_figures& house) const {
    // Figures that others count are asked for when somebody looks, and copied nowhere.
    auto families = impl_->registry.Collect();
    std::ranges::move(families_of(figures), std::back_inserter(families));
    std::ranges::move(families_of(house), std::back_inserter(families));
    return prometheus::TextSerializer{}.Serialize(families);
}

} // namespace datadrop::processor::http
