#pragma once
// Who asked what, when it reached which processor, and what was answered. One thread.

#include "processor/core/actions.hpp"
#include "tests/sim/support/model/ledger.hpp"

#include <map>
#include <optional>
#include <vector>

namespace datadrop::sim::model {

struct asked_command {
    processor::ticket ticket{};
    int process = 0; // a life of a processor
    processor::command_ptr command;
    std::optional<eventstore::redrive> redriven{};
    microseconds arrived{};
    bool follows = false;  // its key was under way in the same process
    bool silenced = false; // its process was killed
    std::optional<microseconds> answered{};
    processor::outcome said{};

    member_key key() const { return {command->who, command->idempotency_key}; }
    bool was(processor::outcome_kind kind) const { return answered && said.kind == kind; }
    /// Nothing that was said stands against it being written at some time.
    bool may_be_written() const { return !answered || was(processor::outcome_kind::unavailable); }
    span_of_time asked(microseconds now) const { return {arrived, answered.value_or(now)}; }
};

class submissions {
  public:
    asked_command& add(asked_command s);
    asked_command& of(processor::ticket t) { return all_.at(t); }
    void forget(processor::ticket t); // it was never admitted

    const std::map<processor::ticket, asked_command>& all() const { return all_; }
    /// Of a key, in the order of their arrival.
    std::vector<const asked_command*> of(const member_key& key) const;

  private:
    std::map<processor::ticket, asked_command> all_;
    std::map<member_key, std::vector<processor::ticket>> by_key_;
};

} // namespace datadrop::sim::model
