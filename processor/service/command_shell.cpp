#include "processor/service/command_shell.hpp"

#include "domain/check.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <future>
#include <random>
#include <stdexcept>
#include <utility>

namespace datadrop::processor {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

moment now() {
    return {duration_cast<microseconds>(steady_clock::now().time_since_epoch()),
            std::chrono::time_point_cast<microseconds>(system_clock::now())};
}

constexpr auto look_interval = std::chrono::milliseconds(500);

/// What the call gives, or nothing when the log is not to be had or holds what cannot be read: a
/// broken world. The core tells the submitters; the operator is told here. Anything else that is
/// thrown is a bug, and ends the process: what was under way is in doubt, and the same keys settle
/// it.
template <typename Call>
auto attempted(Call& call, eventstore::log& log, outage& troubles)
    -> std::optional<decltype(call(log))> {
    try {
        std::optional result(call(log));
        troubles.succeeded();
        return result;
    } catch (const std::runtime_error& e) {
        troubles.failed(e.what());
        return std::nullopt;
    }
}

/// Who has to look, and at what; never what the command carries.
void log_parked(const domain::envelope& command, const eventstore::park_fate& fate) {
    if (fate.holder) return;
    spdlog::info("parked: dead letter {}, guild {}, user {}, {}, {}", number_of(fate.id),
                 number_of(command.who.guild), number_of(command.who.user), name_of(command.kind),
                 retry_budget_spent);
}

bool is_writable(eventstore::log& log, outage& troubles) {
    const auto look = [](eventstore::log& l) {
        l.require_writable();
        return true;
    };
    return attempted(look, log, troubles).has_value();
}

std::uint64_t fresh_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

} // namespace

command_shell::command_shell(boost::asio::io_context& io, int partitions, const core_limits& limits,
                             int writers, open_log open, on_commit committed)
    : io_(io), core_(partitions, limits, fresh_seed()), committed_(std::move(committed)),
      clock_(io), look_(io), drained_(io) {
    for (int i = 0; i < writers; ++i) {
        auto& w = *writers_.emplace_back(std::make_unique<writer>());
        w.thread =
            std::make_unique<worker_threads>("writer", 1, [&w, open](int) { w.log = open(); });
    }
}

command_shell::~command_shell() {
    for (auto& w : writers_)
        w->thread->stop();
}

void command_shell::open_connections(const std::function<void()>& opened) {
    for (auto& w : writers_) {
        std::packaged_task<void()> open([&w] { w->log->require_writable(); });
        boost::asio::post(w->thread->context(), [&open] { open(); });
        open.get_future().get();
        w->able = true;
        opened();
    }
    look_at_writers();
}

bool command_shell::can_write() const {
    return std::ranges::all_of(writers_, [](const auto& w) { return w->able; });
}

