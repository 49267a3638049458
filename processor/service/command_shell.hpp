#pragma once
// Carries out what the core asks: hands its writes and loads to the writers' connections, brings
// the results back, runs its clock, and tells the submitters. It decides nothing.
//
// Thread rule: the io_context's only thread. Each writer's connection has a thread of its own.

#include "eventstore/log.hpp"
#include "processor/core/machine.hpp"
#include "processor/service/outage.hpp"
#include "processor/service/signal.hpp"
#include "processor/service/threads.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace datadrop::processor {

class command_shell {
  public:
    using open_log = std::function<std::unique_ptr<eventstore::log>()>;
    /// Told the partition of each write of this process that the log has answered.
    using on_commit = std::function<void(int partition)>;

    /// With `writers` connections, each made by `open` on its thread at first use.
    command_shell(boost::asio::io_context& io, int partitions, const core_limits& limits,
                  int writers, open_log open, on_commit committed);
    ~command_shell();

    /// Opens the writers' connections one after the other, and from then on looks twice a second
    /// whether they could write. `opened` is told after each. Blocks; before the io_context runs.
    /// Throws eventstore::unavailable.
    void open_connections(const std::function<void()>& opened);

    /// Every writer could write when it was last looked at.
    bool can_write() const;

    /// Outcomes in the order of the commands; all `overloaded` when the core admits none.
    boost::asio::awaitable<std::vector<outcome>> submit(std::vector<submission> commands);

    /// Returns once every admitted command is answered; none may be submitted any more.
    boost::asio::awaitable<void> drain();

    /// As machine::remember.
    void remember(domain::member_id who, const eventstore::head& head) {
        core_.remember(who, head);
    }

    const machine& core() const { return core_; }

  private:
    /// The submissions of one call, until the last is answered.
    struct batch {
        explicit batch(boost::asio::io_context& io) : done(io) {}
        std::vector<outcome> outcomes;
        std::size_t open = 0;
        boost::asio::steady_timer done;
    };
    struct waiting {
        std::shared_ptr<batch> of;
        std::size_t index;
    };
    struct writer {
        std::unique_ptr<eventstore::log> log; // used on the thread only
        std::optional<int> reserved;          // the partition whose tail it holds
        bool busy = false;
        bool able = false;     // could write when it was last looked at
        bool look_due = false; // when it is not busy any more
        std::unique_ptr<worker_threads> thread;
    };
    /// A database call: runs on a writer's thread, and gives what feeds its result to the core.
    struct job {
        int partition;
        std::function<std::function<void()>(writer&)> run;
        bool reserves = false;         // the writer is the partition's own from now on
        bool ends_reservation = false; // goes to that writer, which is free afterwards
    };

    void start_work();
    void carry_out();
    void carry_out(answer a);
    void carry_out(load_heads a);
    void carry_out(reserve_tail a);
    void carry_out(release_tail a);
    void carry_out(append_chains a);
    void carry_out(park_commands a);
    void carry_out(record_failure a);
    void dispatch();
    writer* writer_for(const job& j);
    void start(writer& w, job j);
    void free_reserved(int partition);
    void look_at_writers();
    void look_at(writer& w);
    void arm_clock();
    template <typename Call, typename Feed>
    void enqueue(int partition, Call call, Feed feed);

    boost::asio::io_context& io_;
    machine core_;
    on_commit committed_;
    std::vector<std::unique_ptr<writer>> writers_;
    std::deque<job> jobs_;
    std::unordered_map<ticket, waiting> waiting_;
    ticket last_ticket_ = 0;
    boost::asio::steady_timer clock_;
    boost::asio::steady_timer look_;
    outage troubles_{"writers"};
    signal drained_;
    bool starting_ = false;                          // start_work is about to run
    std::optional<std::chrono::microseconds> armed_; // when the clock goes off
};

} // namespace datadrop::processor
