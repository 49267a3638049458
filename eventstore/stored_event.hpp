#pragma once
// An event as the log gives it back: what happened, where it stands, and who stood behind it.
// Values; every thread.

#include "domain/dead_letter.hpp"
#include "domain/ids.hpp"
#include "domain/membership.hpp"
#include "eventstore/position.hpp"

#include <optional>
#include <string>
#include <variant>

namespace datadrop::eventstore {

struct stored_membership_event {
    global_position position{};
    domain::member_id who;
    domain::stream_version version{};
    domain::event what{};
    domain::source from{};
    std::string idempotency_key;
    std::optional<std::string> actor{};
    std::optional<std::string> reason{};
    std::optional<std::string> correlation_id{};
    std::optional<domain::timestamp> occurred_at{};
    domain::timestamp recorded_at{};
    bool operator==(const stored_membership_event&) const = default;
};

struct stored_dead_letter_event {
    global_position position{};
    dead_letter_id letter{}; // = position for CommandParked
    domain::member_id who;   // whose command it is
    domain::dead_letter_event what;
    domain::timestamp recorded_at{};
    bool operator==(const stored_dead_letter_event&) const = default;
};

using stored_event = std::variant<stored_membership_event, stored_dead_letter_event>;

} // namespace datadrop::eventstore
