#pragma once
// Waiting for what is bound to happen: asked for again and again, with a deadline that no healthy
// run comes near. Every test that cannot be notified waits here.

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace datadrop::test {

/// No wait of the tests is longer, unless it says so.
inline constexpr std::chrono::seconds patience{30};

/// Asks until it holds; false when it does not come to hold in time.
template <typename Condition>
[[nodiscard]] bool eventually(Condition&& holds, std::chrono::milliseconds limit = patience) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

/// The same where nothing can go on without it: throws std::runtime_error, with what was waited
/// for.
template <typename Condition>
void wait_until(Condition&& holds, const std::string& what,
                std::chrono::milliseconds limit = patience) {
    if (!eventually(holds, limit)) throw std::runtime_error(what + " did not come to be");
}

/// The end of a process, whoever its parent is. One that its parent has not yet waited for is there
/// still, but does nothing any more.
inline void wait_for_end(int process) {
    const auto has_ended = [process] {
        std::ifstream in("/proc/" + std::to_string(process) + "/stat");
        std::string status;
        std::getline(in, status);
        return status.empty() || status.find(") Z ") != std::string::npos;
    };
    wait_until(has_ended, "the end of process " + std::to_string(process));
}

} // namespace datadrop::test
