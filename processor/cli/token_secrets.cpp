// What makes a secret: it is printed alone, this once.

#include "domain/vocabulary.hpp"
#include "eventstore/tokens.hpp"
#include "processor/cli/time_length.hpp"
#include "processor/cli/token_commands.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <spdlog/spdlog.h>

#include <array>
#include <csignal>
#include <iostream>
#include <memory>
#include <string>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;
using eventstore::scope;

/// It cannot be shown again, and nobody has it: but it is in force. `remedy`: what to do then.
void show_secret(const settings& told, json::object about, const std::string& secret,
                 const std::string& remedy) {
    about["token"] = secret;
    std::cout << (told.format == output_format::json ? json::serialize(about) : secret) << '\n';
    if (std::cout.flush()) return;
    throw refused("the token was made and is in force, but could not be written; " + remedy);
}

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

// ---- create

/// Those that a credential can have; `system` is the program itself.
constexpr std::array sources{name_of(domain::source::bot), name_of(domain::source::api),
                             name_of(domain::source::operator_)};

struct create_arguments {
    std::string name;
    std::string source;
    std::string scopes;
    std::string expires;
};

eventstore::new_token wanted_token(const create_arguments& asked) {
    const auto from = domain::parse<domain::source>(asked.source).value();
    const auto may = eventstore::parse_scopes(asked.scopes).value();
    // The trail of what was done to a dead letter names who did it.
    if (may.has(scope::operate) && from != domain::source::operator_)
        spdlog::warn("a token of source {} reads what the scope operate opens, and is refused what "
                     "operators do: that asks for a token of a person, with --source operator",
                     asked.source);
    return {
        .name = asked.name, .from = from, .may = may, .lasts = parse_time_length(asked.expires)};
}

exit_code create(const settings& told, const create_arguments& asked) {
    std::signal(SIGPIPE, SIG_IGN); // a reader that went is told of like any other
    const auto wanted = wanted_token(asked);
    const auto token = eventstore::create_token(*open_current(told), wanted);
    if (!token)
        throw refused("the name " + quoted(asked.name) +
                      " is taken, perhaps by a revoked token; choose another, or make a second "
                      "secret with `datadrop token rotate`");
    show_secret(told, {{"name", asked.name}, {"source", asked.source}, {"scopes", asked.scopes}},
                *token,
                "end it with `datadrop token revoke --name " + asked.name +
                    "`, and make another under another name");
    return exit_code::done;
}

CLI::Validator scope_list() {
    return CLI::Validator(
        [](std::string& text) {
            return eventstore::parse_scopes(text)
                       ? std::string()
                       : "\"" + text +
                             "\" is no list of scopes: submit, read, operate, each once, "
                             "joined by commas";
        },
        "");
}

// ---- rotate

struct rotate_arguments {
    std::string name;
    std::string overlap = "24h";
    std::string expires;
};

exit_code rotate(const settings& told, const rotate_arguments& asked) {
    std::signal(SIGPIPE, SIG_IGN);
    const auto token =
        eventstore::rotate_token(*open_current(told), {.name = asked.name,
                                                       .overlap = *parse_time_length(asked.overlap),
                                                       .lasts = parse_time_length(asked.expires)});
    if (!token)
        throw refused("there is no token " + quoted(asked.name) +
                      " to rotate, or it is revoked; `datadrop token list` shows all");
    show_secret(told, {{"name", asked.name}, {"overlap", asked.overlap}}, *token,
                "the one before ends in " + asked.overlap + ": rotate again");
    return exit_code::done;
}

void add_expires(CLI::App& command, std::string& expires, const std::string& what) {
    command.add_option("--expires", expires, what)->check(time_length("length of time"));
}

} // namespace

void add_token_create(CLI::App& group, invocation& line) {
    const auto asked = std::make_shared<create_arguments>();
    auto& command = add_command(
        group, line,
        {.name = "create",
         .what = "Make a token and print it alone on stdout. It is shown this once: the database "
                 "keeps only its hash.",
         .example = "datadrop token create --name bot-1 --source bot --scopes submit,read "
                    "--expires 90d",
         .more = "A running server takes it within 5 s. With the scope operate all may look at "
                 "dead letters, and only a token of source operator may act. Exit code 1 when the "
                 "name is taken, or "
                 "when the token could not be written: it is in force then."},
        works_on::database, [asked](const settings& told) { return create(told, *asked); });
    command.add_option("--name", asked->name, "Its name, in the audit trail too")
        ->required()
        ->check(token_name());
    command.add_option("--source", asked->source, "Who uses it: bot, api or operator")
        ->required()
        ->check(one_of(sources));
    command.add_option("--scopes", asked->scopes, "What it may: submit,read,operate")
        ->required()
        ->check(scope_list());
    add_expires(command, asked->expires, "How long it is in force: 90d; without it until revoked");
}

void add_token_rotate(CLI::App& group, invocation& line) {
    const auto asked = std::make_shared<rotate_arguments>();
    auto& command = add_command(
        group, line,
        {.name = "rotate",
         .what = "Make a second secret for a token and print it alone on stdout; the one before "
                 "ends after the overlap.",
         .example = "datadrop token rotate --name bot-1 --overlap 24h",
         .more = "Give the new one to whoever uses the token; `datadrop token list` tells when "
                 "each was last used. With --overlap 0s the one before is refused within 5 s. "
                 "Exit code 1 when there is no such token or it is revoked, or when the new one "
                 "could not be written: it is in force then."},
        works_on::database, [asked](const settings& told) { return rotate(told, *asked); });
    command.add_option("--name", asked->name, "The token's name")->required()->check(token_name());
    command.add_option("--overlap", asked->overlap, "How long both are in force (24h)")
        ->check(time_length("length of time"));
    add_expires(command, asked->expires,
                "How long the new one is in force; without it as long as the one before was given");
}

} // namespace datadrop::processor::cli
