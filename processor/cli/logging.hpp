#pragma once
// Where log lines go: stderr, as text or as one JSON object a line; each behind its priority (<3>)
// when journald reads them there.

#include "processor/cli/settings.hpp"

#include <string>

namespace datadrop::processor::cli {

/// Sets the program's one logger; `level` is one of the setting's choices. Called once, before
/// anything logs.
/// What PostgreSQL says besides answers goes there from then on.
void set_up_logging(const std::string& level, output_format format);

/// The last words of a command that failed, whatever the level: one of the log's lines where those
/// are JSON, so that their reader can read it.
void print_failure(const std::string& what);

} // namespace datadrop::processor::cli
