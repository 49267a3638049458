#pragma once
// Every command of the operators, each in a file of its own.

#include "processor/cli/command.hpp"

namespace datadrop::processor::cli {

void add_serve(CLI::App& program, invocation& line);
void add_migrate(CLI::App& program, invocation& line);
void add_submit(CLI::App& program, invocation& line);
void add_member(CLI::App& program, invocation& line);
void add_events(CLI::App& program, invocation& line);
void add_dead_letter(CLI::App& program, invocation& line);
void add_projection(CLI::App& program, invocation& line);
void add_token(CLI::App& program, invocation& line);
void add_doctor(CLI::App& program, invocation& line);
void add_completion(CLI::App& program, invocation& line);
void add_version(CLI::App& program, invocation& line);
void add_help(CLI::App& program, invocation& line);

} // namespace datadrop::processor::cli
