#pragma once
// Makes up commands for the clients: mostly such as the member's state allows, with expectations
// that mostly hold when they are stated. One thread.

#include "domain/envelope.hpp"
#include "tests/sim/support/server.hpp"

#include <optional>
#include <vector>

namespace datadrop::sim {

class author {
  public:
    author(environment& shared, server& database);

    /// A command of some member under a key of its own.
    domain::envelope new_command();
    /// Some command of that member under that key.
    domain::envelope command_for(domain::member_id who, std::string key);
    /// The parked command under an operator's name: its expectations kept, dropped or replaced.
    domain::envelope redriven(const domain::envelope& parked, const domain::submitter& by);
    /// What another writer would write of one of the members there; nothing when there is none.
    std::optional<eventstore::chain> written_elsewhere(eventstore::partition_number partition);
    /// The next of a flood: a member that nobody has seen joins.
    domain::envelope raider();

  private:
    domain::command_kind choose_kind(domain::state current);
    domain::payload payload_of(domain::command_kind kind);
    void state_expectations(domain::envelope& command, const eventstore::head& seen);
    eventstore::head look_at(domain::member_id who);

    environment& shared_;
    server& server_;
    std::vector<domain::member_id> members_;
    int keys_ = 0;
};

} // namespace datadrop::sim
