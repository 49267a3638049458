#pragma once
// A PostgreSQL with a standby on this machine, each a private cluster in a folder of
// its own, and what may befall them. Both do without fsync: a process may be killed, not the
// machine. Everything is stopped and removed with the object.
//
// Thread rule: one thread; database() from every one. Calls block until what they say has come to
// be; cluster_failure, and std::runtime_error when it does not in time.

#include "eventstore/postgres/cluster/private_cluster.hpp"
#include "tests/support/database.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace datadrop::test {

class primary_and_standby {
  public:
    /// Whether a commit waits until the standby has it.
    enum class commits : std::uint8_t { synchronous, asynchronous };
    explicit primary_and_standby(commits how = commits::synchronous);

    /// The connection string of a database that names both hosts: who connects gets the one that
    /// takes writes. The databases are those of the primary.
    std::string database(const std::string& name = "datadrop") const;

    /// Of the one, whatever its role; the standby only reads until it is promoted.
    std::string database_of_primary(const std::string& name = "datadrop") const;
    std::string database_of_standby(const std::string& name = "datadrop") const;

    void create_database(const std::string& name = "datadrop") { primary_->create_database(name); }

    /// Stops the primary with all its processes where they are; they answer nobody any more.
    void freeze_primary();

    /// kill -9 of the primary with all its processes, frozen or not: it does not come back.
    void kill_primary();

    /// The standby takes writes, and waits for no standby of its own.
    void promote();

    /// Until the standby could take the primary's place without a loss.
    void wait_until_standby_has_all() const;

    /// The standby is gone, and no commit of the primary that waits for it is confirmed until it is
    /// back. Back, it has what it missed unless the primary was killed meanwhile.
    void stop_standby();
    void start_standby();

  private:
    void wait_for_standby();

    const commits how_;
    bool primary_lives_ = true;
    temporary_folder primary_home_;
    temporary_folder standby_home_;
    std::unique_ptr<eventstore::postgres::private_cluster> primary_;
    std::unique_ptr<eventstore::postgres::private_cluster> standby_;
};

/// kill -9 of a server with all its processes, as when its machine is gone.
void kill_server(int postmaster);

} // namespace datadrop::test
