#include "processor/service/outage.hpp"

#include <spdlog/spdlog.h>

namespace datadrop::processor {
namespace {

using namespace std::chrono_literals;

/// A database that comes and goes is one outage: the end is told after a while without a failure.
constexpr auto quiet_min = 2s;
/// So that a long one is seen to last, and does not fill the log.
constexpr auto line_interval = 60s;

double seconds(std::chrono::steady_clock::duration d) {
    return std::chrono::duration<double>(d).count();
}

} // namespace

void outage::failed(std::string_view why) {
    const std::lock_guard alone(mutex_);
    const auto now = clock::now();
    last_failure_ = now;
    first_success_.reset();
    ++failures_;
    if (!lasts_.exchange(true)) {
        began_ = now;
        failures_ = 1;
        spdlog::warn("{}: {}", speakers_, why);
    } else if (now >= next_line_) {
        spdlog::warn("{}: {} failures in {:.1f} s so far, the last: {}", speakers_, failures_,
                     seconds(now - began_), why);
    } else {
        return;
    }
    next_line_ = now + line_interval;
}

void outage::look_for_end() {
    const std::lock_guard alone(mutex_);
    const auto now = clock::now();
    if (!first_success_) first_success_ = now; // the outage ended then, not when it is told
    if (!lasts_ || now - last_failure_ < quiet_min) return;
    lasts_ = false;
    spdlog::info("{}: all is well again after {:.1f} s and {} failures", speakers_,
                 seconds(*first_success_ - began_), failures_);
}

} // namespace datadrop::processor
