#pragma once
// A row of the read model that is not what the log says: which of its columns, what they hold, what
// they should, and since which event the log says so. Pure; every thread.

#include "eventstore/stored_event.hpp"
#include "projections/log_events.hpp"
#include "projections/tables.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace datadrop::projections {

/// One column, or the whole row (no name), of which there is none in the table (`was` is nothing)
/// or by the log (`is` is nothing).
struct differing_column {
    std::string name;
    std::optional<std::string> was; // what the table holds
    std::optional<std::string> is;  // what the log says
    /// Since which event the log says otherwise: the one that ended what the table holds, when the
    /// log ever said that, else the one that gave what is right. Nothing without such an event.
    std::optional<eventstore::global_position> first_event{};
    bool operator==(const differing_column&) const = default;
};

/// Whose row it is: nobody's for a checkpoint.
using row_owner = std::variant<std::monostate, domain::member_id, eventstore::dead_letter_id>;

struct difference {
    std::string table; // membership, dead_letters, projection_checkpoints
    std::string row;   // "guild 1 user 2", "dead letter 17", "partition 0"
    row_owner of{};
    std::vector<differing_column> columns; // one at least
    bool operator==(const difference&) const = default;
};

/// In words: "missing", "should not be there", "state is Kicked, should be Verified; …".
std::string what_differs(const difference& found);
/// The earliest of its columns' events.
std::optional<eventstore::global_position> first_event_of(const difference& found);

/// As programs see it, one object a column: table, row, column (null: the whole row), was, is,
/// first_event, what (in words).
boost::json::array to_json(const difference& found);

struct dead_letter_columns {
    boost::json::object fields;
    std::int64_t position = 0;
    bool operator==(const dead_letter_columns&) const = default;
};

/// Where the two rows part; nothing when they do not. One that is null is not there.
std::optional<difference> compare(domain::member_id who, const member_columns* was,
                                  const member_columns* is);
std::optional<difference> compare(eventstore::dead_letter_id id, const dead_letter_columns* was,
                                  const dead_letter_columns* is);

/// Fills in the first events, from all events of the row's owner in order, up to where the row was
/// compared.
void find_first_events(difference& found, std::span<const member_event> events);
void find_first_events(difference& found, const letter_log& letter);

} // namespace datadrop::projections
