#pragma once
// What came of the demo, by plain SQL over the log, the read model and what the clients were told.
// Nothing here goes by the processor's word: its rules are written down anew in
// processor/trials/sql/demo. One thread; calls block. They throw what a session throws.

#include "eventstore/postgres/driver/session.hpp"
#include "processor/trials/sql_check.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace datadrop::processor::trials::demo {

/// What a client sent and was told; times in microseconds.
struct door_figures {
    std::string door; // or "together"
    std::int64_t sent = 0;
    std::int64_t accepted = 0; // for the first time
    std::int64_t replayed = 0; // a key's outcome told again
    std::int64_t rejected = 0;
    std::int64_t conflicts = 0; // told at once, as on_conflict: fail asks for
    std::int64_t dead_lettered = 0;
    std::int64_t retries = 0; // attempts behind a command's first one
    std::int64_t per_second = 0;
    std::int64_t accepted_p50 = 0;
    std::int64_t accepted_p95 = 0;
    std::int64_t accepted_p99 = 0;
};

struct examination {
    std::vector<door_figures> sums; // a door each, then both together
    std::vector<finding> findings;

    bool passed() const;
};

/// Whether the read model shows the whole log.
bool has_caught_up(eventstore::postgres::session& db);

/// Loads the clients' journals into the session, and looks. Throws `refused` when a journal cannot
/// be read.
examination examine(eventstore::postgres::session& db,
                    const std::vector<std::filesystem::path>& journals);

} // namespace datadrop::processor::trials::demo
