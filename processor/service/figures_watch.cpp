#include "processor/service/figures_watch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace datadrop::processor {
namespace {

constexpr auto pause_min = std::chrono::seconds(1);
constexpr int pauses_a_look = 20;

} // namespace

figures_watch::figures_watch(boost::asio::io_context& io, readers& by) : by_(by), pause_(io) {
    boost::asio::co_spawn(io, run(), boost::asio::detached);
}

boost::asio::awaitable<void> figures_watch::run() {
    using std::chrono::steady_clock;
    for (;;) {
        const auto began = steady_clock::now();
        co_await look();
        const auto taken = steady_clock::now() - began;
        pause_.expires_after(std::max<steady_clock::duration>(pause_min, pauses_a_look * taken));
        co_await pause_.async_wait(boost::asio::use_awaitable);
    }
}

boost::asio::awaitable<void> figures_watch::look() {
    try {
        auto what = co_await by_.read([](reader& r) { return r.model.figures_now(); });
        last_ = {std::move(what), std::chrono::system_clock::now()};
    } catch (const std::exception&) {
        // The readers say what it was; the figures stay, and so does their time.
    }
}

} // namespace datadrop::processor
