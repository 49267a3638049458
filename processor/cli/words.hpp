#pragma once
// The words of the program as its parser knows them: commands, the commands behind them, flags. For
// help, completion, and complaints about a word that is none. One thread.

#include <CLI/CLI.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace datadrop::processor::cli {

/// The commands behind a word, without those that only the program itself calls.
std::vector<const CLI::App*> commands_of(const CLI::App& parent);

/// Any of them; nullptr when there is none of this name.
const CLI::App* command_named(const CLI::App& parent, std::string_view name);

/// "--name" and the like; not the short -h.
std::vector<std::string> flags_of(const CLI::App& command);

/// Names the first word of the line that is no command, or no flag of its command, with the one
/// that may have been meant; empty when all of them are known.
std::string unknown_word(const CLI::App& program, const std::vector<std::string>& line);

} // namespace datadrop::processor::cli
