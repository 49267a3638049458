#include "processor/cli/man_page.hpp"

#include "processor/cli/settings.hpp"
#include "processor/cli/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace datadrop::processor::cli {
namespace {

/// The group of the options that are settings, which have a section of their own.
constexpr std::string_view settings_group = "Settings";

/// As it is written, and not as an order to the typesetter.
std::string plain(std::string_view text) {
    std::string all;
    for (const char c : text) {
        switch (c) {
        case '\\':
            all += "\\e";
            break;
        case '-':
            all += "\\-";
            break;
        case '`':
            all += "\\(ga";
            break;
        case '\'':
            all += "\\(aq";
            break;
        case '^':
            all += "\\(ha";
            break;
        case '~':
            all += "\\(ti";
            break;
        default:
            all += c;
        }
    }
    return all;
}

/// Each of them on a line of its own.
std::string lines(std::string_view text) {
    std::string all;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        all += fmt::format("{}\\&{}\n", all.empty() ? "" : ".br\n", plain(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return all;
}

std::string entry(const std::string& name, std::string_view value, std::string_view what) {
    const auto bold = name.empty() ? "" : "\\fB" + plain(name) + "\\fR ";
    return fmt::format(".TP\n{}\\fI{}\\fR\n{}", bold, plain(value), lines(what));
}

/// A help's last words are the exit codes, which the page says once.
std::string_view without_last_line(std::string_view text) {
    return text.substr(0, std::min(text.rfind('\n'), text.size()));
}
std::string_view last_line(std::string_view text) { return text.substr(text.rfind('\n') + 1); }

std::string option_entry(const CLI::Option& option) {
    const auto what = option.get_description() + (option.get_required() ? " (required)" : "");
    if (option.get_lnames().empty()) return entry("", option.get_name(true), what);
    return entry("--" + option.get_lnames().front(), option.get_type_name(), what);
}

std::string options_of(const CLI::App& command) {
    std::string all;
    std::vector<std::string> settings;
    for (const auto* option : command.get_options()) {
        if (option == command.get_help_ptr() || option->get_group().empty()) continue;
        if (option->get_group() == settings_group)
            settings.push_back("--" + option->get_lnames().front());
        else
            all += option_entry(*option);
    }
    return all +
           fmt::format(".PP\n{}", lines(fmt::format("Settings: {}", fmt::join(settings, " "))));
}

void add_commands(const CLI::App& parent, const std::string& path, std::string& page) {
    for (const auto* command : commands_of(parent)) {
        const auto name = path + " " + command->get_name();
        const bool is_group = command->get_require_subcommand_min() > 0;
        if (!is_group)
            page +=
                fmt::format(".SS {}\n{}{}.PP\n{}", plain(name), lines(command->get_description()),
                            options_of(*command), lines(without_last_line(command->get_footer())));
        add_commands(*command, name, page);
    }
}

std::string settings_section() {
    auto all = lines("A flag goes over the environment, that over the file that --config names, "
                     "and that over the default, in brackets here. The file is TOML; a setting is "
                     "named there as its flag, with _ for -.");
    for (const auto& key : setting_keys()) {
        std::string what(key.help);
        if (key.max > 0) what += fmt::format("; {} to {}", key.min, key.max);
        if (!key.environment.empty()) what += fmt::format("; or {}", key.environment);
        all += entry(flag_of(key), key.value, what);
    }
    return all;
}

} // namespace

std::string man_page(const CLI::App& program) {
    const auto about = program.get_description(); // NAME: WHAT.
    const auto colon = about.find(": ");
    const auto& name = program.get_name();
    const auto footer = program.get_footer();
    std::string commands;
    add_commands(program, name, commands);
    return fmt::format(".TH {} 1 \"\" \"{} {}\" \"User Commands\"\n"
                       ".ad l\n.nh\n"
                       ".SH NAME\n{} \\- {}\n"
                       ".SH SYNOPSIS\n\\fB{}\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR ...]\n"
                       ".SH DESCRIPTION\n{}"
                       ".SH COMMANDS\n{}"
                       ".SH SETTINGS\n{}"
                       ".SH EXIT STATUS\n{}",
                       name, name, DATADROP_VERSION, name,
                       plain(about.substr(colon + 2, about.size() - colon - 3)), name,
                       lines(without_last_line(footer)), commands, settings_section(),
                       lines(last_line(footer)));
}

} // namespace datadrop::processor::cli
