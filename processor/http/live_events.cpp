#include "processor/http/live_events.hpp"

#include "eventstore/cursor_proof.hpp"
#include "processor/http/http_limits.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace datadrop::processor::http {

namespace {

using boost::asio::awaitable;
using eventstore::cursor;
using eventstore::partition_number;

/// What a partition has behind the cursor; no list when that is not of this history.
struct looked_at {
    partition_number partition{};
    std::optional<std::vector<feed_event>> events{};
};

std::vector<looked_at> read_all(eventstore::log& from, const cursor& end,
                                const std::vector<partition_number>& partitions) {
    std::vector<looked_at> all;
    for (const auto p : partitions) {
        auto& one = all.emplace_back(looked_at{p});
        if (const auto page = eventstore::read_on(from, end, p, feed_page_events))
            one.events = feed_events(*page);
    }
    return all;
}

std::size_t bytes_of(const feed_event& event) { return sizeof(event) + event.text.size(); }

/// How many events of the window a cursor has passed; nothing when it is not in it.
std::optional<std::size_t> place_in(const std::vector<feed_event>& events, const cursor& begin,
                                    const cursor& at, partition_number partition) {
    const auto passed = number_of(at.at(partition)) - number_of(begin.at(partition));
    if (passed < 0 || std::cmp_greater(passed, events.size())) return std::nullopt;
    const auto place = static_cast<std::size_t>(passed);
    const auto check =
        place == 0 ? begin.check_at(partition) : std::optional{events[place - 1].check};
    if (check != at.check_at(partition)) return std::nullopt;
    return place;
}

} // namespace

live_events::live_events(service& behind) : behind_(behind), pause_(behind.context()) {}

live_events::stay::stay(live_events& at) : at_(at), timer_(at.behind_.context()) {
    at_.stays_.insert(this);
    if (std::exchange(at_.running_, true)) return;
    boost::asio::co_spawn(at_.behind_.context(), at_.run(at_.shared_from_this()),
                          boost::asio::detached);
}

awaitable<void> live_events::stay::next_change(std::uint64_t since, clock::time_point end) {
    if (at_.changes_ != since) co_return;
    timer_.expires_at(end);
    boost::system::error_code woken;
    co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
}

std::optional<std::string> live_events::tell_behind(cursor& at, partition_number partition,
                                                    const eventstore::event_filter& wanted) const {
    if (!known_) return std::nullopt;
    const auto& events = windows_[index_of(partition)].events;
    const auto place = place_in(events, known_->begin, at, partition);
    if (!place) return std::nullopt;
    return tell(std::span(events).subspan(*place), wanted, feed_text_bytes, at).text;
}

awaitable<void> live_events::run([[maybe_unused]] std::shared_ptr<live_events> self) {
    while (!stays_.empty()) {
        const auto what = co_await look();
        if (what == found::something) {
            ++changes_;
            for (auto* feed : stays_)
                feed->wake();
            co_await pause(feed_wake_cost * feeds());
        }
        if (what == found::no_database)
            co_await pause(feed_wait_max);
        else if (known_)
            co_await behind_.log_moves(known_->end, feed_wait_max);
    }
    running_ = false;
    forget();
}

awaitable<live_events::found> live_events::look() {
    try {
        if (known_) co_return co_await read_on() ? found::something : found::nothing;
        co_await begin();
        co_return found::something;
    } catch (const eventstore::unavailable&) {
        co_return found::no_database;
    }
}

/// At the log's end: who is further behind reads for himself until there.
awaitable<void> live_events::begin() {
    auto end = co_await behind_.read([](reader& r) { return eventstore::proven_tails(r.log); });
    windows_.assign(static_cast<std::size_t>(end.partitions()), {});
    known_.emplace(extent{.begin = end, .end = std::move(end)});
}

/// True when there was something new.
awaitable<bool> live_events::read_on() {
    const auto partitions = worth_a_look();
    auto all = co_await behind_.read(
        [this, &partitions](reader& r) { return read_all(r.log, known_->end, partitions); });
    bool any = false;
    for (auto& one : all) {
        if (!one.events) {
            forget();
            co_return true;
        }
        any = any || !one.events->empty();
        keep(one.partition, *std::move(one.events));
    }
    co_return any;
}

/// Those that have moved, and all of them now and then: the history may be another one.
std::vector<partition_number> live_events::worth_a_look() {
    const bool due = clock::now() >= proof_due_;
    if (due) proof_due_ = clock::now() + feed_wait_max;
    std::vector<partition_number> some;
    for (const auto p : eventstore::all_partitions(known_->end.partitions()))
        if (due || behind_.tails_seen().at(p) != known_->end.at(p)) some.push_back(p);
    return some;
}

void live_events::keep(partition_number partition, std::vector<feed_event> events) {
    auto& mine = windows_[index_of(partition)];
    for (auto& e : events) {
        known_->end.advance(e.position, e.check);
        mine.bytes += bytes_of(e);
        mine.events.push_back(std::move(e));
    }
    if (mine.bytes <= feed_window_bytes) return;
    auto kept = mine.events.begin(); // half of it goes at once, since the rest has to move up
    for (; mine.bytes > feed_window_bytes / 2; ++kept) {
        known_->begin.advance(kept->position, kept->check);
        mine.bytes -= bytes_of(*kept);
    }
    mine.events.erase(mine.events.begin(), kept);
}

void live_events::forget() {
    known_.reset();
    windows_.clear();
}

awaitable<void> live_events::pause(clock::duration time) {
    pause_.expires_after(time);
    boost::system::error_code cancelled;
    co_await pause_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
}

} // namespace datadrop::processor::http
