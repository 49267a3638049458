// /healthz, /readyz, /metrics: how the server is.

#include "processor/http/routes.hpp"
#include "processor/http/server_certificate.hpp"

namespace datadrop::processor::http {

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
                              .private_cluster_restarts = server.restarts ? server.restarts() : 0,
                              .certificate_end = server.certificate == nullptr
                                                     ? std::chrono::sys_seconds{}
                                                     : server.certificate->not_after()};
    co_return make_response(status::ok, metrics_type,
                            server.counted.text(server.behind.figures(), house));
}

} // namespace datadrop::processor::http
