#pragma once
// What the log says of an outage, as one kind of speaker to the database meets it: a line when it
// begins, with what was said, one a minute while it lasts, and one when it is over, with how long
// it was and how many calls failed. Every thread.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace datadrop::processor {

class outage {
  public:
    /// `speakers` begins its lines: "writers".
    explicit outage(std::string speakers) : speakers_(std::move(speakers)) {}

    void failed(std::string_view why);

    /// Some of the speakers may fail while others do not: it is over with the first call that goes
    /// well 2 s or more after the last that did not.
    void succeeded() {
        if (lasts_) look_for_end();
    }

  private:
    using clock = std::chrono::steady_clock;
    void look_for_end();

    const std::string speakers_;
    std::atomic<bool> lasts_ = false;
    std::mutex mutex_; // guards the rest
    clock::time_point began_{};
    clock::time_point last_failure_{};
    clock::time_point next_line_{};
    std::optional<clock::time_point> first_success_{}; // after the last failure
    std::uint64_t failures_ = 0;
};

} // namespace datadrop::processor
