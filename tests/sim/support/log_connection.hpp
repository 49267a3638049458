#pragma once
// A processor's connection to the simulated server, with the protocol of
// eventstore/postgres/postgres_log.cpp: a read is repeated once, a write whose connection is lost
// is in doubt, is fenced and looked up, and parking is repeated. Here the connections break.
//
// One thread. A call is a coroutine that is simply never resumed once its processor is dead.

#include "tests/sim/support/server.hpp"

#include <boost/asio/awaitable.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace datadrop::sim {

/// Runs what comes back to a process: later while it is frozen, never once it is dead.
using gate = std::function<void(std::function<void()>)>;

class log_connection {
  public:
    template <typename Result>
    using awaitable = boost::asio::awaitable<Result>;
    /// Nothing when the log is unavailable.
    template <typename Result>
    using answer_of = awaitable<std::optional<Result>>;
    using members = std::vector<domain::member_id>;
    using seen = eventstore::members_seen;
    using chains = std::vector<eventstore::chain>;
    using appended = eventstore::append_result;
    using expected = std::optional<eventstore::expectation>;
    using parkings = std::vector<eventstore::parking>;
    using park_fates = std::vector<eventstore::park_fate>;

    /// `lost` is told when the connection is seen to be lost, before anybody who waited on it.
    log_connection(
        environment& shared, server& database, gate process, std::function<void()> lost = [] {});

    answer_of<seen> load(eventstore::partition_number partition, members who);
    answer_of<seen> reserve(eventstore::partition_number partition, members who);
    answer_of<bool> release();
    answer_of<appended> append(eventstore::partition_number partition, expected tail, chains what);
    answer_of<park_fates> park(eventstore::partition_number partition, parkings what);
    answer_of<eventstore::remediation_fate> record_failure(eventstore::letter_seen letter,
                                                           domain::redrive_failed what);
    answer_of<eventstore::remediation_fate> discard(eventstore::dead_letter_id id,
                                                    domain::command_discarded what);

    /// Nothing but appends is under way, over a connection that seems to be there: another append
    /// would be sent at once.
    bool can_send_ahead() const;

    /// The process is gone: so is its end of the connection.
    void drop();

  private:
    /// What is under way over one connection: requests and answers keep their order, each way.
    struct stream {
        bool requests_lost = false, replies_lost = false; // from some time on
        microseconds there{}, home{};                     // when the last will have come
        std::deque<on_ending> waiting{};                  // for their answers
        std::size_t waiting_from = 0;                     // the number of the first of them
        bool is_settled = false;                          // or about to be: somebody does it
        bool is_settling = false;
        bool is_fenced = false; // its backend writes nothing any more
    };

    template <typename Answer>
    answer_of<Answer> told(answer_of<Answer> answer);
    expected believed(expected tail) const;
    template <typename Result>
    answer_of<Result> guarded(awaitable<Result> work);
    template <typename Result>
    awaitable<Result> run(statement what, std::function<Result(eventstore::log&)> effect);
    template <typename Result>
    awaitable<Result> read(statement what, std::function<Result(eventstore::log&)> effect);
    template <typename Result>
    awaitable<Result> write(eventstore::partition_number partition,
                            std::function<Result(eventstore::log&)> effect,
                            std::function<Result(eventstore::log&)> settle);
    awaitable<seen> take_tail(eventstore::partition_number partition, members who);
    awaitable<bool> give_back();
    std::function<appended(eventstore::log&)> appending(eventstore::partition_number partition,
                                                        expected tail, chains what);
    awaitable<appended> write_whole(eventstore::partition_number partition, expected tail,
                                    chains what);
    awaitable<appended> write_reserved(eventstore::partition_number partition, expected tail,
                                       chains what);
    awaitable<appended> settle(eventstore::partition_number partition, chains what);
    awaitable<appended> settle_in_order(std::shared_ptr<stream> over,
                                        eventstore::partition_number partition, chains what);
    std::function<appended(eventstore::log&)> looking_up(eventstore::partition_number partition,
                                                         chains what);
    awaitable<void> connect();
    awaitable<void> reconnect_and_fence();
    awaitable<void> pause(microseconds time);
    void send(statement what, on_ending back);
    void lose_perhaps(const std::shared_ptr<stream>& over);
    void arrive(const std::shared_ptr<stream>& over, std::size_t number, ending how);

    environment& shared_;
    server& server_;
    gate process_;
    std::function<void()> lost_;
    server::backend_ptr backend_;
    std::shared_ptr<stream> stream_;
    int appends_ = 0; // sent, and not answered
    std::optional<eventstore::partition_number> reserved_;
    bool broken_ = false; // seen to be lost, and not replaced yet
    bool is_new_ = true;  // the caller was not told of this connection yet
};

} // namespace datadrop::sim
