#pragma once
// A load in a process of its own, from outside: started, told to go, and its report taken. One
// thread; calls block until what they wait for is said. They throw `refused`, with the end of its
// log, when the load ends before, or says nothing for 20 minutes; `interrupted`.

#include "processor/trials/bench/loads/load.hpp"
#include "processor/trials/children/children.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace datadrop::processor::trials::bench {

struct load_surroundings {
    std::map<std::string, std::string> environment; // names the database, the server, the token
    std::filesystem::path log;
};

class load_process {
  public:
    load_process(const load_spec& spec, const load_surroundings& around);

    /// Called twice a second while something is waited for.
    using meanwhile = std::function<void()>;

    void wait_for(std::string_view word, const interruptions& signals, const meanwhile& look);
    void go() { child_->tell("go"); }
    load_report wait_for_report(const interruptions& signals);

  private:
    std::string next_line(const interruptions& signals, const meanwhile& look);

    std::unique_ptr<child> child_;
};

/// What is done when all are ready, what is looked at when all have begun to measure, and when all
/// have ended.
struct at_moments {
    std::function<void()> ready{};
    std::function<void()> measuring{};
    std::function<void()> measured{};
    load_process::meanwhile meanwhile{};
};

/// Runs the loads at once, from when all are ready.
std::vector<load_report> run_at_once(std::vector<load_process>& loads, const at_moments& at,
                                     const interruptions& signals);

} // namespace datadrop::processor::trials::bench
