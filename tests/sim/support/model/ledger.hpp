#pragma once
// What the log says and since when: each member's heads, each key's holder, each dead letter. Built
// from the committed events alone, one after the other as they appear, and each is checked against
// the promises about the log itself. Times are the run's.
//
// One thread. A broken promise throws broken_promise.

#include "eventstore/log.hpp"
#include "tests/sim/support/environment.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace datadrop::sim::model {

inline constexpr microseconds never{std::numeric_limits<std::int64_t>::max()};

/// A span of time, both ends included; empty when it ends before it begins.
struct span_of_time {
    microseconds from{};
    microseconds to = never;
    bool empty() const { return to < from; }
    span_of_time operator&(const span_of_time& other) const {
        return {std::max(from, other.from), std::min(to, other.to)};
    }
};

/// A member's head and how long it was that.
struct standing {
    std::int64_t version = 0;
    domain::state current{};
    bool has_email = false;
    std::int64_t lifecycle = 0;
    span_of_time during{};
};

struct written_event {
    eventstore::stored_membership_event event;
    microseconds at{};
};

struct letter {
    eventstore::dead_letter_id id{};
    domain::member_id who;
    domain::command_parked parked;
    span_of_time open{}; // from parking to redriving or discarding
    std::optional<domain::command_redriven> redriven{};
    std::optional<domain::command_discarded> discarded{};
    std::vector<domain::redrive_failed> failures{};
};

struct member_key {
    domain::member_id who;
    std::string key;
    auto operator<=>(const member_key&) const = default;
};

class ledger {
  public:
    explicit ledger(environment& shared);

    struct news {
        std::vector<const written_event*> written;
        std::vector<const letter*> parked;
        std::vector<const letter*> failed; // a redrive of it did
    };
    /// Takes in what was committed since the last call.
    news read(eventstore::log& log);

    const written_event* written(const member_key& key) const;
    const letter* letter_of(const member_key& key) const;
    const letter& letter_at(eventstore::dead_letter_id id) const { return letters_.at(id); }
    const std::map<eventstore::dead_letter_id, letter>& letters() const { return letters_; }
    const std::map<member_key, written_event>& events() const { return written_; }

    /// When the member stood there; empty when never.
    span_of_time when(domain::member_id who, std::int64_t version, domain::state current) const;
    const standing* at_version(domain::member_id who, std::int64_t version) const;

    /// Compares all members with what the log itself says of them, and the positions.
    void check_end(eventstore::log& log) const;

  private:
    void take(const eventstore::stored_membership_event& e, news& fresh);
    void take(const eventstore::stored_dead_letter_event& e, news& fresh);
    void take_parked(const eventstore::stored_dead_letter_event& e, news& fresh);
    void take_remedy(letter& l, const domain::dead_letter_event& what, news& fresh);
    void check_position(eventstore::partition_number partition,
                        eventstore::global_position position);
    void check_event(const standing& before, const eventstore::stored_membership_event& e) const;
    std::vector<standing>& standings_of(domain::member_id who);

    environment& shared_;
    std::vector<std::int64_t> sequences_;                        // the last seen of each partition
    std::map<domain::member_id, std::vector<standing>> members_; // by version
    std::map<member_key, written_event> written_;
    std::map<member_key, eventstore::dead_letter_id> parked_;
    std::map<eventstore::dead_letter_id, letter> letters_;
};

} // namespace datadrop::sim::model
