#pragma once
// An operator's tools for the read model: build it anew beside the one in service and switch, or
// fold the log afresh and say what differs. Both work beside running servers; both block, and read
// the log on a second connection. Throw eventstore::unavailable when the database cannot be
// reached.

#include "eventstore/position.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "projections/difference.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace datadrop::projections {

struct progress {
    eventstore::partition_number partition{};
    std::int64_t done = 0; // events folded
    std::int64_t of = 0;   // events of the partition when it began
};
/// Called now and then from the calling thread.
using report_progress = std::function<void(const progress&)>;

struct rebuild_report {
    std::int64_t events = 0;
    std::int64_t members = 0;
    std::int64_t dead_letters = 0;
    std::int64_t mended = 0; // rows that the tables in service had otherwise: the differences
    std::vector<difference> differences;
};

struct rebuild_options {
    bool force = false; // also when the log has no event for the rows, or ends before them
    std::chrono::milliseconds switch_wait_max{30'000}; // for the tables in service, a partition
};

/// Why there was no rebuild, and what to do about it, for a person.
struct rebuild_refused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Readers see the old rows until the new ones take their place, in one transaction a partition;
/// the read model is at the end of the log then. Throws rebuild_refused before the work: another
/// rebuild is under way, the role does not own the tables or something hangs on them, the log
/// cannot be theirs (unless forced); and after it: somebody kept on using the tables when it was
/// time to switch. Throws eventstore::postgres::schema_failure as require_whole_log. Partitions
/// that were done before stay rebuilt.
rebuild_report rebuild(eventstore::postgres::session& db, int partitions,
                       const report_progress& report, const rebuild_options& o = {});

struct verify_report {
    std::int64_t events = 0;
    std::int64_t members = 0;
    std::int64_t dead_letters = 0;
    std::int64_t skipped = 0;            // members that a sample drew and did not fold
    std::vector<difference> differences; // all of them, the first ones with their first events
};

/// Folds the log up to the checkpoint and compares, in one snapshot a partition. Throws
/// eventstore::postgres::schema_failure as require_whole_log.
verify_report verify(eventstore::postgres::session& db, int partitions,
                     const report_progress& report);

/// The same for so many members at random at most, folded from their own streams, which costs
/// little on a long log; dead letters and checkpoints are not looked at. Progress counts members.
verify_report verify_sample(eventstore::postgres::session& db, int partitions, std::int64_t members,
                            const report_progress& report);

} // namespace datadrop::projections
