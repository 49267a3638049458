#pragma once
// The behaviour suite holds every log to the words of eventstore/log.hpp. Its cases stand in this
// folder and are part of each of the programs, which say what log it is: in memory or PostgreSQL.
// A log is shared by all cases; each works with members of its own.

#include "eventstore/log.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace datadrop::test {

class log_world {
  public:
    virtual ~log_world() = default;
    /// A connection of its own.
    virtual std::unique_ptr<eventstore::log> open() = 0;
    /// The member's address on record.
    virtual std::optional<std::string> address_of(domain::member_id who) = 0;
};

/// The program's log with that many partitions; made when first asked for.
log_world& world_of(int partitions);

/// Runs a case on a log with one partition and on one with three.
void on_each_log(const std::function<void(log_world&)>& body);

} // namespace datadrop::test
