#pragma once
// A processor of a simulated run: the real core and the real writers' desk, and around them what
// processor/service/command_shell.cpp does with threads, here with coroutines and virtual time. It
// can be frozen (its steady clock goes on meanwhile) and killed; a restart is a new object.
//
// One thread. The world keeps a dead one until the run is over, since events still name it.

#include "processor/core/machine.hpp"
#include "processor/core/writer_desk.hpp"
#include "tests/sim/support/log_connection.hpp"

#include <deque>
#include <map>
#include <memory>

namespace datadrop::sim {

class process {
  public:
    /// Told each answer when it leaves the core.
    using on_answer = std::function<void(process&, processor::ticket, const processor::outcome&)>;

    process(environment& shared, server& database, int number, on_answer told);

    /// The caller has come through `enter`.
    void submit(std::vector<processor::submission> commands);

    /// Runs something in the process: later while it is frozen, never once it is dead.
    void enter(std::function<void()> what);

    void kill();
    void freeze(microseconds time);
    void move_wall_clock(microseconds by) { wall_offset_ += by; }

    int number() const { return number_; } // of this life: a restart has another
    bool alive() const { return alive_; }
    const processor::core_figures& figures() const { return core_.figures(); }

  private:
    processor::moment now() const;
    void thaw();
    void start_work();
    void carry_out();
    void carry_out(processor::answer& a);
    void carry_out(processor::log_call& call);
    void start(processor::writer_desk::assignment a);
    void came_back(std::size_t writer, processor::call_result result);
    void ended(std::size_t writer, const processor::call_result& result);
    void arm_clock();

    environment& shared_;
    int number_;
    on_answer told_;
    processor::machine core_;
    processor::writer_desk desk_;
    std::deque<log_connection> writers_;       // as the desk numbers them
    std::map<std::size_t, microseconds> back_; // when the last result of a writer comes back
    bool starting_ = false;                    // start_work is about to run
    std::optional<microseconds> armed_;
    microseconds frozen_until_{};
    std::deque<std::function<void()>> held_; // came while it was frozen
    microseconds wall_offset_{};
    bool alive_ = true;
};

} // namespace datadrop::sim
