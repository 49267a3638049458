#pragma once
// All chance of a simulated run: one seed, and the same draws in the same order on every machine
// (the standard's distributions differ between libraries). One thread.

#include <chrono>
#include <cstdint>
#include <random>

namespace datadrop::sim {

using std::chrono::microseconds;
using std::chrono::milliseconds;

class dice {
  public:
    explicit dice(std::uint64_t seed) : random_(seed) {}

    std::uint64_t any() { return random_(); }
    std::uint64_t below(std::uint64_t n) { return random_() % n; }
    int between(int low, int high) { // both included
        return low + static_cast<int>(below(static_cast<std::uint64_t>(high - low) + 1));
    }
    microseconds between(microseconds low, microseconds high) {
        return low + microseconds(below(static_cast<std::uint64_t>((high - low).count()) + 1));
    }
    bool chance(double share) { return static_cast<double>(random_() >> 11) < share * 0x1p53; }
    /// One of the alternatives.
    template <typename Value>
    Value one_of(std::initializer_list<Value> alternatives) {
        return alternatives.begin()[below(alternatives.size())];
    }

  private:
    std::mt19937_64 random_;
};

} // namespace datadrop::sim
