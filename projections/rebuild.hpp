#pragma once
// An operator's tools for the read model: build it anew beside the one in service and switch, go
// back to the one before, or fold the log afresh and say what differs. They work beside running
// servers; all block, and read the log on further connections. Throw eventstore::unavailable when
// the database cannot be reached, eventstore::corrupt_event for an event that cannot be read.

#include "domain/enum_names.hpp"
#include "eventstore/position.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "projections/difference.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace datadrop::projections {

enum class rebuild_phase : std::uint8_t {
    folding,   // the log, which is nearly all of the work
    comparing, // the tables in service with it
    filling,   // the new tables, while it is still compared
    checking,  // that they hold what was written
    switching, // waiting for those who use the old ones
};

constexpr std::string_view name_of(rebuild_phase phase) {
    switch (phase) {
    case rebuild_phase::folding:
        return "folding";
    case rebuild_phase::comparing:
        return "comparing";
    case rebuild_phase::filling:
        return "filling";
    case rebuild_phase::checking:
        return "checking";
    case rebuild_phase::switching:
        return "switching";
    }
    return {};
}

struct progress {
    eventstore::partition_number partition{};
    std::int64_t done = 0; // events folded
    std::int64_t of = 0;   // events of the partition when it began
    std::int64_t from = 0; // events that an earlier rebuild had folded
    rebuild_phase phase{};
};
/// Called now and then from the calling thread. What it throws ends the work, which leaves nothing
/// behind then.
using report_progress = std::function<void(const progress&)>;

struct rebuild_report {
    std::int64_t events = 0;
    std::int64_t members = 0;
    std::int64_t dead_letters = 0;
    std::int64_t mended = 0; // rows that the tables in service had otherwise: the differences
    std::vector<difference> differences;
};

struct rebuild_options {
    bool force = false;         // also when the log has no event for the rows, or ends before them
    bool dry_run = false;       // says what would be mended, and switches nothing
    bool keep_previous = false; // the replaced tables, for switch_back; else none is kept any more
    /// Rests whenever an append waits for longer (projections/pace.hpp).
    std::optional<std::chrono::milliseconds> pace{};
    std::chrono::milliseconds switch_wait_max{60'000}; // for the tables in service, a partition
    /// How often what was folded is kept for the next rebuild, should this one be killed; less
    /// often where that would be more than a tenth of the work.
    std::chrono::milliseconds keep_interval{5'000};
};

/// Why there was no rebuild, and what to do about it, for a person.
struct rebuild_refused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Another one is under way: who runs it.
struct rebuild_under_way : rebuild_refused {
    using rebuild_refused::rebuild_refused;
};

/// Readers see the old rows until the new ones take their place, in one transaction a partition;
/// the read model is at the end of the log then. Goes on where one that was killed has stopped.
/// Throws rebuild_refused before the work: another rebuild is under way, the role does not own the
/// tables or something hangs on them, the log cannot be theirs (unless forced); and after it: the
/// new tables do not hold what was written, somebody kept on using those in service. Throws
/// eventstore::postgres::schema_failure as require_whole_log. Partitions that were done before stay
/// rebuilt.
rebuild_report rebuild(eventstore::postgres::session& db, int partitions,
                       const report_progress& report, const rebuild_options& o = {});

/// Puts the tables that a rebuild has kept back in service, with what happened since, and keeps
/// those that they replace. Throws as rebuild, and rebuild_refused when none were kept.
void switch_back(eventstore::postgres::session& db, int partitions, const report_progress& report,
                 const rebuild_options& o = {});

/// Removes what a killed rebuild and one that keeps the previous tables left. Throws
/// rebuild_refused while one is under way.
void discard_leftovers(eventstore::postgres::session& db, int partitions);

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
