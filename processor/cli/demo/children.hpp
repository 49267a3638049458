#pragma once
// The processes that the demo starts, and waiting for them and for Ctrl-C at once. No child
// outlives its owner: the destructor kills it, and the kernel does when the owner itself is killed.
// One thread, the program's only one while a child is started; calls block.

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <csignal>
#include <sys/types.h>

namespace datadrop::processor::cli::demo {

/// A descriptor of the kernel, closed with its owner.
class descriptor {
  public:
    /// Throws std::system_error, by errno, for a negative number.
    descriptor(int number, const char* what);
    ~descriptor();
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    int number() const { return number_; }

  private:
    int number_;
};

/// This same program with other arguments.
struct child_options {
    std::string name;                               // for messages
    std::vector<std::string> arguments;             // visible to everybody: no secret
    std::map<std::string, std::string> environment; // DATADROP_… variables: it gets no others
    std::filesystem::path log;                      // its output, kept from earlier children too
};

class child {
  public:
    /// Throws std::system_error when it cannot be started.
    explicit child(child_options o);
    ~child(); // kills it if it still runs
    child(const child&) = delete;
    child& operator=(const child&) = delete;

    const std::string& name() const { return options_.name; }
    /// What it has said so far.
    std::string log() const;

    /// Tells it to end, like Ctrl-C would.
    void terminate();
    /// Returns when it has ended, or after the time.
    void wait(std::chrono::milliseconds time_max) const;
    /// The exit code once it has ended, 128 + the signal's number when one ended it.
    std::optional<int> exit_code();

    /// Readable once it has ended.
    int event() const { return pidfd_.number(); }

  private:
    child_options options_;
    pid_t pid_;
    descriptor pidfd_;
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

    /// Returns when one of the children has ended, or after the time. Throws `interrupted`.
    void wait(const std::vector<const child*>& children, std::chrono::milliseconds time_max) const;
    /// Returns when one of the children has ended. Throws `interrupted`.
    void wait(const std::vector<const child*>& children) const;

  private:
    sigset_t before_{};
    descriptor signals_;
};

} // namespace datadrop::processor::cli::demo
