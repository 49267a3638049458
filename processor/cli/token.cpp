#include "eventstore/tokens.hpp"

#include "domain/vocabulary.hpp"
#include "eventstore/postgres/database.hpp"
#include "processor/cli/commands.hpp"
#include "processor/cli/database_access.hpp"
#include "processor/cli/text_output.hpp"
#include "processor/cli/token_commands.hpp"
#include "projections/dead_letter_json.hpp"

#include <boost/json/serialize.hpp>

#include <iostream>
#include <memory>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;
namespace postgres = eventstore::postgres;

// ---- list

json::value time_or_null(const std::optional<domain::timestamp>& time) {
    if (!time) return nullptr;
    return json::value(projections::to_text(*time));
}

json::object shown(const eventstore::token_record& token) {
    return {{"name", token.name},
            {"source", domain::name_of(token.from)},
            {"scopes", eventstore::to_text(token.may)},
            {"created_at", projections::to_text(token.created_at)},
            {"last_used_at", time_or_null(token.last_used_at)},
            {"expires_at", time_or_null(token.expires_at)},
            {"replaced_at", time_or_null(token.replaced_at)},
            {"revoked_at", time_or_null(token.revoked_at)}};
}

exit_code list(const settings& told) {
    static const column columns[] = {{"name", "name"},
                                     {"source", "source"},
                                     {"scopes", "scopes"},
                                     {"created at", "created_at"},
                                     {"last used", "last_used_at"},
                                     {"expires at", "expires_at"},
                                     {"replaced at", "replaced_at"},
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
         .what = "End a token, all secrets of it. Its name stays taken, because the audit trail "
                 "names it.",
         .example = "datadrop token revoke --name bot-1",
         .more = "Exit code 1 when no token in force has the name."},
        works_on::database, [name](const settings& told) { return revoke(told, *name); });
    command.add_option("--name", *name, "Its name")->required()->check(token_name());
}

} // namespace

std::unique_ptr<postgres::session> open_current(const settings& told) {
    auto db = std::make_unique<postgres::session>(session_options(told));
    postgres::require_current_schema(*db);
    return db;
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

void add_token(CLI::App& program, invocation& line) {
    auto& group = add_group(program, "token", "Credentials of the front doors.");
    add_token_create(group, line);
    add_command(
        group, line,
        {.name = "list",
         .what = "List the tokens ever made: names, sources, scopes, times; never the token. One "
                 "that was rotated has a line for each of its secrets.",
         .example = "datadrop token list",
         .more = "When a secret was last used is known to the minute."},
        works_on::database, list);
    add_token_rotate(group, line);
    add_revoke(group, line);
}

} // namespace datadrop::processor::cli
