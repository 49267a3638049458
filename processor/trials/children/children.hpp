#pragma once
// The processes that the demo and the benchmark start, talking with them, and waiting for them and
// for Ctrl-C at once. No child outlives its owner: the destructor kills it, and the kernel does
// when the owner itself is killed. One thread, the program's only one while a child is started;
// calls block. What the system refuses throws std::system_error.

#include "eventstore/postgres/cluster/descriptor.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <csignal>
#include <sys/types.h>

namespace datadrop::processor::trials {

using eventstore::postgres::descriptor;

enum class child_io : std::uint8_t {
    log,         // nothing on stdin, all that it says in the log
    conversation // lines to its stdin and from its stdout; stderr in the log
};

struct child_options {
    std::string name;                               // for messages
    std::vector<std::string> arguments;             // visible to everybody: no secret
    std::map<std::string, std::string> environment; // DATADROP_… variables: it gets no others
    std::filesystem::path log;                      // its output, kept from earlier children too
    std::optional<std::filesystem::path> program{}; // this same one, unless said
    child_io io = child_io::log;
};

class child {
  public:
    explicit child(child_options o);
    ~child(); // kills it if it still runs
    child(const child&) = delete;
    child& operator=(const child&) = delete;

    const std::string& name() const { return options_.name; }
    pid_t pid() const { return pid_; }
    /// What it has written to its log so far.
    std::string log() const;

    /// A line to its stdin, of a conversation. Nobody listens once it has ended: that is no
    /// failure.
    void tell(std::string line);
    /// The next line of its stdout, of a conversation; none when there is no whole one yet.
    std::optional<std::string> hear();

    /// Tells it to end, like Ctrl-C would.
    void terminate();
    /// Returns when it has ended, or after the time.
    void wait(std::chrono::milliseconds time_max) const;
    /// The exit code once it has ended, 128 + the signal's number when one ended it.
    std::optional<int> exit_code();

    /// Readable once it has ended, or has said more.
    std::vector<int> events() const;

  private:
    struct ends { // of a conversation's socket
        std::optional<descriptor> ours{};
        std::optional<descriptor> its{};
    };
    child(child_options&& o, ends socket);
    static ends make_ends(child_io io);

    child_options options_;
    std::optional<descriptor> socket_; // of a conversation, until the child ends it
    pid_t pid_;
    descriptor pidfd_;
    std::string heard_{}; // and not given on yet
    std::optional<int> exit_code_{};
};

/// Somebody pressed Ctrl-C, or sent SIGTERM.
struct interrupted : std::runtime_error {
    interrupted() : std::runtime_error("interrupted") {}
};

/// While it lives, SIGINT and SIGTERM are not delivered but waited for.
class interruptions {
  public:
    interruptions();
    ~interruptions();
    interruptions(const interruptions&) = delete;
    interruptions& operator=(const interruptions&) = delete;

    /// Returns when one of the children has ended or has said more, or after the time. Throws
    /// `interrupted`.
    void wait(const std::vector<const child*>& children, std::chrono::milliseconds time_max) const;
    /// The same for as long as it takes.
    void wait(const std::vector<const child*>& children) const;

  private:
    sigset_t before_{};
    descriptor signals_;
};

} // namespace datadrop::processor::trials
