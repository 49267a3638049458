#pragma once
// Figures that others count, as Prometheus' families: read when somebody asks, and copied nowhere.
// Every series is there from the start. Labels hold names of ours only. Pure, but for what the
// system says of the process; every thread.

#include "processor/service/service.hpp"

#include <prometheus/metric_family.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace datadrop::processor::http {

/// Of this layer at the moment.
struct house_figures {
    std::size_t connections = 0;
    std::size_t connections_max = 0;
    std::size_t feeds = 0;
    std::size_t feeds_max = 0;
    std::uint64_t closed_for_room = 0;          // since the start
    std::uint64_t private_cluster_restarts = 0; // likewise
    std::chrono::sys_seconds certificate_end{}; // 1970 without TLS
};

std::vector<prometheus::MetricFamily> families_of(const service_figures& figures);
std::vector<prometheus::MetricFamily> families_of(const house_figures& figures);
/// Of the process and the program.
std::vector<prometheus::MetricFamily> process_families();

} // namespace datadrop::processor::http
