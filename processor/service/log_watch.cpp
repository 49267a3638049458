#include "processor/service/log_watch.hpp"

#include "processor/service/sql/statements.hpp"

#include <boost/asio/post.hpp>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace datadrop::processor {
namespace {

using std::chrono::steady_clock;

constexpr auto turn_length = std::chrono::milliseconds(25);
constexpr auto tokens_age_max = std::chrono::seconds(2);

bool covers(const eventstore::cursor& reached, const eventstore::cursor& wanted) {
    for (int p = 0; p < wanted.partitions(); ++p)
        if (reached.at(p) < wanted.at(p)) return false;
    return true;
}

log_watch::sight read_sight(eventstore::postgres::session& db, int partitions) {
    log_watch::sight s{eventstore::cursor(partitions), eventstore::cursor(partitions)};
    const auto rows = db.run(sql::statements::log_and_projection);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        s.tails.advance(eventstore::global_position{rows.number(i, 0)});
        s.projected.advance(eventstore::global_position{rows.number(i, 1)});
    }
    return s;
}

} // namespace

log_watch::log_watch(boost::asio::io_context& io,
                     const eventstore::postgres::session::options& database, int partitions,
                     std::vector<eventstore::token_record> tokens, on_move moved)
    : io_(io), partitions_(partitions),
      log_moved_(std::move(moved)), last_{eventstore::cursor(partitions),
                                          eventstore::cursor(partitions)},
      tokens_(std::move(tokens)), moved_(io), tokens_read_(io), db_(database) {
    db_.connect();
    thread_ = std::thread([this] { watch(); });
}

log_watch::~log_watch() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    turn_.notify_all();
    thread_.join();
}

void log_watch::nudge() {
    {
        const std::lock_guard lock(mutex_);
        nudged_ = true;
    }
    turn_.notify_all();
}

boost::asio::awaitable<bool> log_watch::projection_reaches(eventstore::cursor position,
                                                           steady_clock::time_point end) {
    while (!covers(last_.projected, position)) {
        if (steady_clock::now() >= end) co_return false;
        nudge();
        co_await moved_.wait_until(end);
    }
    co_return true;
}

boost::asio::awaitable<void> log_watch::log_moves(eventstore::cursor seen,
                                                  steady_clock::time_point end) {
    while (covers(seen, last_.tails) && steady_clock::now() < end)
        co_await moved_.wait_until(end);
}

boost::asio::awaitable<bool> log_watch::refresh_tokens() {
    const auto before = token_reads_;
    {
        const std::lock_guard lock(mutex_);
        tokens_wanted_ = true;
    }
    const auto end = steady_clock::now() + std::chrono::seconds(2);
    while (token_reads_ == before && steady_clock::now() < end)
        co_await tokens_read_.wait_until(end);
    co_return token_reads_ != before;
}

// ---- the watching thread

void log_watch::watch() {
    pthread_setname_np(pthread_self(), "log watch");
    while (wait_for_turn()) {
        try {
            db_.run([this](eventstore::postgres::session& db) { look(db); });
            troubles_.succeeded();
        } catch (const std::exception& e) {
            troubles_.failed(e.what());
        }
    }
}

bool log_watch::wait_for_turn() {
    std::unique_lock lock(mutex_);
    turn_.wait_for(lock, turn_length, [this] { return nudged_ || stopping_; });
    nudged_ = false;
    if (std::exchange(tokens_wanted_, false)) tokens_due_ = {};
    return !stopping_;
}

void log_watch::look(eventstore::postgres::session& db) {
    auto s = read_sight(db, partitions_);
    compare(s.tails);
    boost::asio::post(io_, [this, s = std::move(s)]() mutable { publish(std::move(s)); });
    if (steady_clock::now() < tokens_due_) return;
    boost::asio::post(io_, [this, tokens = eventstore::list_tokens(db)]() mutable {
        publish(std::move(tokens));
    });
    tokens_due_ = steady_clock::now() + tokens_age_max;
}

/// An end that went back is another history: what was read and answered behind it is void.
void log_watch::compare(const eventstore::cursor& tails) {
    if (tails == tails_seen_) return;
    log_moved_();
    const auto seen = tails_seen_.value_or(tails);
    tails_seen_ = tails;
    std::uint64_t back = 0;
    for (int p = 0; p < partitions_; ++p)
        back += tails.at(p) < seen.at(p) ? 1 : 0;
    if (back == 0) return;
    regressions_ += back;
    spdlog::error("the end of the log went back from {} to {}: the database was restored or failed "
                  "over to an earlier moment, and events that were acknowledged are lost; readers "
                  "that are ahead are told history_changed",
                  seen.text(), tails.text());
}

// ---- back on the io_context's thread

void log_watch::publish(sight s) {
    const bool moved = s.tails != last_.tails || s.projected != last_.projected;
    last_ = std::move(s);
    if (moved) moved_.notify_all();
}

void log_watch::publish(std::vector<eventstore::token_record> tokens) {
    tokens_ = std::move(tokens);
    ++token_reads_;
    tokens_read_.notify_all();
}

} // namespace datadrop::processor
