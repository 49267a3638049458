#pragma once
// The command line as a whole: it is given the commands, runs the one that was asked for, and turns
// each failure into an exit code.

#include "processor/cli/command.hpp"

#include <initializer_list>

namespace datadrop::processor::cli {

/// Adds a command to the program.
using add_to_program = void(CLI::App& program, invocation& line);

/// Runs one command and gives the exit code: 0 done, 1 refused or a difference found, 2 usage,
/// 3 the database or the server cannot be reached.
int run_program(int argc, char** argv, std::initializer_list<add_to_program*> commands);

} // namespace datadrop::processor::cli
