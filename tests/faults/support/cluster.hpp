#pragma once
// A PostgreSQL with everything that makes it durable, and what may befall it.
// One thread; calls block. They throw cluster_failure, and std::runtime_error when something does
// not come to be in time.

#include "eventstore/postgres/cluster/private_cluster.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace datadrop::test {

enum class shutdown : std::uint8_t { fast, immediate }; // as pg_ctl names them

class cluster {
  public:
    using settings = std::map<std::string, std::string>; // of postgresql.conf

    /// Makes it in the folder.
    explicit cluster(const std::filesystem::path& folder, settings more = {});

    /// The connection string of a database, which is made unless it is there.
    std::string make_database(const std::string& name);
    /// Whoever is connected to it is turned out. With every file that a cluster has, its recovery
    /// from a crash takes longer.
    void drop_database(const std::string& name);
    /// The folder of its socket.
    std::filesystem::path socket() const { return folder_ / "run"; }
    /// The end of one of its backends by kill -9, which the postmaster takes for a crash of all.
    static void kill_backend(int pid);

    /// kill -9 of the postmaster, and of nobody else.
    void kill_postmaster();
    void stop(shutdown how);
    /// Again after its end, whatever that was.
    void start();
    /// One that has not found a way out of its crash is an operator's to start.
    void start_if_it_ended();
    /// Until crash recovery has come to its end.
    void wait_until_it_answers() const;

  private:
    void end_postmaster(int signal);
    bool answers() const;

    std::filesystem::path folder_;
    settings settings_;
    std::unique_ptr<eventstore::postgres::private_cluster> server_;
};

} // namespace datadrop::test
