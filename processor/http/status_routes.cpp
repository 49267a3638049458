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

json::array partitions_json(const std::vector<projections::partition_status>& partitions) {
    json::array rows;
    for (const auto& p : partitions)
        rows.push_back({{"partition", number_of(p.partition)},
                        {"position", std::to_string(number_of(p.position))},
                        {"head", std::to_string(number_of(p.head))},
                        {"lag_events", p.lag_events},
                        {"lag_seconds", p.lag_seconds}});
    return rows;
}

/// What this server's sentinel found since it was started.
json::object sentinel_json(const sentinel_figures& watched) {
    json::object body{{"rate", watched.rate},
                      {"checked", watched.checked},
                      {"differences", watched.differences},
                      {"last_difference", nullptr}};
    if (!watched.last_difference) return body;
    auto last = to_json(*watched.last_difference).front().as_object();
    last["at"] = projections::to_text(watched.last_at);
    body["last_difference"] = std::move(last);
    return body;
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
                            {"partitions", partitions_json(now.partitions)},
                            {"rebuild", rebuild_json(now.rebuilds)},
                            {"sentinel", sentinel_json(asked.server.behind.watched())}};
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
                              .connections_max = server.open.limit(),
                              .feeds = server.live->feeds(),
                              .feeds_max = server.feeds_max,
                              .closed_for_room = server.open.closed_for_room(),
                              .private_cluster_restarts = server.restarts ? server.restarts() : 0};
    co_return make_response(status::ok, metrics_type,
                            server.counted.text(server.behind.figures(), house));
}

} // namespace datadrop::processor::http
