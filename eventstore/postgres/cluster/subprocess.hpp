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

/// Lays to rest every child that has ended and that run_tool did not start. Process 1 of a
/// container inherits whoever loses its parent, a server that a tool left behind among them; until
/// somebody waits for the ended ones they keep their numbers, and look alive to whoever finds such
/// a number in a lock file. For a process that starts no children in other ways. Does not block.
void reap_adopted();

} // namespace datadrop::eventstore::postgres
