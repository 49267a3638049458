#pragma once
// One simulated run: a few processors on one log, the clients before them, and what befalls them,
// all drawn from one seed. Under a model's eyes until everything has come to rest.
//
// A run is one thread's; several may go on side by side.

#include "tests/sim/support/clients.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace datadrop::sim {

/// What came of a run.
struct run_report {
    run_options chosen;
    std::string broken{}; // the check that failed; empty when every promise held
    std::string what{};   // what it saw
    coverage seen{};
    // When the story was told:
    std::uint64_t digest = 0; // of all its lines
    std::uint64_t lines = 0;
    std::deque<std::string> last_lines{};
    bool passed() const { return broken.empty(); }
};

/// Runs a seed to its end. Throws nothing.
run_report run(const run_options& chosen, story::mode mode = story::mode::silent);

/// What a person needs of a run that failed: the options, its last steps (it is run once more,
/// which goes the same way), what broke, and the command that tells it all.
std::string describe(const run_report& failed);

class world {
  public:
    world(const run_options& chosen, story::mode mode);

    /// Throws broken_promise.
    void run();
    environment& shared() { return shared_; }

  private:
    process& start_process();
    void restart_later(std::size_t place);
    void every(milliseconds mean, void (world::*befall)());
    void restart_server();
    void take_server_away();
    void kill_process();
    void freeze_process();
    void move_wall_clock();
    void read_on();
    void read_some(std::size_t limit);
    void calm();
    void come_to_rest();
    void check_end();
    void restore();
    process& some_process();

    environment shared_;
    std::optional<model::model> judge_; // of the log as it was restored last
    server server_;
    std::vector<std::unique_ptr<process>> all_processes_; // the dead ones too
    std::vector<process*> places_;                        // the last of each place
    clients clients_;
    eventstore::cursor read_;
    bool calm_ = false;
    microseconds calm_since_{};
};

} // namespace datadrop::sim
