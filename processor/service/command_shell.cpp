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

call_kind kind_of(const log_call& call) {
    struct kinds {
        call_kind operator()(const load_heads&) const { return call_kind::load; }
        call_kind operator()(const reserve_tail&) const { return call_kind::reserve; }
        call_kind operator()(const release_tail&) const { return call_kind::release; }
        call_kind operator()(const append_chains&) const { return call_kind::append; }
        call_kind operator()(const park_commands&) const { return call_kind::park; }
        call_kind operator()(const record_failure&) const { return call_kind::record_failure; }
    };
    return std::visit(kinds{}, call);
}

/// What came of the call, which is not known when the log is not to be had or holds what cannot be
/// read: a broken world. The core tells the submitters; the operator is told here. Anything else
/// that is thrown is a bug, and ends the process: what was under way is in doubt, and the same keys
/// settle it.
call_result run_guarded(const log_call& call, eventstore::log& log, call_meter& meter,
                        outage& troubles) {
    try {
        auto result = meter.timed(kind_of(call), [&] { return run(call, log); });
        troubles.succeeded();
        return result;
    } catch (const std::runtime_error& e) {
        troubles.failed(e.what());
        return unanswered(call);
    }
}

bool is_writable(eventstore::log& log, call_meter& meter, outage& troubles) {
    try {
        meter.timed(call_kind::write_check, [&] { log.require_writable(); });
        troubles.succeeded();
        return true;
    } catch (const std::runtime_error& e) {
        troubles.failed(e.what());
        return false;
    }
}

/// Who has to look, and at what; never what the command carries.
void log_parked(const domain::envelope& command, const eventstore::park_fate& fate) {
    if (fate.holder) return;
    spdlog::info("parked: dead letter {}, guild {}, user {}, {}, {}", number_of(fate.id),
                 number_of(command.who.guild), number_of(command.who.user), name_of(command.kind),
                 name_of(outcome_code::retry_budget_spent));
}

void log_parked(const log_call& call, const call_result& result) {
    const auto* asked = std::get_if<park_commands>(&call);
    const auto* parked = std::get_if<commands_parked>(&result);
    for (std::size_t i = 0; asked && parked && parked->fates && i < parked->fates->size(); ++i)
        log_parked(*asked->commands[i].command, (*parked->fates)[i]);
}

std::uint64_t fresh_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

} // namespace

command_shell::command_shell(boost::asio::io_context& io, int partitions, const core_limits& limits,
                             int writers, call_meter& meter, open_log open, on_commit committed)
    : io_(io), core_(partitions, limits, fresh_seed()), meter_(meter),
      committed_(std::move(committed)), desk_(writers), clock_(io), look_(io), drained_(io) {
    for (int i = 0; i < writers; ++i) {
        // Each has its thread, since libpqxx blocks; its log is made and used there only.
        auto& w = *writers_.emplace_back(std::make_unique<writer_connection>());
        w.thread =
            std::make_unique<worker_threads>("writer", 1, [&w, open](int) { w.log = open(); });
        const auto number = static_cast<std::size_t>(i);
        w.sender = std::make_unique<append_sender>(
            io_, w.thread->context().get_executor(), meter_, troubles_,
            append_sender::events{
                .answered = [this, number](const log_call& call,
                                           const call_result& told) { ended(number, call, told); },
                .lost = [this, number] { desk_.lost(number); }});
    }
}

/// What runs ends before anything that it would come back to.
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
    mine->done.expires_at(steady_clock::time_point::max());
    // A place without a command is one that could not be read; its outcome is the caller's to fill.
    for (std::size_t i = 0; i < commands.size(); ++i) { // the ticket remembers the place
        if (!commands[i].command) continue;
        commands[i].to = ++last_ticket_;
        waiting_.emplace(last_ticket_, waiting{mine, i});
        ++mine->open;
    }
    std::erase_if(commands, [](const submission& s) { return !s.command; });
    // Nobody would wake us for them.
    if (commands.empty()) co_return std::move(mine->outcomes);
    core_.submit(std::move(commands), now()); // which may refuse them all: told by start_work
    start_work();
    boost::system::error_code cancelled; // the way in which the last answer wakes us
    if (mine->open > 0)
        co_await mine->done.async_wait(
            boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    co_return std::move(mine->outcomes);
}

boost::asio::awaitable<void> command_shell::drain() {
    // The desk too: a lock that is being released is work, though nobody waits for its answer.
    while (core_.admitted() > 0 || !desk_.is_clear())
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
    for (auto& next : core_.take_actions()) {
        if (auto* said = std::get_if<answer>(&next))
            tell(std::move(*said));
        else
            desk_.add(std::get<log_call>(std::move(next)));
    }
    // After all of them: who gets what is chosen among everything that is due.
    while (auto a = desk_.next_assignment())
        start(std::move(*a));
    arm_clock();
    if (core_.admitted() == 0) drained_.notify_all();
}

void command_shell::tell(answer a) {
    auto found = waiting_.extract(a.to);
    domain::check(!found.empty(), "an answer has its submitter, and is the only one");
    auto& [mine, index] = found.mapped();
    mine->outcomes[index] = std::move(a.what);
    if (--mine->open == 0) mine->done.cancel();
}

void command_shell::start(writer_desk::assignment a) {
    std::visit([&](auto& what) { run(a.writer, std::move(what)); }, a.what);
}

void command_shell::run(std::size_t writer, log_call call) {
    auto& w = *writers_[writer];
    if (w.able && w.sender->can_send(*w.log, call)) {
        desk_.sent_ahead(writer);
        return w.sender->send(*w.log, std::get<append_chains>(std::move(call)));
    }
    w.sender->let_go();
    // To the writer's thread and back: the core is only touched on the io_context's.
    boost::asio::post(w.thread->context(), [this, &w, writer, call = std::move(call)]() mutable {
        auto result = run_guarded(call, *w.log, meter_, troubles_);
        boost::asio::post(io_, [this, writer, call = std::move(call), result = std::move(result)] {
            ended(writer, call, result);
        });
    });
}

/// The writer is free before the core hears of it: what it asks for next may be this writer's.
void command_shell::ended(std::size_t writer, const log_call& call, const call_result& result) {
    desk_.ended(writer, result);
    log_parked(call, result);
    core_.feed(result, now());
    if (has_written(result)) committed_();
    carry_out();
    start_work();
}

void command_shell::run(std::size_t writer, look) {
    auto& w = *writers_[writer];
    w.sender->let_go();
    boost::asio::post(w.thread->context(), [this, &w, writer] {
        const bool able = is_writable(*w.log, meter_, troubles_);
        boost::asio::post(io_, [this, writer, able] { looked(writer, able); });
    });
}

void command_shell::looked(std::size_t writer, bool able) {
    desk_.looked(writer);
    writers_[writer]->able = able;
    carry_out();
}

void command_shell::look_at_writers() {
    // Nobody may be submitting, and readiness has to be known all the same.
    desk_.ask_looks();
    carry_out();
    look_.expires_after(look_interval);
    look_.async_wait([this](boost::system::error_code cancelled) {
        if (!cancelled) look_at_writers();
    });
}

/// Never later than it is set already; a tick that comes too early does no harm.
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
