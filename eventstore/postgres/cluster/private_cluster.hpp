#pragma once
// cluster/ is a PostgreSQL of our own and the processes it takes: where it is installed, whose the
// folder is, how tools are run. It knows nothing of the log; whoever starts the program's own
// server, or other processes, calls it.
//
// A PostgreSQL cluster of the program's own, for whoever names no database: the embedded default
// of `serve`, the demo, and the tests. It listens on a unix socket inside its folder only, its
// folders are 0700, and it never runs as root: started by root it runs as the user `postgres`.
// Used by one thread; calls block; cluster_failure comes with installation.hpp.

#include "eventstore/postgres/cluster/installation.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace datadrop::eventstore::postgres {

class private_cluster {
  public:
    struct options {
        std::filesystem::path folder;                  // made when it is not there
        std::map<std::string, std::string> settings{}; // of postgresql.conf, on top of our own
    };

    /// Makes the cluster when the folder holds none, and starts it. One left running by an owner
    /// that was killed is taken over; a stale pid file is no obstacle. Throws cluster_failure: no
    /// PostgreSQL 15 or later installed, or not the version that made the data; the folder in use
    /// by another owner, holding something else, or out of reach of the server's user; a path over
    /// 107 bytes or with characters that a configuration file would misread; no start within 60 s
    /// (with the end of the server's log).
    explicit private_cluster(options o);

    /// Stops the server (fast shutdown: open transactions are rolled back) unless stop() came
    /// before.
    ~private_cluster();
    private_cluster(const private_cluster&) = delete;
    private_cluster& operator=(const private_cluster&) = delete;

    /// Stops the server and waits for its end. Throws cluster_failure when it does not end.
    void stop();

    /// Whether the server is there, starting and stopping included: false once it was killed.
    bool runs() const;

    /// Starts a server that has ended anew. Throws cluster_failure, as the constructor; also when
    /// processes of the killed one are there for more than 2 s.
    void restart();

    /// The libpq connection string of a database of the cluster.
    std::string database(const std::string& name = "datadrop") const;

    /// Makes the database unless it is there.
    void create_database(const std::string& name = "datadrop");

    /// Process id of the postmaster.
    int pid() const;

    /// The connection string of a running cluster in that folder, for commands that find it there.
    /// Throws cluster_failure, naming the remedy, when none runs there.
    static std::string find(const std::filesystem::path& folder);

    /// $XDG_DATA_HOME/datadrop or ~/.local/share/datadrop; for root /var/lib/datadrop, since the
    /// server's user cannot enter root's home.
    static std::filesystem::path default_folder();

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace datadrop::eventstore::postgres
