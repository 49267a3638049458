#pragma once
// What became of everything that was sent: plain SQL over the log, the read model and the journal,
// with the demo's checks and some of its own for what is sent again and again. Nothing here goes by
// the processor's word. One thread; calls block; throws what a session throws.

#include "eventstore/postgres/driver/session.hpp"
#include "processor/trials/demo/examination.hpp"
#include "tests/faults/support/journal.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace datadrop::test {

struct check_result {
    std::vector<processor::trials::finding> findings; // a check each

    std::int64_t submissions = 0;
    std::int64_t sendings = 0;
    std::map<std::string, std::int64_t> answers{};      // sendings by how they ended
    std::chrono::microseconds longest_silence{};        // from a sending to its answer
    std::chrono::microseconds longest_settling{};       // from the first sending to the last answer
    std::chrono::microseconds longest_unavailability{}; // between two acceptances
    std::chrono::microseconds accepted_p50{};
    std::chrono::microseconds accepted_p99{};
    std::int64_t lost = 0;    // acceptances without their event
    std::int64_t doubled = 0; // keys with several events

    bool passed() const;
    /// Each check that found something, with its first differences; empty when all is well.
    std::string differences() const;
    /// The figures in a line.
    std::string summary() const;
};

/// Waits until the read model shows the whole log, and looks at everything. `database` is that of
/// the session, for `datadrop projection verify`.
check_result examine(eventstore::postgres::session& db, const journal& notes);

} // namespace datadrop::test
