#pragma once
// Keeps an eye on the database for this process: how far the log and the projection are, and
// which credentials are in force. Polls on a thread of its own (a notification per
// append would serialise commits) and is woken at once by this process's own writes.
//
// Thread rule: the public functions are for the io_context's only thread.

#include "eventstore/position.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "eventstore/tokens.hpp"
#include "processor/core/outcome.hpp"
#include "processor/service/call_meter.hpp"
#include "processor/service/credentials.hpp"
#include "processor/service/outage.hpp"
#include "processor/service/signal.hpp"
#include "projections/lasting_session.hpp"
#include "projections/standing.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace datadrop::processor {

class log_watch {
  public:
    /// Called on the watching thread when a look finds the log moved: the projectors' cue.
    using on_move = std::function<void()>;

    /// Connects; throws eventstore::unavailable.
    log_watch(boost::asio::io_context& io, const eventstore::postgres::session::options& database,
              int partitions, std::vector<eventstore::token_record> tokens, call_meter& meter,
              on_move moved);
    ~log_watch();

    /// Looks again now rather than at the next turn.
    void nudge();
    /// Somebody waits for the log or the projection to move.
    bool is_awaited() const { return moved_.is_awaited(); }

    boost::asio::awaitable<bool> projection_reaches(eventstore::cursor position,
                                                    std::chrono::steady_clock::time_point end);
    boost::asio::awaitable<void> log_moves(eventstore::cursor seen,
                                           std::chrono::steady_clock::time_point end);

    /// How often a partition's end was found before where it had been seen, since the start.
    std::uint64_t regressions() const { return regressions_; }
    /// The database has answered within the last few seconds, and not refused since.
    bool is_answered() const;
    /// How many events of each partition the read model did not show at the last look.
    std::vector<std::int64_t> lags() const;
    /// Where the last look that was answered saw the log end.
    const eventstore::cursor& tails() const { return last_.log; }
    /// These events are committed: a log that is found to end before one of them has lost it,
    /// whether a look had seen it or not.
    void acknowledged(const std::vector<outcome>& outcomes);

    const credentials& known_credentials() const { return credentials_; }
    /// True once the credentials were read again: at most every 50 ms, however many ask. False when
    /// that took too long, as while the database is away.
    boost::asio::awaitable<bool> refresh_tokens();

  private:
    void watch();
    void look(eventstore::postgres::session& db);
    eventstore::cursor acknowledged_so_far();
    void compare(const eventstore::cursor& tails, const eventstore::cursor& acknowledged);
    bool wait_for_turn();
    void publish(projections::standing s);
    void publish(std::vector<eventstore::token_record> tokens);

    boost::asio::io_context& io_;
    const int partitions_;
    const on_move log_moved_;
    call_meter& meter_;

    // Of the io_context's thread.
    projections::standing last_;
    credentials credentials_;
    std::uint64_t token_reads_ = 0;
    signal moved_;
    signal tokens_read_;

    std::atomic<std::uint64_t> regressions_ = 0;
    std::atomic<std::chrono::steady_clock::time_point> answered_at_{}; // none: a look has failed

    // Of the watching thread.
    projections::lasting_session db_;
    outage troubles_{"log watch"};
    std::optional<eventstore::cursor> tails_seen_;
    std::chrono::steady_clock::time_point tokens_due_{};

    std::mutex mutex_; // guards the rest
    std::condition_variable turn_;
    eventstore::cursor acknowledged_;
    bool nudged_ = false;
    bool tokens_wanted_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace datadrop::processor
