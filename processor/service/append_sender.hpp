#pragma once
// Sends a writer's appends over its connection, one behind the other, and hands over the answers
// when they come, without a thread that waits for them. Only for a log that has a pipe.
//
// Thread rule: the io_context's only thread. What blocks, to settle what a lost connection leaves
// in doubt, runs on the writer's thread.

#include "eventstore/log.hpp"
#include "processor/core/log_calls.hpp"
#include "processor/service/call_meter.hpp"
#include "processor/service/outage.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

namespace datadrop::processor {

class append_sender {
  public:
    struct events {
        /// An append has its result, in the order of `send`.
        std::function<void(const log_call&, const call_result&)> answered;
        /// The connection was lost: nothing may be sent until all is answered.
        std::function<void()> lost;
    };

    append_sender(boost::asio::io_context& io, boost::asio::any_io_executor writer_thread,
                  call_meter& meter, outage& troubles, events told);
    ~append_sender() { let_go(); }
    append_sender(const append_sender&) = delete;
    append_sender& operator=(const append_sender&) = delete;

    /// The pipe is open, and the call an append that may go through it.
    bool can_send(eventstore::log& log, const log_call& call) const;
    void send(eventstore::log& log, append_chains call);

    /// Before the writer's thread uses the log: the connection's socket may be another afterwards.
    void let_go();

  private:
    struct sent_call {
        std::unique_ptr<log_call> call; // whose chains the pipe looks at: they stay in their place
        std::chrono::steady_clock::time_point at;
    };

    void watch();
    void wait_to_read();
    void wait_to_write();
    void take_answers();
    void settle();
    void answer(eventstore::append_pipe::outcome result);

    boost::asio::io_context& io_;
    boost::asio::any_io_executor writer_thread_;
    call_meter& meter_;
    outage& troubles_;
    events told_;
    eventstore::append_pipe* pipe_ = nullptr; // of the writer's log
    std::optional<boost::asio::posix::stream_descriptor> socket_;
    std::deque<sent_call> sent_;
    bool reading_ = false, writing_ = false; // we wait for the socket
    bool settling_ = false;                  // the writer's thread has the log
};

} // namespace datadrop::processor
