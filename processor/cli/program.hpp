#pragma once
// The command line: a file a command; this one knows them all.

namespace datadrop::processor {

/// Runs one command and gives the exit code: 0 done, 1 refused or a difference found, 2 usage,
/// 3 the database or the server cannot be reached.
int run_program(int argc, char** argv);

} // namespace datadrop::processor
