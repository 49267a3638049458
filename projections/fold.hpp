#pragma once
// The read model in memory: rows as a fold of events, by domain::evolve alone. What projector,
// rebuild and verify share, so that they cannot differ. Pure but for log_folder, which reads; one
// thread at a time.

#include "eventstore/log.hpp"
#include "projections/read_model.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <map>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

namespace datadrop::projections {

struct dead_letter_row {
    eventstore::dead_letter_id id{};
    boost::json::object shown;              // as the API shows it
    eventstore::global_position position{}; // of the last event
};

/// Whose rows some events change.
struct touched_rows {
    std::set<domain::member_id> members;
    std::set<eventstore::dead_letter_id> letters;

    void add(std::span<const eventstore::stored_event> events);
};

class fold {
  public:
    /// Where a member stands before the events that follow; without it, at the beginning.
    void put(const member_row& row) { members_[row.who] = row; }
    /// What happened to a dead letter before the events that follow.
    void put(std::vector<eventstore::stored_dead_letter_event> events);

    void apply(const eventstore::stored_event& e);

    std::size_t member_count() const { return members_.size(); }
    std::size_t letter_count() const { return letters_.size(); }

    /// The rows as they stand now, in the order of their keys; the members and dead letters asked
    /// for must have an event.
    std::vector<member_row> members() const;
    std::vector<member_row> members(const std::set<domain::member_id>& wanted) const;
    std::vector<dead_letter_row> letters() const;
    std::vector<dead_letter_row> letters(const std::set<eventstore::dead_letter_id>& wanted) const;

  private:
    void happened(const eventstore::stored_membership_event& e);
    void happened(const eventstore::stored_dead_letter_event& e);

    std::unordered_map<domain::member_id, member_row> members_;
    std::map<eventstore::dead_letter_id, std::vector<eventstore::stored_dead_letter_event>>
        letters_;
};

/// Folds a partition of the log from its beginning. Its memory grows with the members and dead
/// letters, not with the events. Throws eventstore::unavailable.
class log_folder {
  public:
    using batch_seen = std::function<void(std::span<const eventstore::stored_event>)>;

    log_folder(eventstore::log& from, int partition);

    /// Folds on up to and including a position, or to the end of the log when that comes first.
    void advance_to(eventstore::global_position end, const batch_seen& seen);

    eventstore::global_position position() const { return position_; }
    const fold& so_far() const { return fold_; }

  private:
    eventstore::log* log_;
    int partition_;
    eventstore::global_position position_;
    fold fold_;
};

} // namespace datadrop::projections
