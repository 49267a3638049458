#pragma once
// An io_context with a thread of its own, for what goes on beside a test: the proxies. Handlers run
// on that thread alone. Whoever owns one stops it before anything that its handlers use ends.

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <thread>

namespace datadrop::test {

class io_thread {
  public:
    io_thread() : guard_(context_.get_executor()), thread_([this] { context_.run(); }) {}
    ~io_thread() { stop(); }
    io_thread(const io_thread&) = delete;
    io_thread& operator=(const io_thread&) = delete;

    boost::asio::io_context& context() { return context_; }

    /// Returns when no handler runs any more, and none will.
    void stop() {
        context_.stop();
        if (thread_.joinable()) thread_.join();
    }

  private:
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
    std::thread thread_;
};

} // namespace datadrop::test
