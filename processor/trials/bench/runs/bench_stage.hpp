#pragma once
// Where the benchmark runs: a PostgreSQL with its default durability, a database made fresh for
// each run, and one that is filled once and kept for the runs that want such a log. One thread;
// calls block. They throw what private_cluster, session and migrate throw.

#include "processor/trials/bench/rows/bench_rows.hpp"
#include "processor/trials/own_postgresql.hpp"

#include <map>
#include <optional>
#include <string>

namespace datadrop::processor::trials::bench {

class bench_stage {
  public:
    /// On the PostgreSQL that was named, which is left as it is set, else on a private one.
    explicit bench_stage(const cli::settings& told);

    /// A database that has nothing in it, without and with our schema; the one before is gone.
    std::string bare();
    std::string fresh(int partitions);

    /// The database that was made for this filling, if it is the last one that was.
    std::optional<std::string> filled(const filling& wanted) const;
    /// An empty one for it, in the place of the last; to be filled by the caller.
    std::string to_be_filled(const filling& wanted);

    /// A number for a run that no other has, so that its idempotency keys are its own.
    int next_run() { return ++runs_; }

    /// Processor time of PostgreSQL's processes so far, in seconds; nothing of one that was named.
    std::optional<double> postgres_cpu() const;

    /// Its version and what of its settings the figures hang on, by name.
    std::map<std::string, std::string> server_settings();

    /// Drops the databases and stops the private PostgreSQL.
    void close();

  private:
    own_postgresql server_;
    std::optional<filling> filled_with_{};
    std::string filled_url_{};
    int runs_ = 0;
};

/// A token for commands in that database.
std::string make_token(const std::string& database);

/// How many events its log holds.
std::int64_t log_size(const std::string& database);

} // namespace datadrop::processor::trials::bench
