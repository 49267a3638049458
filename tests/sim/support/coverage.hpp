#pragma once
// What happened in simulated runs, counted: so that one sees that everything really did. A value.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace datadrop::sim {

enum class sight : std::uint8_t {
    answered_accepted,
    answered_replayed,
    answered_rejected,
    answered_key_reused,
    answered_conflict,
    answered_dead_lettered,
    answered_overloaded,
    answered_unavailable,
    never_answered, // its processor was killed
    resubmitted,
    lost_race,
    event_written,
    command_parked,
    attempt_unanswered, // of a command that was parked in the end
    redrive_accepted,
    redrive_failed,
    letter_discarded,
    reservation_taken,
    reservation_refused, // waited too long for the tail
    reservation_cut_off, // stalled too long while it held the tail
    doubt_found_written,
    doubt_found_unwritten,
    doubt_unsettled,
    commit_after_loss, // by a backend whose client had lost its connection
    statement_slow,
    statement_refused,
    request_lost,
    reply_lost,
    backend_fenced,
    backend_unfenced, // did not end in time
    server_restarted,
    server_away,
    processor_killed,
    processor_frozen,
    wall_clock_jumped,
    answer_late,
    read_by_follower, // events that the polling reader saw
    flood,            // of one guild
    flood_refused,
    answered_beside_flood, // of other guilds, while it was under way
    proven_by_tail,        // chains that were written, or confirmed, without a look-up
    tail_followed,         // appends that were told what others had written
    tail_not_followed,     // … and that were not
    log_restored,
    sent_behind,     // appends, behind one that was under way
    second_in_doubt, // with the one ahead of it
    how_many,
};

inline constexpr std::array<std::string_view, static_cast<std::size_t>(sight::how_many)>
    sight_names{"answered accepted",
                "answered accepted again",
                "answered rejected",
                "answered key reused",
                "answered conflict",
                "answered dead-lettered",
                "answered overloaded",
                "answered unavailable",
                "never answered (killed)",
                "submitted again",
                "attempts that met a conflict",
                "events written",
                "commands parked",
                "attempts without an answer",
                "redrives accepted",
                "redrives failed",
                "dead letters discarded",
                "reservations taken",
                "reservations refused",
                "reservations cut off",
                "in doubt, found written",
                "in doubt, found unwritten",
                "in doubt, not settled",
                "commits after the loss",
                "statements slow",
                "statements refused",
                "requests lost",
                "replies lost",
                "backends fenced",
                "backends not fenced in time",
                "server restarts",
                "server away",
                "processors killed",
                "processors frozen",
                "wall clock jumps",
                "answers late",
                "events read by position",
                "floods",
                "refused of a flood",
                "answered beside a flood",
                "chains proven by the tail",
                "appends that follow others",
                "appends that follow nobody",
                "logs restored",
                "appends sent behind another",
                "in doubt with the one ahead"};

class coverage {
  public:
    void saw(sight what, std::uint64_t times = 1) {
        counts_[static_cast<std::size_t>(what)] += times;
    }
    std::uint64_t of(sight what) const { return counts_[static_cast<std::size_t>(what)]; }
    coverage& operator+=(const coverage& other) {
        for (std::size_t i = 0; i < counts_.size(); ++i)
            counts_[i] += other.counts_[i];
        return *this;
    }

  private:
    std::array<std::uint64_t, static_cast<std::size_t>(sight::how_many)> counts_{};
};

} // namespace datadrop::sim