boost::asio::awaitable<std::vector<outcome>>
command_shell::submit(std::vector<submission> commands) {
    const auto mine = std::make_shared<batch>(io_);
    mine->outcomes.resize(commands.size());
    mine->open = commands.size();
    mine->done.expires_at(steady_clock::time_point::max());
    for (std::size_t i = 0; i < commands.size(); ++i) {
        commands[i].to = ++last_ticket_;
        waiting_.emplace(last_ticket_, waiting{mine, i});
    }
    core_.submit(std::move(commands), now());
    start_work();
    boost::system::error_code cancelled; // the way in which the last answer wakes us
    if (mine->open > 0)
        co_await mine->done.async_wait(
            boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    co_return std::move(mine->outcomes);
}

boost::asio::awaitable<void> command_shell::drain() {
    while (core_.admitted() > 0 || !jobs_.empty())
        co_await drained_.wait_until(steady_clock::now() + std::chrono::milliseconds(100));
}

/// Once whatever is ready to run now has run: those who are told their answers may submit again at
/// once, and then go in the same batch.
void command_shell::start_work() {
    if (std::exchange(starting_, true)) return;
    boost::asio::post(io_, [this] {
        starting_ = false;
        core_.start_work(now());
        carry_out();
    });
}

void command_shell::carry_out() {
    for (auto& next : core_.take_actions())
        std::visit([this](auto& a) { carry_out(std::move(a)); }, next);
    dispatch();
    arm_clock();
    if (core_.admitted() == 0) drained_.notify_all();
}

void command_shell::carry_out(answer a) {
    auto found = waiting_.extract(a.to);
    domain::check(!found.empty(), "an answer has its submitter, and is the only one");
    auto& [mine, index] = found.mapped();
    mine->outcomes[index] = std::move(a.what);
    if (--mine->open == 0) mine->done.cancel();
}

/// Queues a database call whose result goes to the core through `feed`.
template <typename Call, typename Feed>
void command_shell::enqueue(int partition, Call call, Feed feed) {
    jobs_.push_back(
        {partition, [this, call = std::move(call), feed = std::move(feed)](writer& w) mutable {
             auto result = attempted(call, *w.log, troubles_);
             return std::function<void()>([this, feed, result = std::move(result)]() mutable {
                 feed(std::move(result));
                 carry_out();
                 start_work();
             });
         }});
}

void command_shell::carry_out(load_heads a) {
    const int p = a.partition;
    enqueue(
        p, [a = std::move(a)](eventstore::log& log) { return log.load(a.partition, a.members); },
        [this, p](auto heads) { core_.loaded(p, heads, now()); });
}

void command_shell::carry_out(reserve_tail a) {
    const int p = a.partition;
    enqueue(
        p, [a = std::move(a)](eventstore::log& log) { return log.reserve(a.partition, a.members); },
        [this, p](auto heads) {
            if (!heads) free_reserved(p);
            core_.reserved(p, heads, now());
        });
    jobs_.back().reserves = true;
}

void command_shell::carry_out(release_tail a) {
    enqueue(
        a.partition,
        [](eventstore::log& log) {
            log.release();
            return true;
        },
        [](auto) {});
    jobs_.back().ends_reservation = true;
}

void command_shell::carry_out(append_chains a) {
    const int p = a.partition;
    enqueue(
        p, [a = std::move(a)](eventstore::log& log) { return log.append(a.partition, a.chains); },
        [this, p](auto fates) {
            core_.appended(p, fates, now());
            if (fates) committed_(p);
        });
    jobs_.back().ends_reservation = true;
}

void command_shell::carry_out(park_commands a) {
    const int p = a.partition;
    const auto what = std::make_shared<const park_commands>(std::move(a));
    enqueue(
        p, [what](eventstore::log& log) { return log.park(what->partition, what->commands); },
        [this, p, what](auto fates) {
            for (std::size_t i = 0; fates && i < fates->size(); ++i)
                log_parked(*what->commands[i].command, (*fates)[i]);
            core_.parked(p, fates, now());
            if (fates) committed_(p);
        });
}

void command_shell::carry_out(record_failure a) {
    const int p = a.partition;
    enqueue(
        p, [a = std::move(a)](eventstore::log& log) { return log.record_failure(a.id, a.what); },
        [this, p](auto fate) {
            core_.failure_recorded(p, fate.has_value(), now());
            if (fate) committed_(p);
        });
}

/// Starts what can be started, the oldest first. What ends a reservation goes to its holder.
void command_shell::dispatch() {
    for (auto next = jobs_.begin(); next != jobs_.end();) {
        auto* w = writer_for(*next);
        if (w == nullptr) {
            ++next;
            continue;
        }
        auto j = std::move(*next);
        next = jobs_.erase(next);
        start(*w, std::move(j));
    }
}

command_shell::writer* command_shell::writer_for(const job& j) {
    const auto holder = std::ranges::find_if(
        writers_, [&](const auto& w) { return w->reserved == std::optional(j.partition); });
    if (j.ends_reservation && holder != writers_.end())
        return (*holder)->busy ? nullptr : holder->get();
    const auto idle =
        std::ranges::find_if(writers_, [](const auto& w) { return !w->busy && !w->reserved; });
    return idle != writers_.end() ? idle->get() : nullptr;
}

void command_shell::free_reserved(int partition) {
    for (auto& w : writers_)
        if (w->reserved == std::optional(partition)) w->reserved.reset();
}

void command_shell::start(writer& w, job j) {
    w.busy = true;
    if (j.reserves) w.reserved = j.partition;
    boost::asio::post(w.thread->context(), [this, &w, j = std::move(j)]() mutable {
        auto feed = j.run(w);
        boost::asio::post(io_, [this, &w, feed = std::move(feed), ended = j.ends_reservation] {
            w.busy = false;
            if (ended) w.reserved.reset();
            if (w.look_due) look_at(w);
            feed();
        });
    });
}

void command_shell::look_at_writers() {
    for (auto& w : writers_) {
        w->look_due = true;
        look_at(*w);
    }
    look_.expires_after(look_interval);
    look_.async_wait([this](boost::system::error_code cancelled) {
        if (!cancelled) look_at_writers();
    });
}

/// Not while it has something else to do, which comes to an end soon.
void command_shell::look_at(writer& w) {
    if (w.busy || w.reserved) return;
    w.busy = true;
    w.look_due = false;
    boost::asio::post(w.thread->context(), [this, &w] {
        const bool able = is_writable(*w.log, troubles_);
        boost::asio::post(io_, [this, &w, able] {
            w.busy = false;
            w.able = able;
            dispatch();
        });
    });
}

void command_shell::arm_clock() {
    const auto at = core_.wake_at();
    if (!at || (armed_ && *armed_ <= *at)) return;
    armed_ = at;
    clock_.expires_at(steady_clock::time_point(*at));
    clock_.async_wait([this](boost::system::error_code cancelled) {
        if (cancelled) return;
        armed_.reset();
        core_.tick(now());
        start_work();
    });
}

} // namespace datadrop::processor
