#pragma once
// What a reader's work runs against, and the way it runs: a read that the database refuses is told
// the operator, too. One thread at a time.

#include "eventstore/log.hpp"
#include "processor/service/call_meter.hpp"
#include "processor/service/outage.hpp"
#include "projections/read_model.hpp"

#include <chrono>

namespace datadrop::processor {

/// Connections of the worker thread that runs the work, and what the log says of their outages.
struct reader {
    eventstore::log& log;
    projections::read_model& model;
    outage& troubles;
    call_meter& meter;
    std::chrono::steady_clock::time_point lost_at{}; // when a feed last found the database away
};

/// The work's result. Throws what it throws.
template <typename Work>
auto run_on(reader& r, Work& work) {
    try {
        auto found = r.meter.timed(call_kind::read, [&] { return work(r); });
        r.troubles.succeeded();
        return found;
    } catch (const eventstore::unavailable& e) {
        r.troubles.failed(e.what());
        throw;
    } catch (const eventstore::postgres::statement_refused& e) {
        r.troubles.failed(e.what());
        throw;
    }
}

} // namespace datadrop::processor
