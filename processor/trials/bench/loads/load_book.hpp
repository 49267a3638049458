#pragma once
// Where a load's threads get what to send next and bring the answers: keeps count, time and every
// answer, in 16 bytes each. Every thread; a call takes a lock for less than a microsecond.

#include "processor/core/outcome.hpp"
#include "processor/trials/bench/loads/load_script.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <iosfwd>
#include <mutex>
#include <optional>

namespace datadrop::processor::trials::bench {

using steady_time = std::chrono::steady_clock::time_point;

/// What one command was told. Version, state and position are those of an accepted one.
struct load_answer {
    outcome_kind kind{};
    domain::state state{};
    std::int64_t version = 0;
    std::int64_t position = 0;
    int attempts = 0;
    bool operator==(const load_answer&) const = default;
};

load_answer answer_of(const outcome& told);

struct sending {
    steady_time due; // of a closed loop when it was sent
    steady_time sent;
};

/// By nearest rank; all 0 of none. Reorders what it is given.
latencies latencies_of(std::deque<std::uint32_t>& microseconds);

class load_book {
  public:
    load_book(const load_spec& spec, member_versions versions);

    /// Nothing once the load is over.
    std::optional<load_command> next();

    void answered(const load_command& command, const load_answer& told, const sending& when);

    /// As load_script::is_warm.
    bool is_warm();

    void begin_measuring();
    void end_measuring();

    /// Nothing more is given out.
    void close();

    // After the last answer.

    load_report report();

    /// A line a command, in the order of the sending: key, guild_id, user_id, outcome, state,
    /// version, position, with tabs between; the last three are \N but for an accepted command, as
    /// COPY reads them.
    void write_answers(std::ostream& out, const load_writing& written) const;

  private:
    struct kept_answer {
        std::uint32_t member;
        std::uint32_t version;
        std::uint64_t position : 54;
        std::uint64_t kind : 5;
        std::uint64_t state : 5;
    };
    static_assert(sizeof(kept_answer) == 16);

    void keep(const load_command& command, const load_answer& told);
    void count(const load_answer& told, const sending& when, steady_time now);

    std::mutex mutex_; // guards all below
    load_script script_;
    std::int64_t commands_max_;
    bool keeps_answers_;
    std::chrono::milliseconds half_;
    std::int64_t sent_ = 0;
    bool closed_ = false;
    bool measuring_ = false;
    steady_time measuring_since_{};
    double cpu_before_ = 0;
    load_report report_;
    std::deque<std::uint32_t> accepted_after_; // microseconds
    std::deque<std::uint32_t> overloaded_after_;
    std::deque<kept_answer> answers_; // by the command's number
};

} // namespace datadrop::processor::trials::bench
