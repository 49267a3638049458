#pragma once
// Holds the tail of partition 0, so that whoever writes to it waits there, and can be cut off.
// Thread rule: one thread; the writer is on another, or does not wait. Calls block.

#include "tests/support/database.hpp"
#include "tests/support/wait.hpp"

#include <cstddef>
#include <string>

namespace datadrop::test {

class held_tail {
  public:
    explicit held_tail(const scratch_database& database)
        : holder_(database.connect()), watcher_(database.connect()) {
        holder_.begin();
        holder_.run("SELECT datadrop.lock_tail(0::smallint)");
    }

    /// Until a backend waits for the tail.
    void wait_for_writer() { wait_and("a.pid"); }
    /// … and ends it.
    void cut_writer() { wait_and("pg_terminate_backend(a.pid, 5000)"); }

    void let_go() { holder_.rollback(); }

  private:
    void wait_and(const std::string& what) {
        const auto sql = "SELECT " + what +
                         " FROM pg_stat_activity AS a"
                         " WHERE a.datname = current_database() AND a.wait_event_type = 'Lock'";
        wait_until([&] { return watcher_.run(sql).size() > 0; },
                   "a writer that waits for the tail");
    }

    eventstore::postgres::session holder_;
    eventstore::postgres::session watcher_;
};

} // namespace datadrop::test
