#pragma once
// Where the benchmark runs: a PostgreSQL with its default durability, a database made afresh for
// each run, and those that are filled once and kept. One thread; calls block. They throw what
// private_cluster, session and migrate throw.

#include "processor/trials/bench/rows/plans.hpp"
#include "processor/trials/own_postgresql.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace datadrop::processor::trials::bench {

class bench_stage {
  public:
    /// On the PostgreSQL that was named, which is left as it is set, else on a private one.
    explicit bench_stage(const cli::settings& told);

    /// A run's database, that of the run before is gone: with nothing in it, with our schema, or
    /// with what is in a kept one, which nobody may be connected to.
    std::string bare();
    std::string fresh(int partitions);
    std::string copy_of(const filling& kept);

    /// The database that is kept with this filling.
    std::optional<std::string> kept(const filling& wanted) const;
    /// An empty one, which the caller fills and then keeps; without that it is gone with the next.
    std::string to_be_filled(int partitions);
    void keep(const filling& with, const std::string& url);

    /// A number for a run that no other has, so that its idempotency keys are its own.
    int next_run() { return ++runs_; }

    /// Processor time of PostgreSQL's processes so far, in seconds; nothing of one that was named.
    std::optional<double> postgres_cpu() const;

    /// Its version and what of its settings the figures hang on, by name.
    std::map<std::string, std::string> server_settings();

    /// Drops the databases and stops the private PostgreSQL.
    void close();

  private:
    /// By what it is filled with; its number is its place.
    struct kept_database {
        filling with;
        std::string url;
    };
    std::optional<std::size_t> find(const filling& wanted) const;

    own_postgresql server_;
    std::vector<kept_database> kept_;
    int runs_ = 0;
};

/// A token for commands and the feed, of a name that the database does not have yet.
std::string make_token(const std::string& database, const std::string& name);

/// How many events its log holds, and the table of those that are written by hand.
std::int64_t log_size(const std::string& database);
std::int64_t size_by_hand(const std::string& database);

} // namespace datadrop::processor::trials::bench
