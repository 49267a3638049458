#pragma once
// A processor as its operator has it: a `datadrop serve` behind a front door, which may be killed,
// frozen and started again.
// One thread; calls block. They throw std::runtime_error when something does not come to be.

#include "tests/e2e/support/process.hpp"
#include "tests/faults/support/front_door.hpp"

#include <memory>
#include <string>

namespace datadrop::test {

class serving {
  public:
    /// Starts it on the database.
    serving(front_door& at, const std::string& database, arguments more = {});
    /// Ends it with SIGTERM, and with SIGKILL when that is not enough.
    ~serving();

    /// Until it listens. As a supervisor would, it tries again when the program ends because the
    /// database is away.
    void start();
    /// What it does not answer in time, it has not done well: throws unless the exit code is 0.
    void stop();
    void kill();
    void freeze();
    void go_on();
    /// False once it has ended, by itself or by somebody's hand.
    bool runs() const { return !process_->wait({}); }

    /// The number that /metrics shows under this name; 0 when it is not there.
    double metric(const std::string& name) const;
    /// What it wrote, all starts together.
    std::string log() const { return earlier_ + (process_ ? process_->err() : ""); }

  private:
    front_door& front_;
    environment variables_;
    arguments arguments_;
    std::unique_ptr<process> process_;
    port_number port_ = 0;
    std::string earlier_;
};

} // namespace datadrop::test
