#pragma once
// The yardstick's tables, as a careful engineer would write them by hand: one statement that moves
// the member's row if it stands where it is expected to and inserts the event, in a transaction of
// its own. In the schema bench_guarded, beside datadrop's. One connection's worth: one thread at a
// time; calls block and throw connection_lost.

#include "eventstore/postgres/driver/session.hpp"
#include "eventstore/writes.hpp"
#include "processor/trials/bench/loads/load_script.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace datadrop::processor::trials::bench {

/// A command decided on `expected`.
struct guarded_write {
    const domain::envelope& command;
    std::string_view occurred_at; // RFC 3339
    const domain::event& event;
    eventstore::head expected;
    eventstore::head after;
};

/// The event that holds the command's key.
struct guarded_event {
    std::int64_t position = 0;
    std::int64_t version = 0;
    domain::state state{};
    bool replayed = false; // an earlier sending of the key wrote it
};

class guarded_tables {
  public:
    explicit guarded_tables(const std::string& database);

    /// Makes the tables and a row for each of the load's members, unless they are there; gives
    /// where the members stand. Several loads may do so at once.
    std::vector<eventstore::head> prepare(const load_spec& spec);

    /// Nothing: the member was not as expected, and nothing is written.
    std::optional<guarded_event> append(const guarded_write& what);

    eventstore::head read(domain::member_id who);

    /// For what ran out of attempts.
    void park(const domain::envelope& command, int attempts);

  private:
    std::optional<guarded_event> find_key(const domain::envelope& command);

    eventstore::postgres::session db_;
};

} // namespace datadrop::processor::trials::bench
