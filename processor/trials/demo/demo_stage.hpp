#pragma once
// Where the demo plays: a PostgreSQL, a database of its own in it, made fresh at each run, and a
// credential for each door. One thread; calls block.

#include "processor/trials/demo/script.hpp"
#include "processor/trials/own_postgresql.hpp"

#include <string>

namespace datadrop::processor::trials::demo {

class demo_stage {
  public:
    /// On the PostgreSQL that was named, else on a private one. An earlier run's database is
    /// dropped. Throws what private_cluster, session and migrate throw.
    demo_stage(const cli::settings& told, int partitions);

    /// The connection string of the database.
    const std::string& database() const { return database_; }
    /// Named like the door.
    const std::string& token(door d) const { return d == door::bot ? bot_token_ : api_token_; }

    /// Stops the private PostgreSQL. Throws cluster_failure when it does not end.
    void close() { server_.close(); }

  private:
    own_postgresql server_;
    std::string database_;
    std::string bot_token_;
    std::string api_token_;
};

} // namespace datadrop::processor::trials::demo
