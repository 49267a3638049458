#pragma once
// Carries out what the core asks: hands its writes and loads to the writers' connections, brings
// the results back, runs its clock, and tells the submitters. It decides nothing.
//
// Thread rule: the io_context's only thread. Each writer's connection has a thread of its own.

#include "eventstore/log.hpp"
#include "processor/core/machine.hpp"
#include "processor/core/writer_desk.hpp"
#include "processor/service/append_sender.hpp"
#include "processor/service/call_meter.hpp"
#include "processor/service/outage.hpp"
#include "processor/service/signal.hpp"
#include "processor/service/threads.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace datadrop::processor {

class command_shell {
  public:
    using open_log = std::function<std::unique_ptr<eventstore::log>()>;
    /// Told of each write of this process that the log has answered.
    using on_commit = std::function<void()>;

    /// With `writers` connections, each made by `open` on its thread at first use.
    command_shell(boost::asio::io_context& io, int partitions, const core_limits& limits,
                  int writers, call_meter& meter, open_log open, on_commit committed);
    ~command_shell();

    /// Opens the writers' connections one after the other, and from then on looks twice a second
    /// whether they could write. `opened` is told after each. Blocks; before the io_context runs.
    /// Throws eventstore::unavailable.
    void open_connections(const std::function<void()>& opened);

    /// Every writer could write when it was last looked at.
    bool can_write() const;

    /// Outcomes in the places of their commands; all `overloaded` when the core admits none. A
    /// place without a command is kept, and what stands there then means nothing.
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
    struct writer_connection {
        std::unique_ptr<eventstore::log> log; // used on the thread, but what the sender uses of it
        bool able = false;                    // could write when it was last looked at
        std::unique_ptr<worker_threads> thread;
        std::unique_ptr<append_sender> sender; // uses the thread
    };

    void start_work();
    void carry_out();
    void tell(answer a);
    void start(writer_desk::assignment a);
    void run(std::size_t writer, log_call call);
    void run(std::size_t writer, look);
    void ended(std::size_t writer, const log_call& call, const call_result& result);
    void looked(std::size_t writer, bool able);
    void look_at_writers();
    void arm_clock();

    boost::asio::io_context& io_;
    machine core_;
    call_meter& meter_;
    on_commit committed_;
    writer_desk desk_;
    std::vector<std::unique_ptr<writer_connection>> writers_; // as the desk numbers them
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
