#include "processor/http/metrics.hpp"

#include "processor/http/routes.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace datadrop::processor::http {

namespace {

constexpr std::string_view invalid = "invalid"; // an item that never became a command

using prometheus::Histogram;

// Seconds; dense around the budget of 0.4 s and the half second that users are promised.
const Histogram::BucketBoundaries latency_buckets{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2,
                                                  0.3,   0.4,    0.5,   0.75, 1,     2.5,  5};
// The usual budget is of five; an operator may allow a hundred.
const Histogram::BucketBoundaries attempt_buckets{1, 2, 3, 4, 5, 10, 25, 100};

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
    prometheus::Family<Histogram>& latency =
        prometheus::BuildHistogram()
            .Name("datadrop_command_seconds")
            .Help("Time from a command's last byte to its answer, by outcome.")
            .Register(registry);
    std::array<Histogram*, domain::count_of<outcome_kind>> latencies{};
    Histogram& attempts = prometheus::BuildHistogram()
                              .Name("datadrop_command_attempts")
                              .Help("Attempts that commands took, those answered again left out.")
                              .Register(registry)
                              .Add({}, attempt_buckets);

    prometheus::Counter& refused_feeds = prometheus::BuildCounter()
                                             .Name("datadrop_feeds_refused_total")
                                             .Help("Feeds that found no room and ended at once.")
                                             .Register(registry)
                                             .Add({});
    prometheus::Family<prometheus::Counter>& above_rate =
        prometheus::BuildCounter()
            .Name("datadrop_commands_above_rate_total")
            .Help("Commands refused since more a second came than may, by whose limit it is.")
            .Register(registry);
    prometheus::Counter& above_token_rate = above_rate.Add({{"of", "token"}});
    prometheus::Counter& above_guild_rate = above_rate.Add({{"of", "guild"}});
    prometheus::Family<prometheus::Counter>& failed_sign_ins =
        prometheus::BuildCounter()
            .Name("datadrop_sign_ins_failed_total")
            .Help("Requests without a token in force, by what the token was.")
            .Register(registry);
    std::array<prometheus::Counter*, domain::count_of<sign_in_failure>> sign_ins_failed{};
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
    for (std::size_t i = 0; i < domain::count_of<outcome_kind>; ++i) {
        const auto name = domain::names<outcome_kind>[i];
        impl_->of_outcome(name);
        impl_->latencies[i] =
            &impl_->latency.Add({{"outcome", std::string{name}}}, latency_buckets);
    }
    impl_->of_outcome(invalid);
    for (std::size_t i = 0; i < domain::count_of<sign_in_failure>; ++i)
        impl_->sign_ins_failed[i] = &impl_->failed_sign_ins.Add(
            {{"reason", std::string{domain::names<sign_in_failure>[i]}}});
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
    for (const auto& item : answer.items) {
        if (!item) continue;
        impl_->latencies.at(static_cast<std::size_t>(item->kind))->Observe(seconds);
        if (item->attempts > 0 && !item->replayed) impl_->attempts.Observe(item->attempts);
    }
}

void metrics::count_above_rate(outcome_code why, std::size_t commands) {
    auto& of = why == outcome_code::token_rate_exceeded ? impl_->above_token_rate
                                                        : impl_->above_guild_rate;
    of.Increment(static_cast<double>(commands));
}

void metrics::count_failed_sign_in(sign_in_failure how) {
    impl_->sign_ins_failed.at(static_cast<std::size_t>(how))->Increment();
}

void metrics::count_refused_feed() { impl_->refused_feeds.Increment(); }

std::string metrics::text(const service_figures& figures, const house_figures& house) const {
    auto families = impl_->registry.Collect();
    const auto add = [&families](std::vector<prometheus::MetricFamily> more) {
        std::ranges::move(more, std::back_inserter(families));
    };
    add(families_of(figures));
    add(families_of(house));
    add(process_families());
    return prometheus::TextSerializer{}.Serialize(families);
}

} // namespace datadrop::processor::http
