#pragma once
// What systemd is told of a server that it started and wants to hear of (Type=notify): when
// commands can be processed, in a line what the server is at, that it stops, and, where a watchdog
// is set, that the io thread runs. Nothing is said where nobody listens.
//
// Thread rule: the io_context's only thread, or the one that is about to run it.

#include "processor/service/service.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace datadrop::processor::cli {

class service_manager {
  public:
    /// The line of `systemctl status`; told once, however often it is said.
    void status(const std::string& line);

    /// From now on nothing new is taken; the line stays until the next one that is said.
    void stopping(const std::string& line);

    /// Says once that the server is ready, when /readyz would first say so, and goes on with a line
    /// of how it is until it stops. Ends at once where nobody listens.
    boost::asio::awaitable<void> follow(const service& behind, std::string url);

    /// Says twice in the watchdog's time that the io thread runs: it is a timer of that thread, so
    /// nothing is said while the thread hangs. Ends at once where no watchdog is set.
    boost::asio::awaitable<void> feed_watchdog();

  private:
    std::string line_;
    bool stopping_ = false;
};

} // namespace datadrop::processor::cli
