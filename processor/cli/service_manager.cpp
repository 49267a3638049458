#include "processor/cli/service_manager.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <systemd/sd-daemon.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace datadrop::processor::cli {
namespace {

namespace asio = boost::asio;

/// How late a change of how the server is may be told.
constexpr auto look_interval = std::chrono::milliseconds(250);

constexpr auto unready = "not ready: commands are answered unavailable until the database is there "
                         "and takes writes";

bool somebody_listens() { return std::getenv("NOTIFY_SOCKET") != nullptr; }

/// Whether it arrives is not ours to mend: who does not listen any more needs no answer.
void tell(const std::string& what) { static_cast<void>(sd_notify(0, what.c_str())); }

asio::awaitable<void> pause(std::chrono::microseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

} // namespace

void service_manager::status(const std::string& line) {
    if (line == line_) return;
    line_ = line;
    tell("STATUS=" + line);
}

void service_manager::stopping(const std::string& line) {
    stopping_ = true;
    line_ = line;
    tell("STOPPING=1\nSTATUS=" + line);
}

asio::awaitable<void> service_manager::follow(const service& behind, std::string url) {
    if (!somebody_listens()) co_return;
    const auto ready = "serving on " + std::move(url);
    for (bool told = false; !stopping_; co_await pause(look_interval)) {
        const bool well = behind.ready();
        status(well ? ready : unready);
        if (well && !told) tell("READY=1");
        told = told || well;
    }
}

asio::awaitable<void> service_manager::feed_watchdog() {
    std::uint64_t limit_us = 0;
    if (sd_watchdog_enabled(0, &limit_us) <= 0) co_return;
    for (;; co_await pause(std::chrono::microseconds(limit_us / 2)))
        tell("WATCHDOG=1");
}

} // namespace datadrop::processor::cli
