#pragma once
// The command's way as a machine without I/O: lanes, attempts, budget, backoff, batching by group
// commit, parking. It takes an input, decides, and leaves actions; the shell around it carries them
// out and decides nothing. Clocks and the seed of the jitter are inputs, so that the same inputs
// give the same actions.
//
// Thread rule: none inside; one thread at a time.
//
// Rules that hold after every input:
// - At most one reservation, park or failure record is under way per partition, or two appends, one
//   behind the other and of other members; what arrives meanwhile gathers, and goes together next.
// - An answer that rests on a head is given only when the log confirmed that head under its lock.
// - Commands of one member are decided in arrival order; when a chain loses a race it is decided
//   anew, whole and in order, on what was found. Only a command whose own stated expectation does
//   not hold steps aside.
// - Whatever is due is shared by guild in turns: the queue, a load, a batch, a park.
// - Every command that was admitted is answered once.

#include "processor/core/figures.hpp"
#include "processor/core/guild_work.hpp"
#include "processor/core/head_cache.hpp"
#include "processor/core/lane.hpp"
#include "processor/core/limits.hpp"
#include "processor/core/log_calls.hpp"
#include "processor/core/partition_work.hpp"

#include <map>
#include <optional>
#include <random>
#include <unordered_map>
#include <vector>

namespace datadrop::processor {

class machine {
  public:
    /// For a log with `partitions` partitions.
    machine(int partitions, const core_limits& limits, std::uint64_t seed);

    // Inputs. Each may leave actions, and work for start_work.

    /// Admits all commands, or none: each is answered `overloaded` when the queue has no room for
    /// all, or a guild of them no share of it left.
    void submit(std::vector<submission> commands, moment now);

    /// What came of a call that an action asked for.
    void feed(const call_result& result, moment now);

    /// Time has passed: those whose wait is over go on. Early and late calls do no harm.
    void tick(moment now);

    /// Starts what is due, in every partition. To be called after inputs, once for all that come
    /// together: what they bring then goes in one batch.
    void start_work(moment now);

    /// Where a member stood when somebody looked: a hint, as all that is in the cache.
    void remember(domain::member_id who, const eventstore::head& head) { cache_.put(who, head); }

    // Outputs.

    /// The actions since the last call, in order.
    std::vector<action> take_actions();
    /// When to call tick next, by the steady clock; nothing when nobody waits.
    std::optional<std::chrono::microseconds> wake_at() const;

    std::size_t admitted() const { return admitted_; } // and not yet answered
    std::size_t cached_members() const { return cache_.size(); }
    const core_figures& figures() const { return figures_; }

  private:
    // machine.cpp: what came of a call, admission and lanes
    void take(const heads_loaded& result, moment now);
    void take(const tail_reserved& result, moment now);
    void take(const tail_released&, moment) {}
    void take(const chains_appended& result, moment now);
    void take(const commands_parked& result, moment now);
    void take(const failure_recorded& result, moment now);
    bool admit(const std::vector<submission>& commands);
    void refuse(const std::vector<submission>& commands);
    lane& lane_of(const domain::envelope& command);
    lane& new_lane(domain::member_id who);
    void enter(submission s, moment now);
    eventstore::submission_number draw_number();
    void list(lane& l);
    void resume(lane& l);
    void follow(const eventstore::moved_member& moved);

    // work.cpp: who goes next
    void pump(eventstore::partition_number partition, moment now);
    void start_load(eventstore::partition_number partition);
    void start_write(eventstore::partition_number partition, moment now);
    void start_write(write_kind kind, eventstore::partition_number partition, moment now);
    bool start_park(eventstore::partition_number partition);
    bool start_failure_record(eventstore::partition_number partition);
    bool start_reservation(eventstore::partition_number partition);
    void start_append(eventstore::partition_number partition, moment now);
    std::size_t choose_reserved(partition_work& part, moment now);
    std::size_t steps_max(const partition_work& part) const;
    void choose_in_turns(partition_work& part, std::size_t steps, moment now);
    bool choose(partition_work& part, lane& l, moment now);
    eventstore::chain begin_chain(lane& l, moment now);
    void drop_expired(lane& l, moment now);
    void drop_all(const std::vector<lane*>& lanes, moment now);

    // settle.cpp: what an answer of the log means
    void settle(lane& l, const eventstore::chain_fate& fate, era learned, moment now);
    void settle_confirmed(lane& l, const eventstore::chain_fate& fate, moment now);
    void settle_conflict(lane& l, const eventstore::head& found, moment now);
    void settle_unwritten(lane& l, moment now);
    void settle_keys(lane& l, const eventstore::chain_fate& fate, moment now);
    void settle_redrive(lane& l, flight f, const eventstore::head& found, moment now);
    void settle_parked(lane& l, entry_ptr command, const eventstore::park_fate& fate, moment now);

    // ending.cpp: answers it, puts it back, sends it aside
    void tell(lane& l, entry_ptr command, outcome what, moment now);
    void tell_unavailable(lane& l, entry_ptr command, moment now);
    void tell_confirmed(lane& l, flight f, eventstore::global_position position, moment now);
    void tell_refusal(lane& l, entry_ptr command, outcome result, moment now);
    void tell_stale(lane& l, entry_ptr command, const eventstore::head& found, moment now);
    void put_back(lane& l, entry_ptr command, moment now);
    void put_back_beaten(lane& l, flight f, const eventstore::head& found, moment now);
    void put_back_follower(lane& l, entry& answered, moment now);
    void count_conflict(entry& command, const eventstore::head& expected,
                        const eventstore::head& found, moment now);
    void step_aside(lane& l, entry_ptr command, const eventstore::head& found, moment now);
    std::chrono::microseconds wait_before(int attempt);
    void give_up(lane& l, entry_ptr command, moment now);
    void send_to_park(lane& l, entry_ptr command);
    void send_to_failures(lane& l, entry_ptr command, outcome result);

    void ask(log_call call) { actions_.emplace_back(std::move(call)); }
    partition_work& at(eventstore::partition_number partition) {
        return partitions_[index_of(partition)];
    }
    core_limits limits_;
    std::mt19937_64 random_;
    head_cache cache_;
    std::vector<partition_work> partitions_;
    std::unordered_map<domain::guild_id, guild_work> guilds_; // of which commands are under way
    std::unordered_map<domain::member_id, lane> lanes_;
    /// Of members that are done; the next new ones get them, with the memory that they hold.
    std::vector<decltype(lanes_)::node_type> spare_lanes_;
    std::multimap<std::chrono::microseconds, leaving> aside_; // by the end of their wait
    std::vector<action> actions_;
    std::size_t admitted_ = 0;
    std::uint64_t arrivals_ = 0;
    core_figures figures_;
};

} // namespace datadrop::processor
