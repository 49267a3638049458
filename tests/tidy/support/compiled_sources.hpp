#pragma once
// What the build compiles, for rules on sources that no program would miss.

#include "tests/support/tidy_rules.hpp"

#include <string>
#include <vector>

namespace datadrop::test {

/// The sources below `root`, by the text of CMake's compile_commands.json. A source that several
/// targets compile is there once for each. Throws what Boost.JSON throws for what is no such file.
std::vector<compiled> compiled_sources(const std::string& commands, const std::string& root);

} // namespace datadrop::test
