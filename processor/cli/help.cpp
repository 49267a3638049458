#include "processor/cli/commands.hpp"
#include "processor/cli/words.hpp"

#include <iostream>
#include <memory>

namespace datadrop::processor::cli {
namespace {

exit_code help(const CLI::App& program, const std::vector<std::string>& words) {
    const auto* command = &program;
    auto path = program.get_name();
    for (const auto& word : words) {
        const auto* const next = command_named(*command, word);
        if (next == nullptr) throw usage_error(unknown_word(program, words));
        command = next;
        path += " " + word;
    }
    // The parser's own help() would be that of the command under way, which is this one.
    std::cout << command->get_formatter()->make_help(command, path, CLI::AppFormatMode::Normal);
    return exit_code::done;
}

} // namespace

void add_help(CLI::App& program, invocation& line) {
    const auto words = std::make_shared<std::vector<std::string>>();
    auto& command = add_command(
        program, line,
        {.name = "help",
         .what = "Say what the program or a command does.",
         .example = "datadrop help token create"},
        works_on::nothing, [&program, words](const settings&) { return help(program, *words); });
    command.add_option("COMMAND", *words, "The command");
}

} // namespace datadrop::processor::cli
