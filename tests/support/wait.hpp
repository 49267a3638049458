#pragma once
// Waiting for what is bound to happen: asked for again and again, with a deadline that no healthy
// run comes near.

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace datadrop::test {

/// Throws std::runtime_error, with what was waited for, when it does not come to hold in time.
template <typename Condition>
void wait_until(Condition&& holds, const std::string& what) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error(what + " did not come to be");
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

} // namespace datadrop::test
