#include "tests/sim/support/process.hpp"

#include "tests/processor/core/machine_text.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <utility>

namespace datadrop::sim {

process::process(environment& shared, server& database, int number, on_answer told)
    : shared_(shared), number_(number), told_(std::move(told)),
      core_(shared.chosen.partitions, shared.chosen.limits, shared.random.any()) {
    const gate mine = [this](std::function<void()> what) { enter(std::move(what)); };
    for (int i = 0; i < shared.chosen.connections; ++i)
        writers_.emplace_back(connection(shared, database, mine));
}

void process::submit(std::vector<processor::submission> commands) {
    core_.submit(std::move(commands), now());
    carry_out();
}

void process::enter(std::function<void()> what) {
    if (!alive_) return;
    if (shared_.time.now() >= frozen_until_) return what();
    shared_.time.at(frozen_until_,
                    [this, what = std::move(what)]() mutable { enter(std::move(what)); });
}

void process::kill() {
    alive_ = false;
    for (auto& w : writers_)
        w.db.drop();
}

void process::freeze(microseconds time) {
    frozen_until_ = std::max(frozen_until_, shared_.time.now() + time);
}

processor::moment process::now() const {
    const auto steady = shared_.time.now();
    return {steady, domain::timestamp(steady + wall_offset_)};
}

// ---- actions, as command_shell carries them out

void process::carry_out() {
    core_.start_work(now());
    for (auto& next : core_.take_actions()) {
        if (shared_.told.told())
            shared_.told.tell("processor {}: {}", number_, std::visit(test::describe{}, next));
        std::visit([this](auto& a) { carry_out(std::move(a)); }, next);
    }
    dispatch();
    arm_clock();
}

void process::carry_out(processor::answer a) { told_(*this, a.to, a.what); }

/// Queues a database call whose result goes to the core through `feed`.
template <typename Call, typename Feed>
process::job& process::enqueue(int partition, Call call, Feed feed) {
    job& queued = jobs_.emplace_back(job{.partition = partition, .start = {}});
    queued.start = [this, call = std::move(call), feed = std::move(feed)](writer& w) {
        auto on_end = [this, &w, feed](std::exception_ptr failed, auto result) {
            if (failed) std::rethrow_exception(failed);
            this->finish(w, std::move(result), feed);
        };
        boost::asio::co_spawn(shared_.io, call(w.db), std::move(on_end));
    };
    return queued;
}

/// The result comes back to the core's thread, sometimes late.
template <typename Result, typename Feed>
void process::finish(writer& w, std::optional<Result> result, Feed feed) {
    microseconds late{};
    if (shared_.happens(shared_.chosen.statements.late, sight::answer_late))
        late = shared_.random.between(microseconds(0), shared_.chosen.late_max);
    auto deliver = [this, &w, feed, result = std::move(result)] {
        w.busy = false;
        if (std::exchange(w.ends, false)) w.reserved.reset();
        feed(result);
        carry_out();
    };
    shared_.time.after(late, [this, deliver = std::move(deliver)] { enter(deliver); });
}

void process::carry_out(processor::load_heads a) {
    const int p = a.partition;
    enqueue(
        p, [a = std::move(a)](connection& db) { return db.load(a.partition, a.members); },
        [this, p](const auto& heads) { core_.loaded(p, heads, now()); });
}

void process::carry_out(processor::reserve_tail a) {
    const int p = a.partition;
    enqueue(
        p, [a = std::move(a)](connection& db) { return db.reserve(a.partition, a.members); },
        [this, p](const auto& heads) {
            if (!heads) free_reserved(p);
            core_.reserved(p, heads, now());
        })
        .reserves = true;
}

void process::carry_out(processor::release_tail a) {
    enqueue(
        a.partition, [](connection& db) { return db.release(); }, [](const auto&) {})
        .ends_reservation = true;
}

void process::carry_out(processor::append_chains a) {
    const int p = a.partition;
    enqueue(
        p, [a = std::move(a)](connection& db) { return db.append(a.partition, a.chains); },
        [this, p](const auto& fates) { core_.appended(p, fates, now()); })
        .ends_reservation = true;
}

void process::carry_out(processor::park_commands a) {
    const int p = a.partition;
    enqueue(
        p, [a = std::move(a)](connection& db) { return db.park(a.partition, a.commands); },
        [this, p](const auto& fates) { core_.parked(p, fates, now()); });
}

void process::carry_out(processor::record_failure a) {
    const int p = a.partition;
    enqueue(
        p, [a = std::move(a)](connection& db) { return db.record_failure(a.id, a.what); },
        [this, p](const auto& fate) { core_.failure_recorded(p, fate.has_value(), now()); });
}

/// Starts what can be started, the oldest first. What ends a reservation goes to its holder.
void process::dispatch() {
    for (auto next = jobs_.begin(); next != jobs_.end();) {
        auto* w = writer_for(*next);
        if (w == nullptr) {
            ++next;
            continue;
        }
        auto j = std::move(*next);
        next = jobs_.erase(next);
        w->busy = true;
        w->ends = j.ends_reservation;
        if (j.reserves) w->reserved = j.partition;
        j.start(*w);
    }
}

process::writer* process::writer_for(const job& j) {
    const auto holder = std::ranges::find_if(
        writers_, [&](const auto& w) { return w.reserved == std::optional(j.partition); });
    if (j.ends_reservation && holder != writers_.end()) return holder->busy ? nullptr : &*holder;
    const auto idle =
        std::ranges::find_if(writers_, [](const auto& w) { return !w.busy && !w.reserved; });
    return idle != writers_.end() ? &*idle : nullptr;
}

void process::free_reserved(int partition) {
    for (auto& w : writers_)
        if (w.reserved == std::optional(partition)) w.reserved.reset();
}

void process::arm_clock() {
    const auto at = core_.wake_at();
    if (!at || (armed_ && *armed_ <= *at)) return;
    armed_ = at;
    shared_.time.at(*at, [this, at = *at] {
        enter([this, at] {
            if (armed_ != std::optional(at)) return;
            armed_.reset();
            core_.tick(now());
            carry_out();
        });
    });
}

} // namespace datadrop::sim
