#pragma once
// Waiting for what is bound to happen: asked for again and again, with a deadline that no healthy
// run comes near. Every test that cannot be notified waits here.

#include <chrono>
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

} // namespace datadrop::test
