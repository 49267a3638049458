#pragma once
// The built program as a process of its own, or another one that stands beside it (a proxy, a
// client on Node.js): run to its end, or left running and talked to by signals. Every wait has a
// deadline. Environment variables of the program that the tests were started with are not handed
// on.
//
// Thread rule: run() from every thread, a process from one.

#include "tests/support/wait.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace datadrop::test {

using arguments = std::vector<std::string>;
using environment = std::map<std::string, std::string>;

struct program_result {
    int exit_code = -1; // 128 + the signal that ended it
    std::string out;
    std::string err;
};

/// Which program: a path, or a name that is looked up in PATH.
inline const std::string the_built_one = DATADROP_BINARY;

struct run_options {
    std::string input{};
    environment variables{};
    std::string program = the_built_one;
};

/// Runs `datadrop arguments…` to its end. Throws std::runtime_error when it does not end in time;
/// it is killed then.
program_result run(const arguments& args, const run_options& o = {});

class process {
  public:
    /// Starts `datadrop arguments…` with nothing on stdin.
    explicit process(const arguments& args, const environment& variables = {},
                     const std::string& program = the_built_one);
    ~process(); // kills what still runs
    process(const process&) = delete;
    process& operator=(const process&) = delete;

    int pid() const;
    void send(int signal);

    /// The exit code (128 + the signal that ended it); nothing when it goes on past the deadline.
    std::optional<int> wait(std::chrono::milliseconds limit = patience);

    std::string out() const;
    std::string err() const;

    /// Whether the text was written before the deadline and before the program's end.
    bool wait_for_out(std::string_view text, std::chrono::milliseconds limit = patience);
    bool wait_for_err(std::string_view text, std::chrono::milliseconds limit = patience);

  private:
    friend program_result run(const arguments&, const run_options&);
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace datadrop::test
