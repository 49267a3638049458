#pragma once
// A command as it was received: the intent, what it expects, its key, and who stands behind it.
// A value; one that has been submitted is not changed any more, so threads may share it.

#include "domain/membership.hpp"

#include <optional>
#include <string>

namespace datadrop::domain {

/// Who submitted, by the credential.
struct submitter {
    source from{};
    std::string name; // of the token
    bool operator==(const submitter&) const = default;
};

struct envelope {
    member_id who;
    command_kind kind{};
    payload data{};
    std::string idempotency_key; // 1–64 visible ASCII characters, unique per member

    std::optional<state> expected_state{};            // what the submitter saw, when it says so
    std::optional<stream_version> expected_version{}; // 0 = must not exist yet
    std::optional<std::int64_t> expected_lifecycle{}; // the stay it was made for; 0 = never joined
    on_conflict conflict = on_conflict::retry;

    std::optional<std::string> reason{};         // ≤ 512 characters, also line breaks and tabs
    std::optional<std::string> actor{};          // ≤ 100 characters: who asked
    std::optional<std::string> correlation_id{}; // ≤ 128 printable ASCII characters
    std::optional<timestamp> occurred_at{};      // the caller's clock

    submitter by{};

    /// The address behind data.email. Personal data: it goes to the table of addresses and nowhere
    /// else, never into an event, a log line or a metric.
    std::optional<std::string> address{};

    bool operator==(const envelope&) const = default;
};

/// What `decide` looks at.
inline command command_in(const envelope& e) {
    return {.kind = e.kind,
            .data = e.data,
            .has_actor = e.actor.has_value(),
            .expected_lifecycle = e.expected_lifecycle};
}

} // namespace datadrop::domain
