#pragma once
// What all parts of a simulated run share: its options, its chance, its time and its record. One
// thread.

#include "tests/sim/support/coverage.hpp"
#include "tests/sim/support/run_options.hpp"
#include "tests/sim/support/story.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <stdexcept>
#include <string>

namespace datadrop::sim {

/// A promise was broken. The check that noticed it has a name, the text says what it saw.
struct broken_promise : std::runtime_error {
    broken_promise(std::string check_, const std::string& what)
        : std::runtime_error(what), check(std::move(check_)) {}
    std::string check;
};

/// Throws broken_promise, unless the promise holds.
template <typename... Args>
void demand(bool holds, const char* check, fmt::format_string<Args...> format, Args&&... args) {
    if (!holds) throw broken_promise(check, fmt::format(format, std::forward<Args>(args)...));
}

struct environment {
    environment(const run_options& chosen_, story::mode mode)
        : chosen(chosen_), random(chosen_.seed ^ 0x5EED), told(mode, time) {}

    run_options chosen;            // the faults are switched off in it for the end of a run
    boost::asio::io_context io{1}; // outlives the events, which hold coroutines of it
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> open{
        io.get_executor()}; // it goes on when it has nothing to do
    dice random;
    timeline time;
    story told;
    coverage seen;

    bool happens(double share, sight what) {
        if (share <= 0 || !random.chance(share)) return false;
        seen.saw(what);
        return true;
    }
};

} // namespace datadrop::sim
