#pragma once
// The laboratory's commands: the system shown at work, and measured. They use the program as its
// users do, and nothing of the program uses them.

#include "processor/cli/command.hpp"

namespace datadrop::processor::trials {

void add_demo(CLI::App& program, cli::invocation& line);
void add_bench(CLI::App& program, cli::invocation& line);

} // namespace datadrop::processor::trials
