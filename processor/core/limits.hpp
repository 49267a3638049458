#pragma once
// The bounds of the core, with the defaults that the users asked for. Values.

#include <chrono>
#include <cstddef>

namespace datadrop::processor {

/// How long a command is tried before it is parked.
struct budget {
    int attempts_max = 5;
    std::chrono::milliseconds time_max{400}; // from its first attempt on, by a monotonic clock
};

/// Full jitter, a wait drawn between nothing and the longest: the first retry goes at once, the
/// n-th after it waits between 0 and min(max, base * 2^(n-1)), drawn evenly.
struct backoff {
    std::chrono::milliseconds base{50};
    std::chrono::milliseconds max{200};
};

struct core_limits {
    /// Commands admitted and not yet answered. A guild alone gets half of them.
    std::size_t queue_max = 20'000;
    /// Commands in one append. An append that takes long makes every other writer of the partition
    /// wait, and a few such waits must fit into a budget.
    std::size_t batch_steps_max = 96;
    /// Of a partition that are under way, one behind the other: 1 or 2.
    std::size_t appends_max = 2;
    /// Members with commands from which on they go in two appends.
    std::size_t halved_from = 32;
    std::size_t load_members_max = 1'000;
    std::size_t park_commands_max = 100;
    std::size_t cache_members_max = 250'000;
    /// A command that has not had its first attempt by then is answered `unavailable`.
    std::chrono::milliseconds queue_wait_max{5'000};
    budget tries{};
    backoff waits{};
};

} // namespace datadrop::processor
