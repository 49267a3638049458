#pragma once
// A command as it was received: the intent, what it expects, its key, and who stands behind it.
// A value; one that has been submitted is not changed any more, so threads may share it.

#include "domain/membership.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace datadrop::domain {

/// Who submitted, by the credential.
struct submitter {
    source from{};
    std::string name; // of the token
    bool operator==(const submitter&) const = default;
};

// How long a command's texts may be.
inline constexpr std::size_t key_characters_max = 64;
inline constexpr std::size_t reason_characters_max = 512;
inline constexpr std::size_t actor_characters_max = 100;
inline constexpr std::size_t correlation_characters_max = 128;

struct envelope {
    member_id who;
    command_kind kind{};
    payload data{};
    std::string idempotency_key; // visible ASCII characters, at least one, unique per member

    std::optional<state> expected_state{};            // what the submitter saw, when it says so
    std::optional<stream_version> expected_version{}; // 0 = must not exist yet
    std::optional<std::int64_t> expected_lifecycle{}; // the stay it was made for; 0 = never joined
    on_conflict conflict = on_conflict::retry;

    std::optional<std::string> reason{};         // line breaks and tabs, too
    std::optional<std::string> actor{};          // who asked
    std::optional<std::string> correlation_id{}; // printable ASCII characters
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
