#pragma once
// The read model in memory: rows as a fold of events, by domain::evolve alone. What projector,
// rebuild and verify share, so that they cannot differ. Pure but for log_folder, which reads; one
// thread at a time.

#include "eventstore/postgres/driver/session.hpp"
#include "projections/log_events.hpp"
#include "projections/read_ahead.hpp"
#include "projections/read_model.hpp"

#include <boost/json/object.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <functional>
#include <map>
#include <vector>

namespace datadrop::projections {

struct dead_letter_row {
    eventstore::dead_letter_id id{};
    boost::json::object shown;              // as the API shows it
    eventstore::global_position position{}; // of the last event
};

class fold {
  public:
    /// Where a member stands before the events that follow; without it, at the beginning.
    void put(domain::member_id who, const domain::membership& before);
    /// A member's row as it was, or, of several, as it was last.
    void put(const member_row& row);
    /// What happened to a dead letter before the events that follow.
    void put(letter_log before);

    void apply(const log_page& events);

    bool has(domain::member_id who) const { return members_.contains(who); }
    bool has(eventstore::dead_letter_id id) const { return letters_.contains(id); }
    std::size_t member_count() const { return members_.size(); }
    std::size_t letter_count() const { return letters_.size(); }
    /// Those without an event behind a position.
    std::int64_t members_until(eventstore::global_position end) const;
    /// The member's row; nothing without an event.
    const member_row* member(domain::member_id who) const;

    /// The rows with an event behind a position, in the order of their keys.
    std::vector<member_row> members(eventstore::global_position since) const;
    std::vector<dead_letter_row> letters(eventstore::global_position since) const;

  private:
    void happened(const member_event& e);
    void happened(const eventstore::stored_dead_letter_event& e);

    boost::unordered_flat_map<domain::member_id, member_row, std::hash<domain::member_id>> members_;
    std::map<eventstore::dead_letter_id, std::vector<eventstore::stored_dead_letter_event>>
        letters_;
    winners won_;
};

/// Folds a partition of the log from its beginning. Its memory grows with the members and dead
/// letters, not with the events. Throws as read_page.
class log_folder {
  public:
    /// With so many events a page at most.
    log_folder(eventstore::postgres::session& from, eventstore::partition_number partition,
               std::int64_t page_events = page_events_usual);

    /// From what was folded elsewhere, up to a position.
    void go_on(fold so_far, eventstore::global_position from);

    /// Folds on up to and including a position, or to the end of the log when that comes first;
    /// says so page by page.
    void advance_to(eventstore::global_position end, const std::function<void()>& page_done);

    eventstore::global_position position() const { return position_; }
    const fold& so_far() const { return fold_; }

  private:
    eventstore::postgres::session* db_;
    eventstore::partition_number partition_;
    eventstore::global_position position_;
    std::int64_t page_events_;
    fold fold_;
};

} // namespace datadrop::projections
