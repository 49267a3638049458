#pragma once
// What the log in memory keeps, a partition apart from each other, and the rules by which it is
// written: those that the functions of sql/functions keep under a partition's lock. For memory_log,
// which waits for the turn; whoever has it is alone with the partition.

#include "eventstore/log.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace datadrop::eventstore::memory {

/// An idempotency key that an event has used.
struct used_key {
    global_position position{};
    std::int64_t lifecycle = 0; // after the event
    submission_number by{};
};

struct member_stream {
    head at;
    std::vector<global_position> events; // by version, from 1
    std::map<std::string, used_key, std::less<>> used_keys;
    std::map<std::string, dead_letter_id, std::less<>> parked_keys;
    std::optional<std::string> address;
};

struct letter {
    domain::member_id who;
    domain::dead_letter_status status{};
    std::vector<global_position> events{};
    std::optional<std::string> address{}; // waits for a redrive
    submission_number by{};               // that was parked

    bool is_as_seen(std::optional<global_position> last) const {
        return !last || *last == events.back();
    }
};

/// Guarded by `mutex`; written to by whoever has the turn.
struct partition {
    mutable std::mutex mutex;
    std::condition_variable turn_given_back;
    const log* reserved_by = nullptr;
    std::deque<stored_event> events; // by sequence, from 1
    std::unordered_map<domain::member_id, member_stream> members;
    std::map<dead_letter_id, letter> letters;

    const stored_event& event_at(global_position position) const;
    head head_of(domain::member_id who) const;

    /// Who holds a key, a letter that is being redriven aside.
    std::optional<key_holder> holder_of(domain::member_id who, const std::string& key,
                                        const std::optional<redrive>& redriven = {}) const;

    bool has_parked_keys(domain::member_id who) const;
    members_seen look_at(std::span<const domain::member_id> who, global_position tail) const;

    /// Whom the last events are of.
    std::vector<moved_member> movers_of_last(std::int64_t count) const;

    /// A chain's fate, `appended` standing for one that is yet to be written. One that is known
    /// exactly is looked up only when it claims what is used.
    chain_fate judge(const chain& c, knowledge by) const;

  private:
    bool is_used(const chain& c) const;
};

/// What others wrote behind a tail, if that can be told.
struct written_since {
    bool told = false;
    std::vector<moved_member> moved{};
};

class store {
  public:
    store(int partitions, std::function<domain::timestamp()> now, std::int64_t followed_max)
        : now_(std::move(now)), followed_max_(followed_max),
          partitions_(static_cast<std::size_t>(partitions)) {}

    /// Nobody else uses either.
    void restore(const store& backup);

    int size() const { return static_cast<int>(partitions_.size()); }
    partition& at(partition_number number) { return partitions_.at(index_of(number)); }
    const partition& at(partition_number number) const { return partitions_.at(index_of(number)); }

    // For whoever has the turn of the partition.

    log_point end_of(partition_number number) const;
    written_since look_behind(partition_number number,
                              const std::optional<expectation>& expected) const;
    global_position next_position(partition_number number) const;

    /// A chain that was judged to be written.
    void write(partition_number number, const chain& c);

    /// A letter's event; its first has the letter's id for a position.
    void write(partition_number number, dead_letter_id id, domain::dead_letter_event what);

  private:
    void write(partition_number number, member_stream& stream, const step& s, const head& after);

    std::function<domain::timestamp()> now_;
    std::int64_t followed_max_;
    std::deque<partition> partitions_; // each with a lock of its own
};

} // namespace datadrop::eventstore::memory
