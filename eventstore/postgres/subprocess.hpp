#pragma once
// Runs one of PostgreSQL's tools to its end: no shell, no environment but what the tool needs, and
// none of our descriptors, so that a server started this way holds no socket or lock of ours.
// Every thread; blocks.

#include <optional>
#include <string>
#include <vector>

namespace datadrop::eventstore::postgres {

struct tool_result {
    int status = 0;     // the exit code; 128 + the signal's number when one ended it
    std::string output; // stdout and stderr, as they came
};

struct tool_command {
    std::vector<std::string> arguments; // the program's path, or its name in PATH, first
    std::optional<std::string> user{};  // another user to run as; needs root
};

/// Throws std::system_error when the program cannot be started at all.
tool_result run_tool(const tool_command& command);

} // namespace datadrop::eventstore::postgres
