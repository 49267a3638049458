#include "processor/service/log_watch.hpp"

#include <boost/asio/post.hpp>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace datadrop::processor {
namespace {

using std::chrono::steady_clock;

/// How late another process's event is seen at most; our own nudge at once.
constexpr auto turn_length = std::chrono::milliseconds(25);
/// A revoked token is refused within 5 s, a look that fails once included.
constexpr auto tokens_age_max = std::chrono::seconds(2);
/// A look may take as long as the database is given to answer.
constexpr auto answer_age_max = std::chrono::seconds(3);

bool covers(const eventstore::cursor& reached, const eventstore::cursor& wanted) {
    for (const auto p : eventstore::all_partitions(wanted.partitions()))
        if (reached.at(p) < wanted.at(p)) return false;
    return true;
}

/// In how many partitions one is before the other.
std::uint64_t partitions_behind(const eventstore::cursor& one, const eventstore::cursor& other) {
    std::uint64_t behind = 0;
    for (const auto p : eventstore::all_partitions(one.partitions()))
        behind += one.at(p) < other.at(p) ? 1 : 0;
    return behind;
}

} // namespace

log_watch::log_watch(boost::asio::io_context& io,
                     const eventstore::postgres::session::options& database, int partitions,
                     std::vector<eventstore::token_record> tokens, call_meter& meter, on_move moved)
    : io_(io), partitions_(partitions), log_moved_(std::move(moved)), meter_(meter),
      last_{eventstore::cursor(partitions), eventstore::cursor(partitions)},
      credentials_(std::move(tokens)), moved_(io), tokens_read_(io), db_(database),
      acknowledged_(partitions) {
    db_.connect();
    answered_at_ = steady_clock::now();
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
    while (!covers(last_.read_model, position)) {
        if (steady_clock::now() >= end) co_return false;
        // Each look tells of one moment only, so another is asked for until it covers.
        nudge();
        co_await moved_.wait_until(end);
    }
    co_return true;
}

boost::asio::awaitable<void> log_watch::log_moves(eventstore::cursor seen,
                                                  steady_clock::time_point end) {
    while (covers(seen, last_.log) && steady_clock::now() < end)
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

bool log_watch::is_answered() const {
    const auto at = answered_at_.load();
    return at != steady_clock::time_point{} && steady_clock::now() - at < answer_age_max;
}

std::vector<std::int64_t> log_watch::lags() const {
    std::vector<std::int64_t> events;
    for (const auto p : eventstore::all_partitions(partitions_))
        events.push_back(number_of(last_.log.at(p)) - number_of(last_.read_model.at(p)));
    return events;
}

void log_watch::acknowledged(const std::vector<outcome>& outcomes) {
    const std::lock_guard lock(mutex_);
    for (const auto& o : outcomes)
        if (o.position) acknowledged_.advance(*o.position);
}

// ---- the watching thread

void log_watch::watch() {
    pthread_setname_np(pthread_self(), "log watch");
    while (wait_for_turn()) {
        try {
            meter_.timed(call_kind::watch, [this] {
                db_.run([this](eventstore::postgres::session& db) { look(db); });
            });
            answered_at_ = steady_clock::now();
            troubles_.succeeded();
        } catch (const std::exception& e) {
            answered_at_ = steady_clock::time_point{};
            troubles_.failed(e.what());
        }
    }
}

bool log_watch::wait_for_turn() {
    std::unique_lock lock(mutex_);
    turn_.wait_for(lock, turn_length, [this] { return nudged_ || stopping_; });
    nudged_ = false;
    if (std::exchange(tokens_wanted_, false)) tokens_due_ = {}; // once for all who ask meanwhile
    return !stopping_;
}

void log_watch::look(eventstore::postgres::session& db) {
    const auto acknowledged = acknowledged_so_far(); // before the look, which shows them then
    auto s = projections::read_standing(db, partitions_);
    compare(s.log, acknowledged);
    // Those who wait are on the other thread, and so is what they compare with.
    boost::asio::post(io_, [this, s = std::move(s)]() mutable { publish(std::move(s)); });
    if (steady_clock::now() < tokens_due_) return;
    boost::asio::post(io_, [this, tokens = eventstore::list_tokens(db)]() mutable {
        publish(std::move(tokens));
    });
    tokens_due_ = steady_clock::now() + tokens_age_max;
}

eventstore::cursor log_watch::acknowledged_so_far() {
    const std::lock_guard lock(mutex_);
    return acknowledged_;
}

/// An end that went back is another history: what was read and answered behind it is void.
void log_watch::compare(const eventstore::cursor& tails, const eventstore::cursor& acknowledged) {
    if (tails != tails_seen_) log_moved_();
    auto known = std::exchange(tails_seen_, tails).value_or(tails);
    for (const auto p : eventstore::all_partitions(partitions_))
        known.advance(acknowledged.at(p));
    const auto back = partitions_behind(tails, known);
    if (back == 0) return;
    regressions_ += back;
    spdlog::error("the end of the log went back from {} to {}: the database was restored or failed "
                  "over to an earlier moment, and events that were acknowledged are lost; readers "
                  "that are ahead are told history_changed",
                  known.text(), tails.text());
    const std::lock_guard lock(mutex_);
    acknowledged_ = tails; // told once
}

// ---- back on the io_context's thread

void log_watch::publish(projections::standing s) {
    const bool moved = s.log != last_.log || s.read_model != last_.read_model;
    last_ = std::move(s);
    if (moved) moved_.notify_all();
}

void log_watch::publish(std::vector<eventstore::token_record> tokens) {
    credentials_.replace(std::move(tokens));
    ++token_reads_;
    tokens_read_.notify_all();
}

} // namespace datadrop::processor
