#pragma once
// A processor of a simulated run: the real core, and around it what
// processor/service/command_shell.cpp does with threads, here with coroutines and virtual time. It
// can be frozen (its steady clock goes on meanwhile) and killed; a restart is a new object.
//
// One thread. The world keeps a dead one until the run is over, since events still name it.

#include "processor/core/machine.hpp"
#include "tests/sim/support/connection.hpp"

#include <deque>
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
    struct writer {
        explicit writer(connection c) : db(std::move(c)) {}
        connection db;
        std::optional<int> reserved; // the partition whose tail it holds
        bool busy = false;
        bool ends = false; // what it runs ends the reservation
    };
    struct job {
        int partition = 0;
        std::function<void(writer&)> start;
        bool reserves = false;
        bool ends_reservation = false;
    };

    processor::moment now() const;
    void carry_out();
    void carry_out(processor::answer a);
    void carry_out(processor::load_heads a);
    void carry_out(processor::reserve_tail a);
    void carry_out(processor::release_tail a);
    void carry_out(processor::append_chains a);
    void carry_out(processor::park_commands a);
    void carry_out(processor::record_failure a);
    template <typename Call, typename Feed>
    job& enqueue(int partition, Call call, Feed feed);
    template <typename Result, typename Feed>
    void finish(writer& w, std::optional<Result> result, Feed feed);
    void dispatch();
    writer* writer_for(const job& j);
    void free_reserved(int partition);
    void arm_clock();

    environment& shared_;
    int number_;
    on_answer told_;
    processor::machine core_;
    std::deque<writer> writers_;
    std::deque<job> jobs_;
    std::optional<microseconds> armed_;
    microseconds frozen_until_{};
    microseconds wall_offset_{};
    bool alive_ = true;
};

} // namespace datadrop::sim
