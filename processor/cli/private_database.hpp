#pragma once
// The embedded default of `serve`: a private PostgreSQL with a current schema, which is started
// again when it ends before the server does. It is looked at twice a second, so that a kill of it
// costs a second and its own recovery; a start that fails is tried again for as long as it takes,
// at least every 8 s, and the log says why.
//
// Used by one thread; the watch has a thread of its own.

#include "eventstore/postgres/cluster/private_cluster.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace datadrop::processor::cli {

class private_database {
  public:
    /// Starts PostgreSQL in the folder and migrates; a new one gets this many partitions (1 unless
    /// said). Throws cluster_failure, schema_failure (also when it was made with another number),
    /// connection_lost.
    explicit private_database(const std::filesystem::path& folder,
                              std::optional<int> partitions = {});

    const std::string& url() const { return url_; }

    /// How often it ended and was started again. Every thread.
    std::uint64_t restarts() const { return restarts_; }

    /// Ends the watch, and PostgreSQL; a start that is under way comes to its end before. Throws
    /// cluster_failure when PostgreSQL does not end. The destructor does the same, without a word.
    void stop();

  private:
    void watch(const std::stop_token& stopping);
    bool start_again();

    eventstore::postgres::private_cluster cluster_; // the watch's until it has ended
    std::string url_;
    std::atomic<std::uint64_t> restarts_ = 0;
    std::mutex mutex_; // for the waiting only
    std::condition_variable_any stopped_;
    std::jthread watch_; // last: it ends before what it watches
};

} // namespace datadrop::processor::cli
