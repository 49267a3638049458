#pragma once
// The read model's queries: members, dead letters and where the projection stands. They see what
// the projector has committed. A reader blocks; one thread at a time. Throws
// eventstore::unavailable when the database cannot be reached or does not answer: a query that
// takes too long, one that it refuses.

#include "domain/ids.hpp"
#include "domain/vocabulary.hpp"
#include "eventstore/log.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "projections/figures.hpp"
#include "projections/winners.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace datadrop::projections {

struct member_row {
    domain::member_id who;
    domain::state state{};
    domain::stream_version version{};
    std::int64_t lifecycle = 0;
    bool has_email = false;
    domain::timestamp updated_at{}; // recorded_at of the last event
    eventstore::global_position position{};
    bool operator==(const member_row&) const = default;
};

struct member_query {
    std::optional<domain::guild_id> guild{}; // all guilds without
    std::optional<domain::state> state{};
    std::optional<domain::member_id> after{}; // the last member of the page before
    std::size_t limit = 100;                  // 1 … 1,000
};

/// Which dead letters; all of them without.
struct dead_letter_filter {
    std::optional<domain::guild_id> guild{};
    std::optional<domain::user_id> user{};
    std::optional<domain::command_kind> command{};
    std::optional<std::string> code{};
    std::optional<domain::dead_letter_status> status{};
    std::optional<domain::timestamp> parked_before{};
    std::optional<domain::timestamp> parked_after{};
};

struct dead_letter_query {
    dead_letter_filter of{};
    std::optional<eventstore::dead_letter_id> after{};
    std::size_t limit = 100;
};

/// Dead letters of one code.
struct dead_letter_count {
    std::int64_t count = 0;
    domain::timestamp oldest_parked_at{};
};

/// A rebuild under way, or one that was killed, as its process last reported.
struct rebuild_progress {
    eventstore::partition_number partition{};
    std::int64_t done = 0; // events folded
    std::int64_t of = 0;   // events of the log when it began
    domain::timestamp started_at{};
    std::string by;        // "process 4711 on db1"
    std::string phase;     // as rebuild_phase is called
    std::int64_t from = 0; // events that one before it had folded
    std::chrono::microseconds lasts{};
};

/// Tables that a rebuild has kept, to switch back to.
struct previous_tables {
    eventstore::partition_number partition{};
    eventstore::global_position position{};
    domain::timestamp switched_at{};
};

struct partition_status {
    eventstore::partition_number partition{};
    eventstore::global_position position{};
    eventstore::global_position head{};
    std::int64_t lag_events = 0;
    std::int64_t lag_seconds = 0;
};

struct projection_status {
    eventstore::cursor position; // what the read model shows
    eventstore::cursor head;     // what the log holds
    std::int64_t lag_events = 0;
    std::int64_t lag_seconds = 0; // age of the oldest event not shown, rounded up; 0 without one
    std::vector<partition_status> partitions;
    std::vector<rebuild_progress> rebuilds;
    std::vector<rebuild_progress> killed; // what these kept the next one goes on with
    std::vector<previous_tables> previous;
};

class read_model {
  public:
    /// Connects at the first query and again whenever the connection was lost; a query whose
    /// connection is lost is asked once more on a new one.
    read_model(eventstore::postgres::session::options o, int partitions);
    ~read_model();

    /// Connects now. Throws eventstore::unavailable.
    void connect();

    std::optional<member_row> member(domain::member_id who);
    /// In the order of partition, guild, user.
    std::vector<member_row> members(const member_query& query);
    /// In the order of their ids, each as the JSON object that interfaces show
    /// (projections/letter_record.hpp).
    std::vector<boost::json::object> dead_letters(const dead_letter_query& query);
    /// By code.
    std::map<std::string, dead_letter_count> count_dead_letters(const dead_letter_filter& of);
    /// Who had won against the attempts in a dead letter's events, from the log itself.
    winners winners_of(std::span<const eventstore::stored_dead_letter_event> events);
    /// Whatever else is kept beside the read model, on its connection: begun once more on another
    /// when that one is lost.
    void run_with(const std::function<void(eventstore::postgres::session&)>& work);
    projection_status status();
    figures figures_now();
    /// The checkpoints alone: the cheap question of `min_position`.
    eventstore::cursor position();

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace datadrop::projections
