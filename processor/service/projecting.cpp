#include "processor/service/projecting.hpp"

#include <pthread.h>

#include <memory>
#include <utility>
#include <vector>

namespace datadrop::processor {
namespace {

using projections::projector;
using step_result = projector::step_result;

/// How often a projector that stands by asks for its partition, and one that is active looks
/// without a cue.
constexpr auto turn_length = std::chrono::seconds(1);

/// Under load there is always something new, and a batch of a few events costs nearly as much as
/// one of many: they gather for so long.
constexpr auto gathering_time = std::chrono::milliseconds(50);

/// After a turn with so many they gather for longer: a page of the table is cleaned of old rows
/// once a batch, which is a fifth of the database's work where each page has one new row in it.
constexpr std::int64_t many_events = 500;
constexpr auto long_gathering_time = std::chrono::milliseconds(200);

std::shared_ptr<projector::link> connected(const eventstore::postgres::session::options& database) {
    auto link = projector::make_link(database);
    projector::connect(*link);
    return link;
}

} // namespace

projecting::projecting(const eventstore::postgres::session::options& database, int partitions,
                       int sentinel_rate, call_meter& meter, std::function<void()> progressed)
    : link_(connected(database)), partitions_(partitions), meter_(meter),
      progressed_(std::move(progressed)), sentinel_(sentinel_rate, partitions),
      thread_([this] { run(); }) {}

projecting::~projecting() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    turn_.notify_all();
    thread_.join();
}

void projecting::nudge() {
    {
        const std::lock_guard lock(mutex_);
        nudged_ = true;
    }
    turn_.notify_all();
}

void projecting::run() {
    pthread_setname_np(pthread_self(), "projector");
    std::vector<std::unique_ptr<projector>> projectors;
    for (const auto p : eventstore::all_partitions(partitions_))
        projectors.push_back(std::make_unique<projector>(link_, p));
    bool going = true;
    while (going) {
        const auto began = std::chrono::steady_clock::now();
        bool active = false;
        bool advanced = false;
        std::int64_t events = 0;
        for (auto& p : projectors) {
            const auto before = p->position();
            const auto result = step(*p);
            if (!result) break; // the database is away, for the others too
            active = active || result != step_result::standing_by;
            advanced = advanced || result == step_result::advanced;
            events += number_of(p->position()) - number_of(before);
        }
        active_ = active;
        if (advanced) progressed_();
        sentinel_.step(*link_);
        const auto gathering = events < many_events ? gathering_time : long_gathering_time;
        // Whoever is behind does not wait to be nudged, and is not hurried either.
        going = advanced ? gather_until(began + gathering) : wait_for_turn();
    }
}

/// A failure is the operator's to know and the next turn's to mend. Nothing when the database is
/// away, which the other partitions need not find out one by one.
std::optional<step_result> projecting::step(projector& p) {
    try {
        const auto result = meter_.timed(call_kind::project, [&] { return p.step(); });
        troubles_.succeeded();
        return result;
    } catch (const eventstore::unavailable& e) {
        troubles_.failed(e.what());
        return std::nullopt;
    } catch (const std::exception& e) {
        troubles_.failed(e.what());
        return step_result::standing_by;
    }
}

/// A nudge does not end it, or a steady load would cut each batch short.
bool projecting::gather_until(std::chrono::steady_clock::time_point end) {
    std::unique_lock lock(mutex_);
    turn_.wait_until(lock, end, [this] { return stopping_; });
    return !stopping_;
}

/// A nudge that came while the last turn ran counts: what it told of may have come too late for it.
bool projecting::wait_for_turn() {
    std::unique_lock lock(mutex_);
    turn_.wait_for(lock, turn_length, [this] { return nudged_ || stopping_; });
    nudged_ = false;
    return !stopping_;
}

} // namespace datadrop::processor
