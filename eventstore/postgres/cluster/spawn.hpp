#pragma once
// How a process of ours begins, whatever it is for: with the three descriptors that it is given and
// no other of ours, all of its signals let through, and the environment that is named. No shell.
// Every thread; returns once the program has begun.

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace datadrop::eventstore::postgres {

struct beginning {
    std::string program;                  // its path, or its name in PATH
    std::vector<std::string> arguments;   // what it takes for its own name first
    std::vector<std::string> environment; // NAME=value
    int in = -1;
    int out = -1;
    int err = -1;
    std::filesystem::path folder{}; // to start in; ours, unless said
    /// It is killed when the thread that started it ends, by whatever end, and a terminal's Ctrl-C
    /// is not for it but for us to act on.
    bool ends_with_us = false;
};

/// The new process, for whoever started it to wait for. Throws std::system_error when the program
/// cannot be started: nothing is left of the process then.
[[nodiscard]] pid_t spawn(const beginning& of);

/// Waits until the process has ended and lays it to rest. Throws std::system_error.
int wait_for_exit(pid_t process);

/// A status of waitpid as a shell tells it: the exit code; 128 + the signal's number when one ended
/// the process.
int exit_code_of(int status);

} // namespace datadrop::eventstore::postgres
