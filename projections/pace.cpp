#include "projections/pace.hpp"

#include "projections/sql/statements.hpp"

#include <pthread.h>

#include <algorithm>

namespace datadrop::projections {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

/// So often the probe holds a partition's turn, for as long as a commit takes.
constexpr auto probe_interval = 20ms;

constexpr pace_control::duration rest_min = 100us;
constexpr pace_control::duration rest_max = 1s;
/// 0.993^100 is a half.
constexpr std::int64_t shrink_thousandths = 993;

} // namespace

void pace_control::measured(duration wait) {
    rest_ = wait > bound_ ? rest_ * 2 : rest_ * shrink_thousandths / 1000;
    rest_ = std::clamp(rest_, rest_min, rest_max);
}

pacer::pacer(const eventstore::postgres::session::options& database, int partitions,
             std::chrono::milliseconds bound)
    : db_(database), partitions_(partitions), control_(bound), thread_([this] { probe(); }) {}

pacer::~pacer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    turn_.notify_all();
    thread_.join();
}

void pacer::rest() {
    std::unique_lock lock(mutex_);
    const auto wait = control_.rest();
    lock.unlock();
    std::this_thread::sleep_for(wait);
}

/// A connection that is lost ends the measuring; what works beside it notices that by itself, and
/// rests as it did.
void pacer::probe() {
    pthread_setname_np(pthread_self(), "pace");
    std::unique_lock lock(mutex_);
    try {
        for (std::int64_t i = 0; !stopping_; ++i) {
            lock.unlock();
            const auto began = steady_clock::now();
            db_.run(sql::statements::probe_append,
                    eventstore::postgres::params{}.add(i % partitions_));
            const auto took =
                std::chrono::duration_cast<pace_control::duration>(steady_clock::now() - began);
            lock.lock();
            control_.measured(took);
            turn_.wait_for(lock, probe_interval, [this] { return stopping_; });
        }
    } catch (const std::exception&) {
        lock.lock(); // it is not held while a statement runs
        stopping_ = true;
    }
}

} // namespace datadrop::projections
