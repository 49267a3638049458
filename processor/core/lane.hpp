#pragma once
// The lane of one member: its commands that are under way in this process, in arrival order. The
// next is decided on the state that the one before leaves, and what is decided together travels
// as one chain. Data of the machine; one thread at a time.

#include "processor/core/actions.hpp"
#include "processor/core/judge.hpp"
#include "processor/core/known_tail.hpp"
#include "processor/core/limits.hpp"

#include <boost/intrusive/list.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace datadrop::processor {

/// The two clocks of an input: a monotonic one for waits, the wall's for records.
struct moment {
    std::chrono::microseconds steady{}; // since an arbitrary start
    domain::timestamp wall{};
};

/// A command under way. It stands in one place at a time: ready in its lane, in the lane's chain,
/// aside for its next attempt, or on its way to the dead letters; or it follows another of its key.
struct entry {
    ticket to{};
    command_ptr command;
    std::optional<eventstore::redrive> redriven{};
    eventstore::submission_number submission{}; // its own
    std::uint64_t arrival = 0;                  // order of arrival in the process
    std::chrono::microseconds arrived{};
    std::optional<std::chrono::microseconds> started{}; // its first attempt
    std::vector<domain::attempt> attempts{};            // that did not end it
    std::optional<eventstore::head> met{};              // by the last that was answered
    int lost_races = 0;                                 // of them through others alone
    std::list<std::unique_ptr<entry>> followers{};      // later submissions of the same key

    int attempt_number() const { return static_cast<int>(attempts.size()) + 1; }
};
using entry_ptr = std::unique_ptr<entry>;

/// A command in the chain that is under way: how it was decided, and on what.
struct flight {
    entry_ptr command;
    verdict decided;
    eventstore::head before;
};

/// Boost's own hash of a text takes several times as long.
using key_map = boost::unordered_flat_map<std::string_view, entry*, std::hash<std::string_view>>;

struct guild_work;
struct lane_line;

/// Its place in the line of its guild that it waits in.
using lane_hook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>>;

struct lane : lane_hook {
    domain::member_id who;
    eventstore::partition_number partition{};
    guild_work* guild = nullptr;
    lane_line* line = nullptr; // that it stands in, if in any
    bool begun = false;        // it stands there among those whose budget is running
    std::size_t chosen = 0;    // of its ready commands, for the append that is being made up
    std::optional<eventstore::head> known{}; // nothing: to be loaded
    era exact_in{};                          // known exactly in that era, in others a hint
    bool overtaken = false; // while it was loaded others were told to have written something of it
    std::chrono::microseconds read{}; // when the database told it, a cached one long ago
    std::deque<entry_ptr> ready{};    // in arrival order
    std::vector<flight> chain{};      // under way in an append
    eventstore::head after{};         // the head once the chain is written
    std::size_t elsewhere = 0;        // aside or being parked
    bool listed = false;              // for an append, or for the reservation before it
    bool loading = false;
    bool contended = false; // another process wrote between its last two reads
    key_map keys{};         // of all commands that do not follow

    bool idle() const { return ready.empty() && chain.empty() && elsewhere == 0; }
};

using lane_list = boost::intrusive::list<lane, boost::intrusive::constant_time_size<false>>;

/// A command that left its lane's order: it waits aside, or goes to the dead letters.
struct leaving {
    lane* of;
    entry_ptr command;
    std::chrono::microseconds since{}; // it is aside
};

/// A redrive that failed, until the log has noted it.
struct failed_redrive {
    lane* of;
    entry_ptr command;
    outcome result;
};

/// Puts a command where its arrival belongs among those that are ready.
void make_ready(lane& l, entry_ptr command);

/// Moves up to `steps_max` commands from ready into the lane's chain, each decided on what the one
/// before leaves, and gives what the log is to check and write. The lane's head must be known, as
/// well as said. A redrive travels alone.
eventstore::chain build_chain(lane& l, std::size_t steps_max, eventstore::knowledge known);

} // namespace datadrop::processor
