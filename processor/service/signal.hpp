#pragma once
// Wakes coroutines that wait for something to change. One thread.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <list>

namespace datadrop::processor {

class signal {
  public:
    explicit signal(boost::asio::io_context& io) : io_(io) {}

    /// Returns at the next notify_all, or at the time given. Look at what is waited for afterwards.
    boost::asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point end);
    void notify_all();
    bool is_awaited() const { return !waiting_.empty(); }

  private:
    boost::asio::io_context& io_;
    std::list<boost::asio::steady_timer> waiting_;
};

} // namespace datadrop::processor
