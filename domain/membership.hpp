#pragma once
// The domain's room: what may happen to a member, and to a command that was parked
// (dead_letter.hpp), said once for the whole program. Every other room asks here and none says it
// again; this one knows none of them, nor a clock, a database or a wire.
//
// The membership aggregate: one user's lifecycle in one guild. The stream is keyed by member_id;
// events, their payload and their order are the stored truth. The rules stand in
// transition_table.hpp. Pure: no clock, no I/O; every thread.

#include "domain/ids.hpp"
#include "domain/vocabulary.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace datadrop::domain {

/// HMAC-SHA-256 of an e-mail address under the server's key: all that an event knows of it.
using email_fingerprint = std::array<std::uint8_t, 32>;

inline constexpr std::size_t campaign_characters_max = 64;

/// What a command brings beyond its name, and its event keeps; which command brings what is in
/// transition_table.hpp.
struct payload {
    std::optional<email_fingerprint> email;   // RecordEmail, RequestVerification
    std::optional<std::string> campaign_id{}; // RequireReverification: visible ASCII characters
    std::optional<state> outcome{};           // ExpireVerification: one of expiry_outcomes
    bool operator==(const payload&) const = default;
};

/// The fold of a stream: all that a decision needs.
struct membership {
    state current = state::none;
    bool has_email = false;     // an address is on record in this lifecycle
    std::int64_t lifecycle = 0; // the present or last stay: how often the member has joined
    bool operator==(const membership&) const = default;
};

struct command {
    command_kind kind{};
    payload data{};
    bool has_actor = false;                           // somebody is named as the one who asked
    std::optional<std::int64_t> expected_lifecycle{}; // the stay that it was made for
};

struct event {
    event_kind kind{};
    state from = state::none;
    state to = state::none;
    payload data{};
    bool operator==(const event&) const = default;
};

/// A domain rule said no: final, since no retry helps.
struct rejection {
    rejection_code code{};
    bool operator==(const rejection&) const = default;
};

using decision = std::variant<event, rejection>;

/// What a command does to a member. The rejection is the first that applies of lifecycle_over,
/// transition_not_allowed, email_missing, actor_required. The payload must fit its command
/// (payload_rules.hpp): one that does not is a bug, and whoever took it in has seen to that.
[[nodiscard]] decision decide(const membership& current, const command& asked);

/// The member after an event; holds no rule and cannot fail.
[[nodiscard]] membership evolve(membership current, const event& happened);

/// The commands that a state allows, guards aside, in the order of the table.
[[nodiscard]] std::vector<command_kind> allowed_commands(state current);

/// The command whose event this is, and the other way round.
constexpr command_kind command_of(event_kind kind) {
    return static_cast<command_kind>(static_cast<std::uint8_t>(kind));
}
constexpr event_kind event_of(command_kind kind) {
    return static_cast<event_kind>(static_cast<std::uint8_t>(kind));
}

} // namespace datadrop::domain
