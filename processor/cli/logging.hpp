#pragma once
// Where log lines go: stderr, as text or as one JSON object a line.

#include "processor/cli/settings.hpp"

#include <string>

namespace datadrop::processor::cli {

/// Sets the program's one logger; `level` is one of the setting's choices. Called once, before
/// anything logs.
void set_up_logging(const std::string& level, output_format format);

} // namespace datadrop::processor::cli
