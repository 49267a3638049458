#pragma once
// The faults that a soak draws from: each strikes, lasts for a while, and is over when its function
// returns. What they do to a stage of two processors is repeatable by seed, when it happens is not.
// One thread.

#include "tests/faults/support/stage.hpp"

#include <cstdint>
#include <random>
#include <span>
#include <string_view>

namespace datadrop::test {

class dice {
  public:
    explicit dice(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t count) { return random_() % count; }
    std::chrono::milliseconds between(std::chrono::milliseconds min, std::chrono::milliseconds max);

  private:
    std::mt19937_64 random_;
};

struct random_fault {
    std::string_view name;
    void (*strike)(stage& at, dice& d);
};

std::span<const random_fault> all_faults();

} // namespace datadrop::test
