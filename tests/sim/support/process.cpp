#include "tests/sim/support/process.hpp"

#include "tests/processor/core/machine_text.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <utility>

namespace datadrop::sim {

process::process(environment& shared, server& database, int number, on_answer told)
    : shared_(shared), number_(number), told_(std::move(told)),
      core_(shared.chosen.partitions, shared.chosen.limits, shared.random.any()),
      desk_(shared.chosen.connections) {
    const gate mine = [this](std::function<void()> what) { enter(std::move(what)); };
    for (std::size_t i = 0; i < static_cast<std::size_t>(shared.chosen.connections); ++i)
        writers_.emplace_back(shared, database, mine, [this, i] { desk_.lost(i); });
}

void process::submit(std::vector<processor::submission> commands) {
    core_.submit(std::move(commands), now());
    start_work();
}

void process::enter(std::function<void()> what) {
    if (!alive_) return;
    if (held_.empty() && shared_.time.now() >= frozen_until_) return what();
    held_.push_back(std::move(what));
    if (held_.size() == 1) shared_.time.at(frozen_until_, [this] { thaw(); });
}

/// In the order in which it came, however often it was frozen meanwhile.
void process::thaw() {
    if (shared_.time.now() < frozen_until_)
        return shared_.time.at(frozen_until_, [this] { thaw(); });
    while (alive_ && !held_.empty()) {
        const auto next = std::move(held_.front());
        next();
        held_.pop_front(); // only now: what comes meanwhile goes behind
    }
}

void process::kill() {
    alive_ = false;
    for (auto& w : writers_)
        w.drop();
}

void process::freeze(microseconds time) {
    frozen_until_ = std::max(frozen_until_, shared_.time.now() + time);
}

processor::moment process::now() const {
    const auto steady = shared_.time.now();
    return {steady, domain::timestamp(steady + wall_offset_)};
}

// ---- actions, as command_shell carries them out

/// Once what comes at the same moment has come.
void process::start_work() {
    if (std::exchange(starting_, true)) return;
    shared_.time.after(microseconds(0), [this] {
        enter([this] {
            starting_ = false;
            core_.start_work(now());
            carry_out();
        });
    });
}

void process::carry_out() {
    for (auto& next : core_.take_actions()) {
        if (shared_.told.told())
            shared_.told.tell("processor {}: {}", number_, std::visit(test::describe{}, next));
        std::visit([this](auto& a) { carry_out(a); }, next);
    }
    while (auto a = desk_.next_assignment())
        start(std::move(*a));
    arm_clock();
}

void process::carry_out(processor::answer& a) { told_(*this, a.to, a.what); }

void process::carry_out(processor::log_call& call) { desk_.add(std::move(call)); }

namespace {

/// A call, in virtual time.
template <typename Call>
boost::asio::awaitable<processor::call_result> run(const Call asked, log_connection& db) {
    auto answered = co_await call(db, asked);
    co_return result_of(asked, std::move(answered));
}

} // namespace

void process::start(processor::writer_desk::assignment a) {
    auto on_end = [this, writer = a.writer](std::exception_ptr failed,
                                            processor::call_result result) {
        if (failed) std::rethrow_exception(failed);
        came_back(writer, std::move(result));
    };
    if (writers_[a.writer].can_send_ahead()) desk_.sent_ahead(a.writer);
    const auto begin = [&](auto& asked) {
        boost::asio::co_spawn(shared_.io, run(asked, writers_[a.writer]), std::move(on_end));
    };
    std::visit(begin, std::get<processor::log_call>(a.what));
}

/// The result comes back to the core's thread, sometimes late.
void process::came_back(std::size_t writer, processor::call_result result) {
    microseconds late{};
    if (shared_.happens(shared_.chosen.statements.late, sight::answer_late))
        late = shared_.random.between(microseconds(0), shared_.chosen.late_max);
    auto& back = back_[writer];
    back = std::max(back, shared_.time.now() + late); // none overtakes another
    shared_.time.at(back, [this, writer, result = std::move(result)] {
        enter([this, writer, result] { ended(writer, result); });
    });
}

void process::ended(std::size_t writer, const processor::call_result& result) {
    desk_.ended(writer, result);
    core_.feed(result, now());
    carry_out();
    start_work();
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
            start_work();
        });
    });
}

} // namespace datadrop::sim
