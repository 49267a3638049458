#pragma once
// What goes into the core, and what it asks of the shell around it. Each names everything that is
// needed to carry it out. Values.

#include "eventstore/log.hpp"
#include "processor/core/outcome.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace datadrop::processor {

using command_ptr = std::shared_ptr<const domain::envelope>;

/// Names the submitter of one command to the shell; the core only hands it back.
using ticket = std::uint64_t;

/// A command on its way into the core.
struct submission {
    ticket to{};
    command_ptr command;
    std::optional<eventstore::redrive> redriven{};
};

/// Read where the members stand. At most one is under way per partition.
struct load_heads {
    eventstore::partition_number partition{};
    std::vector<domain::member_id> members;
};

/// Lock the tail and read the members under it. The connection keeps the lock until the append or
/// the release that follows.
struct reserve_tail {
    eventstore::partition_number partition{};
    std::vector<domain::member_id> members;
};

/// Give the reservation back without a write.
struct release_tail {
    eventstore::partition_number partition{};
};

/// Write the chains, on the reservation when there is one.
struct append_chains {
    eventstore::partition_number partition{};
    std::optional<eventstore::expectation> expected{}; // which proves what is known exactly
    std::vector<eventstore::chain> chains{};
};

/// Park the commands.
struct park_commands {
    eventstore::partition_number partition{};
    std::vector<eventstore::parking> commands;
};

/// Note that a redrive failed.
struct record_failure {
    eventstore::partition_number partition{};
    eventstore::letter_seen letter;
    domain::redrive_failed what;
};

/// A call of the log; what came of it goes to machine::feed (log_calls.hpp).
using log_call = std::variant<load_heads, reserve_tail, release_tail, append_chains, park_commands,
                              record_failure>;

/// Tell the submitter. Nothing comes back.
struct answer {
    ticket to{};
    outcome what;
};

using action = std::variant<log_call, answer>;

} // namespace datadrop::processor
