#pragma once
// Many seeds, on several threads. The runs share nothing, so what a seed does depends on the seed
// alone.

#include "tests/sim/support/world.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace datadrop::sim {

struct campaign {
    std::uint64_t first = 1;
    std::uint64_t seeds = 1;
    unsigned threads = 1;
    std::size_t failures_max = 10; // enough to look at: no further seed is begun then
};

struct campaign_result {
    std::uint64_t runs = 0;
    coverage seen;
    std::vector<run_report> failed;
};

/// `done` is told after each run how many there were, by one thread at a time.
campaign_result run(const campaign& what, const std::function<void(std::uint64_t)>& done);

unsigned cores();

} // namespace datadrop::sim
