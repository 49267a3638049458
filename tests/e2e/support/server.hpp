#pragma once
// Real `datadrop serve` processes on databases of their own. What a server wrote to stderr is shown
// when the test case that used it fails. A server that does not end with exit code 0 at the
// SIGTERM of its destructor fails the whole run.
//
// Thread rule: the main thread; url(), port() and the tokens from every thread.

#include "tests/e2e/support/exchanges.hpp"
#include "tests/e2e/support/process.hpp"
#include "tests/e2e/support/tls.hpp"
#include "tests/support/database.hpp"

#include <memory>
#include <optional>
#include <string>

namespace datadrop::test {

class server {
  public:
    /// Starts `datadrop serve more…`, on a free port when `more` has no --listen, in TLS when all
    /// are; returns once /readyz is 200. Throws std::runtime_error, with what it wrote, when that
    /// does not come to be. A `launcher` is a program with its first arguments that becomes the one
    /// it is told to run.
    explicit server(const environment& variables, const arguments& more = {},
                    const arguments& launcher = {});
    ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    port_number port() const { return port_; }
    const std::string& url() const { return url_; }
    connection connect(const std::string& token = {}) const { return connection(port_, token); }
    process& program() { return *process_; }
    std::string log() const { return process_->err(); }
    /// What its clients have not yet taken of what it wrote to them, as the system counts it.
    std::size_t unsent_bytes() const;

    /// SIGTERM; the exit code.
    int stop();
    /// SIGKILL, and waits for the end.
    void kill();

  private:
    std::unique_ptr<process> process_;
    std::string url_;
    port_number port_ = 0;
    std::optional<tls_port> secure_;
    answering_server answers_;
    bool ended_ = false;
};

/// Names the database to the program.
environment on(const scratch_database& database);

/// A token by `datadrop token create`. Throws std::runtime_error when that fails.
std::string create_token(const environment& database, const std::string& name,
                         const std::string& source, const std::string& scopes);

/// A database with a server and somebody of each kind.
struct world {
    explicit world(int partitions = 1, const arguments& more = {});

    scratch_database database;
    environment variables; // names the database
    std::string bot;
    std::string api;
    std::string operator_one;
    std::string operator_two;
    std::string reader;    // may only read
    std::string submitter; // may only submit
    server front;

    /// `datadrop arguments…` for a command that speaks to the server, as the first operator.
    program_result run_client(arguments args, const std::string& input = {}) const;
    /// `datadrop arguments…` for a command that works on the database.
    program_result run_here(const arguments& args) const;
};

/// The one that test cases share which need nothing special of it.
world& shared_world();

} // namespace datadrop::test
