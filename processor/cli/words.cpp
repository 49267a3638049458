#include "processor/cli/words.hpp"

#include "processor/cli/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace datadrop::processor::cli {
namespace {

std::vector<std::string_view> names_of(const std::vector<const CLI::App*>& commands) {
    std::vector<std::string_view> names;
    for (const auto* command : commands)
        names.emplace_back(command->get_name());
    return names;
}

std::string no_command(const CLI::App& parent, const std::string& path, const std::string& word) {
    const auto known = names_of(commands_of(parent));
    return fmt::format("\"{}\" is no command of `{}`{}\nThere are {}.", word, path,
                       did_you_mean(word, known), fmt::join(known, ", "));
}

std::string no_flag(const CLI::App& command, const std::string& path, const std::string& word) {
    const auto flags = flags_of(command);
    const std::vector<std::string_view> known(flags.begin(), flags.end());
    return fmt::format("\"{}\" is no flag of `{}`{}", word, path, did_you_mean(word, known));
}

bool is_flag(std::string_view word) { return word.size() > 1 && word.starts_with('-'); }

/// The flag's option; nullptr when the command has none.
const CLI::Option* option_of(const CLI::App& command, const std::string& flag) {
    return command.get_option_no_throw(flag);
}

} // namespace

std::vector<const CLI::App*> commands_of(const CLI::App& parent) {
    return parent.get_subcommands(
        [](const CLI::App* command) { return !command->get_group().empty(); });
}

const CLI::App* command_named(const CLI::App& parent, std::string_view name) {
    const auto found = parent.get_subcommands(
        [name](const CLI::App* command) { return command->get_name() == name; });
    return found.empty() ? nullptr : found.front();
}

std::vector<std::string> flags_of(const CLI::App& command) {
    std::vector<std::string> flags;
    for (const auto* option : command.get_options())
        for (const auto& name : option->get_lnames())
            flags.push_back("--" + name);
    return flags;
}

std::string unknown_word(const CLI::App& program, const std::vector<std::string>& line) {
    const auto* command = &program;
    std::string path = program.get_name();
    for (std::size_t i = 0; i < line.size(); ++i) {
        const auto& word = line[i];
        if (word == "--") return {};
        if (is_flag(word)) {
            const auto flag = word.substr(0, word.find('='));
            const auto* option = option_of(*command, flag);
            if (option == nullptr) return no_flag(*command, path, flag);
            const bool has_value =
                flag.size() == word.size() && option->get_items_expected_max() > 0;
            i += has_value ? 1 : 0;
        } else if (const auto* next = command_named(*command, word)) {
            command = next;
            path += " " + word;
        } else if (!commands_of(*command).empty()) {
            return no_command(*command, path, word);
        }
    }
    return {};
}

} // namespace datadrop::processor::cli
