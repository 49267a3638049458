#pragma once
// How a case of fault ends: with the checker's verdict, within its bounds, and a line of figures.
// One thread.

#include "tests/faults/support/stage.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>

namespace datadrop::test {

/// A processor that is alive answers within this, whatever the database does: up to 5 s in the
/// queue behind a statement whose answer is given up after 3 s, then a statement of its own (3 s),
/// a new connection (2 s), the end of the old backend (2 s) and a look at what it left (3 s).
inline constexpr std::chrono::seconds silence_max{15};

/// What a case promises beyond the checks.
struct bounds {
    std::chrono::seconds silence = silence_max;
    std::chrono::seconds unavailability; // without a single acceptance, the fault included
};

/// What came of a bot's and an API's race during which `fault` did what it does.
template <typename Fault>
check_result under_load(stage& at, const load_options& sides, Fault fault) {
    load clients(sides, at.notes());
    clients.wait_for_accepted(100);
    fault(clients);
    clients.wait_for_accepted(100);
    clients.finish();
    return at.check();
}

inline void check_verdict(const check_result& found, const bounds& within) {
    std::printf("    %s\n", found.summary().c_str());
    CHECK_MESSAGE(found.passed(), found.differences());
    CHECK_LE(found.longest_silence, within.silence);
    CHECK_LE(found.longest_unavailability, within.unavailability);
}

/// With one write at a time there is nothing to be served in between: only the checks count.
inline void check_log(stage& at) {
    check_verdict(at.check(), {.unavailability = std::chrono::minutes(1)});
}

/// For processors whose commands are parked when their first attempt fails.
inline const arguments no_second_try{"--attempts-max", "1"};

} // namespace datadrop::test
