#pragma once
// A `datadrop serve` that the demo or the benchmark starts: on a port that it chooses itself, with
// its log in a file. One thread; calls block.

#include "processor/cli/failures.hpp"
#include "processor/cli/server_url.hpp"
#include "processor/trials/children/children.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace datadrop::processor::trials {

struct server_options {
    std::string name; // for messages
    std::string database;
    std::filesystem::path log;
    std::vector<std::string> more_arguments{};      // of `serve`
    std::optional<std::filesystem::path> ca_file{}; // its certificate is of, when it has one
};

class server_process {
  public:
    explicit server_process(const server_options& o);

    /// Throws `refused` with the end of the log when it is not ready in time; `interrupted`.
    void wait_until_ready(const interruptions& signals);
    /// Of one that is ready.
    const cli::server_url& url() const { return url_; }
    const cli::server_address& address() const { return url_.at; }
    const child& process() const { return child_; }

    /// Throws `refused` when it has ended by itself.
    void require_running();

    void terminate() { child_.terminate(); }
    /// After terminate(). Throws `refused` when it does not end in time, or not with exit code 0.
    void wait_for_end();

  private:
    child child_;
    std::optional<std::filesystem::path> ca_file_;
    cli::server_url url_{};
};

/// What is wrong with a child, with the end of its log.
cli::refused failure_of(const child& c, const std::string& what);

} // namespace datadrop::processor::trials
