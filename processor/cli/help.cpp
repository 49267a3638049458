#include "processor/cli/commands.hpp"
#include "processor/cli/man_page.hpp"
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
    const auto as_page = std::make_shared<bool>(false);
    auto& command = add_command(program, line,
                                {.name = "help",
                                 .what = "Say what the program or a command does.",
                                 .example = "datadrop help token create"},
                                works_on::nothing, [&program, words, as_page](const settings&) {
                                    if (!*as_page) return help(program, *words);
                                    std::cout << man_page(program);
                                    return exit_code::done;
                                });
    command.add_option("COMMAND", *words, "The command");
    command.add_flag("--man", *as_page, "All of it as a page of the manual, for man(1)");
}

} // namespace datadrop::processor::cli
