#pragma once
// Which members' events a reader wants. A value; every thread.

#include "eventstore/stored_event.hpp"

#include <optional>
#include <vector>

namespace datadrop::eventstore {

struct event_filter {
    std::optional<domain::guild_id> guild{}; // of this guild
    std::vector<domain::event_kind> kinds{}; // of these types; none: of all

    /// Every member's event is wanted.
    bool is_open() const { return !guild && kinds.empty(); }
    bool wants(domain::guild_id of, domain::event_kind kind) const;
    /// A dead letter's event is wanted by nobody.
    bool wants(const stored_event& event) const;
    bool operator==(const event_filter&) const = default;
};

} // namespace datadrop::eventstore
