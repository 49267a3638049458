#include "processor/cli/command.hpp"

#include "domain/ids.hpp"
#include "eventstore/position.hpp"
#include "processor/cli/nearest.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace datadrop::processor::cli {
namespace {

constexpr auto exit_codes =
    "Exit codes: 0 done, 1 refused or a difference found, 2 usage, 3 the database or the server "
    "cannot be reached.";

void add_setting(CLI::App& command, invocation& line, std::string_view name) {
    const auto& key = key_named(name);
    const auto flag = flag_of(key);
    std::string help(key.help);
    if (!key.environment.empty()) help += "; or " + std::string(key.environment);
    command
        .add_option_function<std::string>(
            flag,
            [&line, flag, name = std::string(name)](const std::string& text) {
                line.flags[name] = given{.text = text, .where = flag};
            },
            help)
        ->type_name(std::string(key.value))
        ->group("Settings");
}

std::span<const std::string_view> settings_of(works_on where) {
    static constexpr std::string_view database[] = {"database", "data_dir"};
    static constexpr std::string_view server[] = {"server", "ca_file", "token"};
    static constexpr std::string_view service[] = {
        "database",      "data_dir",      "listen",           "tls_certificate",
        "tls_key",       "writers",       "readers",          "queue_limit",
        "token_rate",    "guild_rate",    "connection_limit", "feed_limit",
        "cache_members", "sentinel_rate", "attempts_max",     "budget_ms"};
    switch (where) {
    case works_on::nothing:
        return {};
    case works_on::database:
        return database;
    case works_on::server:
        return server;
    case works_on::a_service_of_its_own:
        return service;
    }
    return {};
}

template <typename Accepts>
CLI::Validator check(std::string expected, Accepts accepts) {
    return CLI::Validator(
        [expected = std::move(expected), accepts](std::string& text) {
            return accepts(text) ? std::string() : "\"" + text + "\" is no " + expected;
        },
        "");
}

bool is_version(const std::string& text) {
    std::int64_t number = -1;
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && rest == end && number >= 0;
}

} // namespace

CLI::App& add_command(CLI::App& parent, invocation& line, const command_text& text, works_on where,
                      command_body run) {
    auto& command = *parent.add_subcommand(text.name, text.what);
    for (const auto name : settings_of(where))
        add_setting(command, line, name);
    for (const auto name : {"format", "log_level", "log_format"})
        add_setting(command, line, name);
    command
        .add_option("--config", line.config_file,
                    "TOML file with settings: named as the flags, with _ for -; flag over "
                    "environment over file")
        ->type_name("FILE")
        ->group("Settings");
    command.footer("Example: " + text.example + "\n" + (text.more.empty() ? "" : text.more + "\n") +
                   exit_codes);
    // A command's own subcommand is heard before it, and is the one that was meant.
    command.callback([&line, &command, run = std::move(run)] {
        if (command.get_subcommands().empty()) line.chosen = run;
    });
    return command;
}

CLI::App& add_group(CLI::App& program, const std::string& name, const std::string& what) {
    auto& group = *program.add_subcommand(name, what);
    group.require_subcommand(1);
    const auto inside = program.get_parent() == nullptr ? "" : program.get_name() + " ";
    group.footer("`datadrop " + inside + name + " COMMAND --help` says more.\n" + exit_codes);
    return group;
}

CLI::Validator snowflake() {
    return check("Discord id: digits without a leading zero, 1 to 9223372036854775807",
                 [](const std::string& text) { return domain::parse_snowflake(text).has_value(); });
}

CLI::Validator position() {
    return check("position of the log: digits without a leading zero", [](const std::string& text) {
        return eventstore::parse_position(text).has_value();
    });
}

CLI::Validator version_number() { return check("version: a whole number from 0", is_version); }

CLI::Validator one_of(std::span<const std::string_view> words) {
    return CLI::Validator(
        [words](std::string& text) {
            if (std::find(words.begin(), words.end(), text) != words.end()) return std::string();
            return fmt::format("\"{}\" is not one of {}{}", text, fmt::join(words, ", "),
                               did_you_mean(text, words));
        },
        "");
}

} // namespace datadrop::processor::cli
