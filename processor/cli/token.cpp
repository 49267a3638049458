#include "domain/vocabulary.hpp"
#include "eventstore/postgres/database.hpp"
#include "eventstore/tokens.hpp"
#include "processor/cli/commands.hpp"
#include "processor/cli/database_access.hpp"
#include "processor/cli/text_output.hpp"
#include "projections/dead_letter_json.hpp"

#include <boost/json/serialize.hpp>

#include <array>
#include <csignal>
#include <iostream>
#include <memory>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;
namespace postgres = eventstore::postgres;

std::unique_ptr<postgres::session> open_current(const settings& told) {
    auto db = std::make_unique<postgres::session>(session_options(told));
    postgres::require_current_schema(*db);
    return db;
}

// ---- create

/// Those that a credential can have; `system` is the program itself.
constexpr std::array sources{name_of(domain::source::bot), name_of(domain::source::api),
                             name_of(domain::source::operator_)};

struct create_arguments {
    std::string name;
    std::string source;
    std::string scopes;
};

/// It cannot be shown again, and nobody has it: but it is in force.
void require_written(const std::string& name) {
    if (std::cout.flush()) return;
    throw refused("the token \"" + name +
                  "\" was made and is in force, but could not be written; end it with `datadrop "
                  "token revoke --name " +
                  name + "`, and make another under another name");
}

exit_code create(const settings& told, const create_arguments& asked) {
    std::signal(SIGPIPE, SIG_IGN); // a reader that went is told of like any other
    const auto db = open_current(told);
    const auto token =
        eventstore::create_token(*db, {.name = asked.name,
                                       .from = domain::parse<domain::source>(asked.source).value(),
                                       .may = eventstore::parse_scopes(asked.scopes).value()});
    if (!token)
        throw refused("the name \"" + asked.name +
                      "\" is taken, perhaps by a revoked token; choose another");
    const json::object shown{{"name", asked.name},
                             {"source", asked.source},
                             {"scopes", asked.scopes},
                             {"token", *token}};
    std::cout << (told.format == output_format::json ? json::serialize(shown) : *token) << '\n';
    require_written(asked.name);
    return exit_code::done;
}

CLI::Validator token_name() {
    return CLI::Validator(
        [](std::string& text) {
            return eventstore::is_token_name(text)
                       ? std::string()
                       : "\"" + text + "\" is no token name: 1 to 64 of A-Z a-z 0-9 . _ -";
        },
        "");
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

void add_create(CLI::App& group, invocation& line) {
    const auto asked = std::make_shared<create_arguments>();
    auto& command = add_command(
        group, line,
        {.name = "create",
         .what = "Make a token and print it alone on stdout. It is shown this once: the database "
                 "keeps only its hash.",
         .example = "datadrop token create --name bot-1 --source bot --scopes submit,read",
         .more = "A running server takes it within 5 s. Exit code 1 when the name is taken, or "
                 "when the "
                 "token could not be written: it is in force then."},
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
}

// ---- list

json::object shown(const eventstore::token_record& token) {
    json::object fields{{"name", token.name},
                        {"source", domain::name_of(token.from)},
                        {"scopes", eventstore::to_text(token.may)},
                        {"created_at", projections::to_text(token.created_at)},
                        {"revoked_at", nullptr}};
    if (token.revoked_at) fields["revoked_at"] = projections::to_text(*token.revoked_at);
    return fields;
}

exit_code list(const settings& told) {
    static const column columns[] = {{"name", "name"},
                                     {"source", "source"},
                                     {"scopes", "scopes"},
                                     {"created at", "created_at"},
                                     {"revoked at", "revoked_at"}};
    json::array rows;
    for (const auto& token : eventstore::list_tokens(*open_current(told)))
        rows.push_back(shown(token));
    if (told.format == output_format::json)
        std::cout << json::serialize(json::object{{"tokens", rows}}) << '\n';
    else
        std::cout << table(columns, rows);
    return exit_code::done;
}

// ---- revoke

exit_code revoke(const settings& told, const std::string& name) {
    if (!eventstore::revoke_token(*open_current(told), name))
        throw refused("no token in force has the name \"" + name +
                      "\"; `datadrop token list` shows "
                      "all");
    if (told.format == output_format::json)
        std::cout << json::serialize(json::object{{"name", name}, {"revoked", true}}) << '\n';
    else
        std::cout << "revoked " << name << "; running servers refuse it within 5 s\n";
    return exit_code::done;
}

void add_revoke(CLI::App& group, invocation& line) {
    const auto name = std::make_shared<std::string>();
    auto& command = add_command(
        group, line,
        {.name = "revoke",
         .what = "End a token. Its name stays taken, because the audit trail names it.",
         .example = "datadrop token revoke --name bot-1",
         .more = "Exit code 1 when no token in force has the name."},
        works_on::database, [name](const settings& told) { return revoke(told, *name); });
    command.add_option("--name", *name, "Its name")->required()->check(token_name());
}

} // namespace

void add_token(CLI::App& program, invocation& line) {
    auto& group = add_group(program, "token", "Credentials of the front doors.");
    add_create(group, line);
    add_command(
        group, line,
        {.name = "list",
         .what = "List the tokens ever made: names, sources, scopes, times; never the token.",
         .example = "datadrop token list"},
        works_on::database, list);
    add_revoke(group, line);
}

} // namespace datadrop::processor::cli
