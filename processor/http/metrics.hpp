#pragma once
// The numbers that /metrics shows, in Prometheus' text format: what this layer counts, and the
// service's figures of the moment. Labels hold names of ours only, never a client's text.
// One thread.

#include "processor/http/answers.hpp"
#include "processor/http/message.hpp"
#include "processor/http/metric_families.hpp"
#include "processor/http/sign_in_watch.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace datadrop::processor::http {

/// Stands for the route of a request that goes nowhere.
inline constexpr std::string_view unknown_route = "unknown";

class metrics {
  public:
    metrics();
    ~metrics();
    metrics(const metrics&) = delete;
    metrics& operator=(const metrics&) = delete;

    /// `route` outlives the metrics. What routes answer with is there from the start, as 0.
    void count_request(std::string_view route, verb method, status code);
    /// Every command of the answer took this long, from its request's last byte on.
    void count_commands(const batch_answer& answer, std::chrono::nanoseconds taken);

    /// Commands above a limit of commands a second, which `why` names.
    void count_above_rate(outcome_code why, std::size_t commands);
    void count_failed_sign_in(sign_in_failure how);

    /// One that ended at once, since feeds_max were open.
    void count_refused_feed();

    std::string text(const service_figures& figures, const house_figures& house) const;

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace datadrop::processor::http
