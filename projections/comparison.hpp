#pragma once
// The tables of a generation against a fold of the log, row by row. On the caller's session; one
// thread. Throws connection_lost, statement_refused, corrupt_event.

#include "projections/difference.hpp"
#include "projections/fold.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace datadrop::projections {

/// All rows of a partition that differ, members first, each kind in the order of its keys. The log
/// was folded up to the tables' checkpoint or beyond; rows that it changes behind the checkpoint
/// are left out. In the caller's snapshot, which must hold tables and checkpoint. `between` is
/// called now and then.
std::vector<difference> compare_tables(
    eventstore::postgres::session& db, generation which, const fold& log_says,
    eventstore::global_position checkpoint, const std::function<void()>& between = [] {});

/// A row's stream is read for it, so no more than so many rows get theirs.
inline constexpr std::size_t explained_rows_max = 10'000;

/// Looks the first events up in the streams of their rows, up to a checkpoint.
void explain(eventstore::postgres::session& db, std::vector<difference>& found,
             eventstore::global_position checkpoint);

} // namespace datadrop::projections
