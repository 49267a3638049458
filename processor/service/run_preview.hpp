#pragma once
// What a run would come to, judged in bulk on where the members stand. Blocks; on a reader's
// thread. Throws eventstore::unavailable.

#include "processor/service/reader.hpp"
#include "processor/service/remediation.hpp"
#include "projections/letter_runs.hpp"

namespace datadrop::processor {

/// A redrive of a run, without the letter's id.
redrive_request redrive_of(const projections::run_request& asked);

/// Records the run, what it selects (at most `limit`), and how many would come to what.
projections::run_id preview_run(reader& from, int partitions, const projections::run_request& asked,
                                std::int64_t limit);

} // namespace datadrop::processor
