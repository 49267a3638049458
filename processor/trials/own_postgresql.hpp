#pragma once
// The PostgreSQL that the demo or the benchmark works on, in databases that it has for itself: the
// one that was named, else a private one in a folder beside that of `serve`. One thread; calls
// block.

#include "eventstore/postgres/cluster/private_cluster.hpp"
#include "processor/cli/settings.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace datadrop::processor::trials {

/// A database that is made anew at each run.
struct own_database {
    std::string name;
    std::string_view drop;   // SQL that drops it, if it is there
    std::string_view create; // … and makes it, empty
};

class own_postgresql {
  public:
    struct options {
        std::string folder_suffix;                  // of the private PostgreSQL's folder: "-demo"
        std::map<std::string, std::string> tuned{}; // settings of the private PostgreSQL
    };

    /// Starts the private PostgreSQL, if it is to be one. Throws cluster_failure.
    own_postgresql(const cli::settings& told, const options& o);

    /// Drops what is there of the database, and makes it without a schema; its connection string.
    /// Throws what session throws.
    std::string make_afresh(const own_database& wanted);
    void drop(const own_database& unwanted);

    /// The process of the private PostgreSQL; nothing for one that was named.
    std::optional<int> postmaster() const;

    /// Stops the private PostgreSQL. Throws cluster_failure when it does not end.
    void close();

  private:
    std::string url(const std::string& name) const;

    std::unique_ptr<eventstore::postgres::private_cluster> cluster_;
    std::string server_;
};

} // namespace datadrop::processor::trials
