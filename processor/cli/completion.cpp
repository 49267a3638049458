#include "processor/cli/commands.hpp"
#include "processor/cli/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>
#include <memory>

namespace datadrop::processor::cli {
namespace {

constexpr std::string_view shells[] = {"bash", "zsh"};

/// zsh runs bash's function in a mode for it. Where it is a file of zsh's own completions, it is
/// read at the first word that wants them, which it has to complete at once.
constexpr std::string_view before_zsh =
    "#compdef datadrop\n"
    "(( ${+functions[compdef]} )) || { autoload -U +X compinit && compinit }\n"
    "autoload -U +X bashcompinit && bashcompinit\n";
constexpr std::string_view behind_zsh =
    "[[ ${funcstack[1]} != _datadrop ]] || _bash_complete -o default -F _datadrop\n";

// {0}: the commands with words behind them, as patterns of "case"; {1}: what each of them takes;
// {2}: the values of flags that have few.
constexpr std::string_view script = R"(# Completion of datadrop's commands and flags.
_datadrop() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} chosen= offered= i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$chosen ${{COMP_WORDS[i]}}" in
        {0}) chosen="$chosen ${{COMP_WORDS[i]}}" ;;
        esac
    done
    case "$before" in
{2}    --config | --data-dir | --ca-file | --tls-certificate | --tls-key)
        COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    esac
    case "$chosen" in
{1}    esac
    COMPREPLY=($(compgen -W "$offered" -- "$word"))
}}
complete -o default -F _datadrop datadrop
)";

struct taken {
    std::string path; // " token create"
    std::vector<std::string> words;
};

void collect(const CLI::App& command, const std::string& path, std::vector<taken>& all) {
    taken here{path, {}};
    const auto commands = commands_of(command);
    for (const auto* next : commands)
        here.words.push_back(next->get_name());
    for (auto& flag : flags_of(command))
        here.words.push_back(std::move(flag));
    all.push_back(std::move(here));
    for (const auto* next : commands)
        collect(*next, path + " " + next->get_name(), all);
}

std::string branches_of(const std::vector<taken>& all) {
    std::string text;
    for (const auto& [path, words] : all)
        text += fmt::format("    \"{}\") offered=\"{}\" ;;\n", path, fmt::join(words, " "));
    return text;
}

std::string paths_of(const std::vector<taken>& all) {
    std::vector<std::string> quoted;
    for (const auto& [path, words] : all)
        if (!path.empty()) quoted.push_back('"' + path + '"');
    return fmt::format("{}", fmt::join(quoted, " | "));
}

std::string values() {
    std::string text;
    for (const auto& key : setting_keys())
        if (!key.choices.empty())
            text += fmt::format("    {})\n        COMPREPLY=($(compgen -W \"{}\" -- \"$word\"))\n"
                                "        return\n        ;;\n",
                                flag_of(key), fmt::join(key.choices, " "));
    return text;
}

exit_code complete(const CLI::App& program, std::string_view shell) {
    std::vector<taken> all;
    collect(program, "", all);
    if (shell == "zsh") std::cout << before_zsh;
    std::cout << fmt::format(script, paths_of(all), branches_of(all), values());
    if (shell == "zsh") std::cout << behind_zsh;
    return exit_code::done;
}

} // namespace

void add_completion(CLI::App& program, invocation& line) {
    const auto shell = std::make_shared<std::string>();
    auto& command = add_command(
        program, line,
        {.name = "completion",
         .what = "Print what makes a shell complete the words of this program.",
         .example = "source <(datadrop completion bash)     (in ~/.bashrc; likewise zsh)"},
        works_on::nothing,
        [&program, shell](const settings&) { return complete(program, *shell); });
    command.add_option("SHELL", *shell, "bash or zsh")->required()->check(one_of(shells));
}

} // namespace datadrop::processor::cli
