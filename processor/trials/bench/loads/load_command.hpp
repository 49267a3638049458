#pragma once
// `datadrop bench load`: one load as a process of its own, for `datadrop bench` (load.hpp says what
// it reads and writes). Hidden from the help.

#include "processor/cli/command.hpp"

namespace datadrop::processor::trials::bench {

void add_bench_load(CLI::App& bench, cli::invocation& line);

} // namespace datadrop::processor::trials::bench
