#include "processor/service/signal.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace datadrop::processor {

boost::asio::awaitable<void> signal::wait_until(std::chrono::steady_clock::time_point end) {
    // A timer each, in a list, whose places stay while others come and go.
    const auto self = waiting_.emplace(waiting_.end(), io_, end);
    boost::system::error_code woken; // cancelled when notified, nothing when the time is over
    co_await self->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
    waiting_.erase(self);
}

void signal::notify_all() {
    for (auto& timer : waiting_)
        timer.cancel();
}

} // namespace datadrop::processor
