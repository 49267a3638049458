#pragma once
// The laboratory's commands: the system shown at work, and measured. They use the program as its
// users do, and nothing of the program uses them.

#include "processor/cli/command.hpp"

namespace datadrop::processor::cli {

void add_demo(CLI::App& program, invocation& line);
void add_bench(CLI::App& program, invocation& line);

} // namespace datadrop::processor::cli
