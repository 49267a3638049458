#pragma once
// Virtual time: what is to happen, in the order of its moment, and in the order in which it was
// asked for within one. One thread.

#include "tests/sim/support/dice.hpp"

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace datadrop::sim {

class timeline {
  public:
    using work = std::function<void()>;

    microseconds now() const { return now_; }
    void after(microseconds delay, work what) { at(now_ + delay, std::move(what)); }
    void at(microseconds moment, work what) {
        events_.push(
            {.moment = std::max(moment, now_), .number = ++asked_, .what = std::move(what)});
    }

    /// Does what comes next and moves the time there; false when nothing is left.
    bool step() {
        if (events_.empty()) return false;
        auto next = events_.top();
        events_.pop();
        now_ = next.moment;
        next.what();
        return true;
    }

  private:
    struct event {
        microseconds moment;
        std::uint64_t number;
        work what;
        bool operator<(const event& other) const { // the queue gives its greatest first
            return moment != other.moment ? moment > other.moment : number > other.number;
        }
    };
    std::priority_queue<event> events_;
    std::uint64_t asked_ = 0;
    microseconds now_{};
};

} // namespace datadrop::sim
