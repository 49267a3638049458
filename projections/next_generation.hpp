#pragma once
// The tables that are to take the place of a partition's in service: filled, brought to where the
// log is, and switched to, all in one transaction of the caller's, so that nobody sees them before.
// One thread; blocks. Throws connection_lost, statement_refused, corrupt_event, rebuild_refused.

#include "projections/fold.hpp"

#include <chrono>
#include <cstdint>
#include <functional>

namespace datadrop::projections {

class next_generation {
  public:
    struct options {
        bool keep_previous = false;
        std::chrono::milliseconds switch_wait_max{};
        /// Called while rows are written and while the tables are waited for; may throw.
        std::function<void()> between;
    };

    next_generation(eventstore::postgres::session& db, eventstore::partition_number partition,
                    options o)
        : db_(db), partition_(partition), options_(std::move(o)) {}

    /// Empty tables, then the rows of a fold.
    void make(const fold& rows, eventstore::global_position at);
    /// Those that served before, as they were at a position.
    void take_previous(eventstore::global_position at);

    /// What happened since, without making the projector wait.
    void catch_up(log_folder& log);

    /// Reads all rows back. Throws rebuild_refused when one is not what the log says, which
    /// something in the database must have done: a trigger of the house, a broken index.
    void require_same(const log_folder& log);

    /// Waits for those who use the tables in service, and takes their place. Until the transaction
    /// ends, readers wait.
    void switch_over(log_folder& log);

  private:
    void write_changes(const fold& rows);
    void try_switch(log_folder& log);
    void pause(std::chrono::milliseconds time);
    [[noreturn]] void fail_for_use();

    eventstore::postgres::session& db_;
    eventstore::partition_number partition_;
    options options_;
    eventstore::global_position filled_to_{}; // what the new tables hold for good
};

} // namespace datadrop::projections
