#pragma once
// The databases that runs begin on: filled once, by loads of their own, and kept. One thread; calls
// block for as long as the filling takes. They throw as runs.hpp has it.

#include "processor/trials/bench/runs/runs.hpp"

#include <string>

namespace datadrop::processor::trials::bench {

/// What a load's database holds before it begins.
filling filling_of(const load_plan& plan);

/// The log that holds what is wanted, vacuumed and with statistics, for all who want the same: what
/// they add stays in it. By hand it is a table beside the log that the product has written.
std::string filled_log(const arena& at, const filling& wanted);

/// A copy of what is wanted, for one run.
std::string filled_copy(const arena& at, const filling& wanted);

} // namespace datadrop::processor::trials::bench
