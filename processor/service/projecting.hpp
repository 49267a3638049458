#pragma once
// Runs this process's projectors, one a partition, on a thread of their own: each stands by until
// it is the active one of its partition, and then follows the log. The destructor ends them.

#include "eventstore/position.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "processor/service/call_meter.hpp"
#include "processor/service/outage.hpp"
#include "processor/service/sentinel.hpp"
#include "projections/projector.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace datadrop::processor {

class projecting {
  public:
    /// Connects; throws eventstore::unavailable. `progressed` is told on the projecting thread
    /// after each batch that was committed. Between the steps it checks `sentinel_rate` members a
    /// second (sentinel.hpp).
    projecting(const eventstore::postgres::session::options& database, int partitions,
               int sentinel_rate, call_meter& meter, std::function<void()> progressed);
    ~projecting();

    /// There may be something behind what is projected. Any thread.
    void nudge();

    /// This process is the active one of at least one partition. Any thread.
    bool active() const { return active_; }

    /// Any thread.
    sentinel_figures watched() const { return sentinel_.figures(); }

  private:
    void run();
    bool wait_for_turn();
    bool gather_until(std::chrono::steady_clock::time_point end);

    std::optional<projections::projector::step_result> step(projections::projector& p);

    const std::shared_ptr<projections::projector::link> link_;
    const int partitions_;
    call_meter& meter_;
    const std::function<void()> progressed_;
    outage troubles_{"projector"}; // of the projecting thread
    sentinel sentinel_;            // likewise
    std::atomic<bool> active_ = false;
    std::mutex mutex_; // guards the rest
    std::condition_variable turn_;
    bool nudged_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace datadrop::processor
