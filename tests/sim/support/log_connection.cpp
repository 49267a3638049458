#include "tests/sim/support/log_connection.hpp"

#include "eventstore/settling.hpp"
#include "tests/sim/support/canary.hpp"
#include "tests/sim/support/settling.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace datadrop::sim {
namespace {

using eventstore::log;
using eventstore::remediation_fate;
using form = statement::form;

struct connection_lost {};
struct statement_refused {};
struct unavailable {};

constexpr milliseconds statement_time_max{10'000};
constexpr milliseconds reserve_wait_max{300}; // as reserve.sql has it

statement one(form is, eventstore::partition_number partition,
              microseconds wait_max = statement_time_max) {
    return {.is = is, .partition = partition, .lock_wait_max = wait_max};
}

eventstore::append_result taken_for_written(const std::vector<eventstore::chain>& chains) {
    eventstore::append_result taken;
    for (const auto& c : chains)
        taken.fates.push_back({.what = eventstore::fate::appended, .found = c.after});
    return taken;
}

} // namespace

log_connection::log_connection(environment& shared, server& database, gate process,
                               std::function<void()> lost)
    : shared_(shared), server_(database), process_(std::move(process)), lost_(std::move(lost)) {}

// ---- the calls of the log

/// As postgres_log has it: that the connection is a new one is told once …
template <typename Answer>
log_connection::answer_of<Answer> log_connection::told(answer_of<Answer> answer) {
    auto result = co_await std::move(answer);
    if (result) result->over_new_connection = std::exchange(is_new_, false);
    co_return result;
}

/// … and until then nothing is believed.
log_connection::expected log_connection::believed(expected tail) const {
    return is_new_ ? std::nullopt : tail;
}

log_connection::answer_of<log_connection::seen>
log_connection::load(eventstore::partition_number partition, members who) {
    std::function<seen(log&)> look = [partition, who = std::move(who)](log& l) {
        return l.load(partition, who);
    };
    co_return co_await told(guarded(read(one(form::read, partition), std::move(look))));
}

log_connection::answer_of<log_connection::seen>
log_connection::reserve(eventstore::partition_number partition, members who) {
    co_return co_await told(guarded(take_tail(partition, std::move(who))));
}

log_connection::answer_of<bool> log_connection::release() {
    co_return co_await guarded(give_back());
}

log_connection::answer_of<log_connection::appended>
log_connection::append(eventstore::partition_number partition, expected tail, chains what) {
    if (std::exchange(reserved_, std::nullopt))
        co_return co_await told(guarded(write_reserved(partition, tail, std::move(what))));
    co_return co_await told(guarded(write_whole(partition, tail, std::move(what))));
}

log_connection::answer_of<log_connection::park_fates>
log_connection::park(eventstore::partition_number partition, parkings what) {
    std::function<park_fates(log&)> effect = [partition, what](log& l) {
        return l.park(partition, what);
    };
    std::function<park_fates(log&)> again = [partition, what](log& l) {
        auto parked = l.park(partition, what);
        eventstore::claim_own(what, parked);
        return parked;
    };
    co_return co_await guarded(write(partition, std::move(effect), std::move(again)));
}

log_connection::answer_of<remediation_fate>
log_connection::record_failure(eventstore::letter_seen letter, domain::redrive_failed what) {
    std::function<remediation_fate(log&)> effect = [letter, what](log& l) {
        return l.record_failure(letter, what);
    };
    std::function<remediation_fate(log&)> settled = [letter, what](log& l) {
        return stands_in(l, letter.id, what) ? remediation_fate::done
                                             : l.record_failure(letter, what);
    };
    co_return co_await guarded(
        write(partition_of(letter.id), std::move(effect), std::move(settled)));
}

log_connection::answer_of<remediation_fate>
log_connection::discard(eventstore::dead_letter_id id, domain::command_discarded what) {
    std::function<remediation_fate(log&)> effect = [id, what](log& l) {
        return l.discard(id, what);
    };
    std::function<remediation_fate(log&)> settled = [id, what](log& l) {
        return stands_in(l, id, what) ? remediation_fate::done : l.discard(id, what);
    };
    co_return co_await guarded(write(partition_of(id), std::move(effect), std::move(settled)));
}

bool log_connection::can_send_ahead() const {
    return backend_ && !broken_ && !reserved_ && !stream_->is_settled;
}

void log_connection::drop() {
    if (backend_) server_.lose_client(std::exchange(backend_, nullptr));
}

log_connection::awaitable<log_connection::appended>
log_connection::write_whole(eventstore::partition_number partition, expected tail, chains what) {
    co_await connect(); // which says what may be expected
    const auto over = stream_;
    ++appends_;
    std::optional<appended> written;
    bool refused = false;
    try {
        written =
            co_await run(one(form::write, partition), appending(partition, believed(tail), what));
    } catch (const connection_lost&) {
        written.reset();
    } catch (const statement_refused&) {
        refused = true;
    }
    --appends_;
    if (refused) throw statement_refused{};
    if (written) co_return *written;
    co_return co_await settle_in_order(over, partition, std::move(what));
}

/// Both of two that were sent one behind the other are in doubt, and the first is settled first.
log_connection::awaitable<log_connection::appended>
log_connection::settle_in_order(std::shared_ptr<stream> over,
                                eventstore::partition_number partition, chains what) {
    if (std::exchange(over->is_settled, true)) {
        shared_.seen.saw(sight::second_in_doubt);
        std::optional<appended> too_early;
        if (planted(canary::second_settled_before_first))
            too_early = looking_up(partition, what)(server_.log());
        while (over->is_settling)
            co_await pause(microseconds(100));
        if (!over->is_fenced) throw unavailable{};
        if (too_early) co_return *too_early;
        co_return co_await run(one(form::write, partition, reserve_wait_max),
                               looking_up(partition, std::move(what)));
    }
    over->is_settling = true;
    std::optional<appended> found;
    bool lost = false;
    try {
        co_await reconnect_and_fence();
        over->is_fenced = true;
        found = co_await run(one(form::write, partition, reserve_wait_max),
                             looking_up(partition, std::move(what)));
    } catch (const connection_lost&) {
        lost = true;
    } catch (const statement_refused&) {
        found.reset();
    } catch (const unavailable&) {
        found.reset();
    }
    over->is_settling = false;
    if (lost) throw connection_lost{};
    if (!found) throw unavailable{};
    co_return *found;
}

std::function<log_connection::appended(log&)>
log_connection::appending(eventstore::partition_number partition, expected tail, chains what) {
    return [this, partition, tail, what = std::move(what)](log& l) {
        auto told = l.append(partition, tail, what);
        const auto moved = [&](const eventstore::chain& c) {
            return std::ranges::find(told.moved, c.who, &eventstore::moved_member::who) !=
                   told.moved.end();
        };
        if (!told.followed)
            shared_.seen.saw(sight::tail_not_followed);
        else if (!told.moved.empty())
            shared_.seen.saw(sight::tail_followed);
        for (const auto& c : what)
            if (told.followed && c.known == eventstore::knowledge::exact && !moved(c))
                shared_.seen.saw(sight::proven_by_tail);
        return told;
    };
}

// ---- reservations

log_connection::awaitable<log_connection::seen>
log_connection::take_tail(eventstore::partition_number partition, members who) {
    co_await give_back();
    std::function<seen(log&)> look = [partition, who = std::move(who)](log& l) {
        return l.load(partition, who);
    };
    auto found = co_await read(one(form::reserve, partition, reserve_wait_max), std::move(look));
    reserved_ = partition;
    co_return found;
}

log_connection::awaitable<bool> log_connection::give_back() {
    const auto held = std::exchange(reserved_, std::nullopt);
    std::function<bool(log&)> nothing = [](log&) { return true; };
    bool lost = false;
    try {
        if (held && backend_) co_await run(one(form::rollback, *held), nothing);
    } catch (const connection_lost&) {
        lost = true; // the server rolls back by itself
    }
    co_return !lost;
}

log_connection::awaitable<log_connection::appended>
log_connection::write_reserved(eventstore::partition_number partition, expected tail, chains what) {
    appended unwritten;
    unwritten.fates.resize(what.size(), {.what = eventstore::fate::not_written});
    std::function<bool(log&)> nothing = [](log&) { return true; };
    bool lost = backend_ == nullptr;
    try {
        if (!lost) co_await run(one(form::stay, partition), nothing);
    } catch (const connection_lost&) {
        lost = true;
    }
    if (lost) { // nothing was committed, and without a word from us nothing will be
        drop();
        co_return unwritten;
    }
    auto effect = appending(partition, believed(tail), what);
    std::optional<appended> committed;
    try {
        committed = co_await run(one(form::commit, partition), std::move(effect));
    } catch (const connection_lost&) {
        committed.reset();
    }
    if (committed) co_return *committed;
    co_return co_await settle(partition, std::move(what));
}

log_connection::awaitable<log_connection::appended>
log_connection::settle(eventstore::partition_number partition, chains what) {
    co_await reconnect_and_fence();
    co_return co_await run(one(form::write, partition, reserve_wait_max),
                           looking_up(partition, std::move(what)));
}

std::function<log_connection::appended(log&)>
log_connection::looking_up(eventstore::partition_number partition, chains what) {
    return [this, partition, what = std::move(what)](log& l) {
        if (planted(canary::doubt_retried_blind)) return l.append(partition, {}, what);
        if (planted(canary::doubt_taken_for_written)) return taken_for_written(what);
        appended found{.fates = settled_fates(l, partition, what)};
        for (const auto& f : found.fates)
            shared_.seen.saw(f.what == eventstore::fate::not_written ? sight::doubt_found_unwritten
                                                                     : sight::doubt_found_written);
        return found;
    };
}

// ---- the connection and the doubts about it

template <typename Result>
log_connection::answer_of<Result> log_connection::guarded(awaitable<Result> work) {
    std::optional<Result> result;
    try {
        result = co_await std::move(work);
    } catch (const connection_lost&) {
        drop();
    } catch (const statement_refused&) {
        // The connection is as good as before.
    } catch (const unavailable&) {
        shared_.seen.saw(sight::doubt_unsettled);
    }
    co_return result;
}

/// One round trip. Throws connection_lost, statement_refused.
template <typename Result>
log_connection::awaitable<Result> log_connection::run(statement what,
                                                      std::function<Result(log&)> effect) {
    const auto result = std::make_shared<Result>();
    what.effect = [result, effect = std::move(effect)](log& l) { *result = effect(l); };
    auto start = [this, what = std::move(what)](auto handler) mutable {
        using handler_type = decltype(handler);
        auto held = std::make_shared<handler_type>(std::move(handler));
        send(std::move(what), [held](ending how) { std::move (*held)(how); });
    };
    const auto how =
        co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(ending)>(
            std::move(start), boost::asio::use_awaitable);
    broken_ = how == ending::lost;
    if (broken_) lost_();
    if (broken_) throw connection_lost{};
    if (how == ending::refused) throw statement_refused{};
    co_return std::move(*result);
}

/// A read may be repeated: once, since a connection that was idle may have died unnoticed.
template <typename Result>
log_connection::awaitable<Result> log_connection::read(statement what,
                                                       std::function<Result(log&)> effect) {
    std::optional<Result> result;
    try {
        co_await connect();
        result = co_await run(what, effect);
    } catch (const connection_lost&) {
        result.reset();
    }
    if (result) co_return std::move(*result);
    drop();
    co_await connect();
    co_return co_await run(std::move(what), std::move(effect));
}

/// A write whose connection is lost is in doubt, and settled on another connection.
template <typename Result>
log_connection::awaitable<Result> log_connection::write(eventstore::partition_number partition,
                                                        std::function<Result(log&)> effect,
                                                        std::function<Result(log&)> settle) {
    co_await connect();
    std::optional<Result> result;
    try {
        result = co_await run(one(form::write, partition), std::move(effect));
    } catch (const connection_lost&) {
        result.reset();
    }
    if (result) co_return std::move(*result);
    co_await reconnect_and_fence();
    co_return co_await run(one(form::write, partition, reserve_wait_max), std::move(settle));
}

log_connection::awaitable<void> log_connection::connect() {
    if (backend_) co_return;
    co_await pause(shared_.random.between(microseconds(200), milliseconds(3)));
    backend_ = server_.connect();
    if (!backend_) throw connection_lost{};
    stream_ = std::make_shared<stream>();
    broken_ = false;
    is_new_ = true;
}

/// After a loss: a new connection, and the certainty that the old one's backend writes nothing any
/// more.
log_connection::awaitable<void> log_connection::reconnect_and_fence() {
    const auto old = backend_;
    drop();
    co_await connect();
    if (planted(canary::doubt_retried_blind)) co_return;
    auto start = [this, old](auto handler) {
        using handler_type = decltype(handler);
        auto held = std::make_shared<handler_type>(std::move(handler));
        server_.fence(
            old, [this, held](bool gone) { process_([held, gone] { std::move (*held)(gone); }); });
    };
    const bool gone =
        co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(bool)>(
            std::move(start), boost::asio::use_awaitable);
    if (!gone) throw unavailable{};
}

log_connection::awaitable<void> log_connection::pause(microseconds time) {
    auto start = [this, time](auto handler) {
        using handler_type = decltype(handler);
        auto held = std::make_shared<handler_type>(std::move(handler));
        shared_.time.after(time, [this, held] { process_([held] { std::move (*held)(); }); });
    };
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
        std::move(start), boost::asio::use_awaitable);
}

} // namespace datadrop::sim
