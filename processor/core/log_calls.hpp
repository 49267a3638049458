#pragma once
// The calls of the log that the core asks for, and what came of each: as data, so that whoever runs
// them, on threads or in virtual time, runs the same ones. Which action is which call, and which
// result, stands here and nowhere else. Values; every thread.

#include "processor/core/actions.hpp"

#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace datadrop::processor {

// What came of a call → machine::feed. Nothing is in it when the log was unavailable: what became
// of the call is not known then.

struct heads_loaded {
    eventstore::partition_number partition{};
    std::optional<eventstore::members_seen> seen{};
};

struct tail_reserved {
    eventstore::partition_number partition{};
    std::optional<eventstore::members_seen> seen{};
};

struct tail_released {
    eventstore::partition_number partition{};
};

struct chains_appended {
    eventstore::partition_number partition{};
    std::optional<eventstore::append_result> result{};
};

struct commands_parked {
    eventstore::partition_number partition{};
    std::optional<std::vector<eventstore::park_fate>> fates{};
};

struct failure_recorded {
    eventstore::partition_number partition{};
    std::optional<eventstore::remediation_fate> fate{};
};

using call_result = std::variant<heads_loaded, tail_reserved, tail_released, chains_appended,
                                 commands_parked, failure_recorded>;

/// The log has answered a call that writes.
bool has_written(const call_result& result);

/// The log has answered over a connection that it had not told of yet.
bool is_over_new_connection(const call_result& result);

// Each call, on whatever offers the log's functions: eventstore::log, or a log in virtual time that
// gives something to be awaited.

template <typename Log>
auto call(Log& log, const load_heads& a) {
    return log.load(a.partition, a.members);
}
template <typename Log>
auto call(Log& log, const reserve_tail& a) {
    return log.reserve(a.partition, a.members);
}
template <typename Log>
auto call(Log& log, const release_tail&) {
    return log.release();
}
inline bool call(eventstore::log& log, const release_tail&) {
    log.release();
    return true;
}
template <typename Log>
auto call(Log& log, const append_chains& a) {
    return log.append(a.partition, a.expected, a.chains);
}
template <typename Log>
auto call(Log& log, const park_commands& a) {
    return log.park(a.partition, a.commands);
}
template <typename Log>
auto call(Log& log, const record_failure& a) {
    return log.record_failure(a.letter, a.what);
}

// … and its result.

inline call_result result_of(const load_heads& a, std::optional<eventstore::members_seen> seen) {
    return heads_loaded{a.partition, std::move(seen)};
}
inline call_result result_of(const reserve_tail& a, std::optional<eventstore::members_seen> seen) {
    return tail_reserved{a.partition, std::move(seen)};
}
inline call_result result_of(const release_tail& a, std::optional<bool>) {
    return tail_released{a.partition};
}
inline call_result result_of(const append_chains& a,
                             std::optional<eventstore::append_result> result) {
    return chains_appended{a.partition, std::move(result)};
}
inline call_result result_of(const park_commands& a,
                             std::optional<std::vector<eventstore::park_fate>> fates) {
    return commands_parked{a.partition, std::move(fates)};
}
inline call_result result_of(const record_failure& a,
                             std::optional<eventstore::remediation_fate> fate) {
    return failure_recorded{a.partition, fate};
}

/// Runs a call on a log that gives its results at once. Throws what the log throws.
[[nodiscard]] call_result run(const log_call& what, eventstore::log& log);

/// The result of a call that the log did not answer.
[[nodiscard]] call_result unanswered(const log_call& what);

} // namespace datadrop::processor
