#pragma once
// Named threads that run an io_context each: where blocking database calls live, so that none runs
// on the front doors' thread.

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace datadrop::processor {

/// `threads` threads on one io_context. Work is posted to `context()`; the destructor, or stop(),
/// finishes what was posted and joins.
class worker_threads {
  public:
    /// `at_start(i)` runs on thread i before anything else there. `name` ≤ 15 bytes, as Linux has
    /// it.
    worker_threads(std::string name, int threads, std::function<void(int)> at_start = {});
    ~worker_threads();
    worker_threads(const worker_threads&) = delete;
    worker_threads& operator=(const worker_threads&) = delete;

    boost::asio::io_context& context() { return context_; }
    void stop();

  private:
    boost::asio::io_context context_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
    std::vector<std::thread> threads_;
};

} // namespace datadrop::processor
