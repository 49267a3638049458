#pragma once
// Which event of the member an attempt ran into: the one at the version that it found. The log does
// not change, so this is derived from it wherever a dead letter is shown, and stored with no event.
// For projector, rebuild, verify and whoever shows one letter, on the caller's session. Throws
// connection_lost, statement_refused, corrupt_event.

#include "eventstore/postgres/driver/session.hpp"
#include "eventstore/stored_event.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>

namespace datadrop::projections {

struct winner {
    domain::event_kind event{};
    domain::source from{};
    std::optional<std::string> actor{};
    domain::timestamp at{}; // recorded
    bool operator==(const winner&) const = default;
};

/// The version that an attempt found, of the member whose command it was.
struct found_version {
    domain::member_id who;
    domain::stream_version version{};
    auto operator<=>(const found_version&) const = default;
};

using winners = std::map<found_version, winner>;

/// Those of all attempts in the events, which are of one partition. Nobody won where an attempt
/// found nothing, or a member without an event.
winners read_winners(eventstore::postgres::session& db, eventstore::partition_number partition,
                     std::span<const eventstore::stored_dead_letter_event> events);

} // namespace datadrop::projections
