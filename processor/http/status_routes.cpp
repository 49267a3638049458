// /v1/projection, /healthz, /readyz, /metrics: how the server is.

#include "processor/http/routes.hpp"
#include "projections/dead_letter_json.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace datadrop::processor::http {

namespace {

namespace json = boost::json;

/// Of all partitions together, and of each; null when none is being rebuilt.
json::value rebuild_json(const std::vector<projections::rebuild_progress>& rebuilds) {
    if (rebuilds.empty()) return nullptr;
    std::int64_t done = 0;
    std::int64_t of = 0;
    json::array partitions;
    for (const auto& r : rebuilds) {
        done += r.done;
        of += r.of;
        partitions.push_back(
            {{"partition", number_of(r.partition)}, {"done", r.done}, {"of", r.of}});
    }
    const auto first = std::ranges::min(rebuilds, {}, &projections::rebuild_progress::started_at);
    return {{"done", done},
            {"of", of},
            {"started_at", projections::to_text(first.started_at)},
            {"partitions", std::move(partitions)}};
}

} // namespace

reply_later get_projection(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    const auto now = co_await asked.server.behind.read([](reader& r) { return r.model.status(); });
    const json::object body{{"position", now.position.text()},
                            {"head", now.head.text()},
                            {"lag_events", now.lag_events},
                            {"lag_seconds", now.lag_seconds},
                            {"rebuild", rebuild_json(now.rebuilds)}};
    co_return json_response(status::ok, body);
}

// Whether to start the process anew. It says nothing of the database: a restart does not mend that.
reply_later get_healthz(const call&) { co_return json_response(status::ok, {{"status", "alive"}}); }

// Whether to send anything here, which ends before the listener does when the server stops.
reply_later get_readyz(const call& asked) {
    const bool ready = asked.server.behind.ready() && !asked.server.stopping;
    co_return ready ? json_response(status::ok, {{"status", "ready"}})
                    : json_response(status::service_unavailable, {{"status", "not_ready"}});
}

reply_later get_metrics(const call& asked) {
    const auto& server = asked.server;
    const house_figures house{.connections = server.open.count(),
                              .feeds = server.feeds,
                              .closed_for_room = server.open.closed_for_room()};
    co_return make_response(status::ok, metrics_type,
                            server.counted.text(server.behind.figures(), house));
}

} // namespace datadrop::processor::http
