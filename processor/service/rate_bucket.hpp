#pragma once
// A token bucket: so many a second on average, and some at once. Pure, the time is an input. One
// thread an object.

#include <chrono>

namespace datadrop::processor {

struct rate {
    double a_second = 0; // more than 0
    double at_once = 1;  // what a bucket holds
};

class rate_bucket {
  public:
    using clock = std::chrono::steady_clock;

    /// Until `count` may be taken: zero when they may be now. What is more than the bucket holds
    /// may be taken when it is full, since it never could otherwise: the bucket owes the rest.
    clock::duration wait_for(double count, const rate& of, clock::time_point now) const;
    /// Whether they may or not.
    void take(double count, const rate& of, clock::time_point now);

    /// As good as a new one.
    bool is_full(clock::time_point now) const { return full_at_ <= now; }

  private:
    // All that there is to know: how much is in it follows from how long it takes to fill.
    clock::time_point full_at_{};
};

} // namespace datadrop::processor
