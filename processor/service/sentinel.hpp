#pragma once
// Watches over the read model: folds a few members a second afresh, at random, and tells of rows
// that are not what the log says, each once: in the log, in the figures, and the last one whole.
// Its load: at its rate, one snapshot at a time on the projectors' session, and no stream of more
// than 2,000 events.
//
// Thread rule: `step` is the projecting thread's, `figures` every thread's.

#include "processor/service/outage.hpp"
#include "projections/projector.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace datadrop::processor {

struct sentinel_figures {
    int rate = 0;                  // members a second; 0: it is off
    std::uint64_t checked = 0;     // members, since the start
    std::uint64_t differences = 0; // rows that were found to differ, each once until it is right
    std::optional<projections::difference> last_difference{};
    domain::timestamp last_at{}; // when that was found
};

class sentinel {
  public:
    sentinel(int rate, int partitions);

    /// Checks the members that are due by now. Throws nothing: a database that is away is told by
    /// whoever projects.
    void step(projections::projector::link& on);

    sentinel_figures figures() const;

  private:
    using clock = std::chrono::steady_clock;

    std::size_t due();
    void check(projections::projector::link& on, std::size_t count);
    void draw(projections::projector::link& on);
    void note(const std::vector<domain::member_id>& members,
              const projections::members_checked& found);
    void tell(const projections::difference& what);

    const int rate_;
    const int partitions_;
    outage troubles_{"sentinel"};
    clock::time_point counted_to_ = clock::now();
    double due_ = 0;
    eventstore::partition_number partition_{};
    std::vector<domain::member_id> drawn_; // of that partition, not checked yet
    boost::unordered_flat_set<domain::member_id, std::hash<domain::member_id>> told_;

    mutable std::mutex mutex_; // guards the rest
    sentinel_figures figures_;
};

} // namespace datadrop::processor
