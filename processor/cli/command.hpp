#pragma once
// How a command joins the program: its words, what it works on, and what it does. Parsing only
// notes which one was chosen; it runs once the whole line is understood.

#include "processor/cli/failures.hpp"
#include "processor/cli/settings.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace datadrop::processor::cli {

using command_body = std::function<exit_code(const settings&)>;

/// What parsing leaves behind.
struct invocation {
    givens flags;
    std::string config_file; // empty: none
    command_body chosen;
};

/// Decides which common flags a command takes.
enum class works_on : std::uint8_t { nothing, database, server, a_service_of_its_own };

struct command_text {
    std::string name;
    std::string what;    // the first line of its help
    std::string example; // a line that works
    std::string more{};  // what else to know, such as what exit code 1 means here
};

/// A command that does something. Its own arguments are added to what this returns.
CLI::App& add_command(CLI::App& parent, invocation& line, const command_text& text, works_on where,
                      command_body run);

/// A word in front of commands: `member` of `member show`.
CLI::App& add_group(CLI::App& program, const std::string& name, const std::string& what);

// Checks of arguments; the message names the argument and the value.

CLI::Validator snowflake();      // 1 … 2^63 - 1
CLI::Validator position();       // a position of the log, so a dead letter's id too
CLI::Validator version_number(); // 0 … 2^63 - 1
CLI::Validator one_of(std::span<const std::string_view> words);

} // namespace datadrop::processor::cli
