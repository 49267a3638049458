#include "eventstore/postgres/driver/conninfo.hpp"

#include <libpq-fe.h>

#include <memory>
#include <string_view>
#include <unordered_map>

namespace datadrop::eventstore::postgres {
namespace {

/// As libpq reads it back, whatever it holds: a password may have any character.
std::string quoted_for_conninfo(std::string_view value) {
    std::string quoted = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "'";
}

/// libpq's complaint about a text that it cannot read is not asked for: it may quote the password.
auto parsed_conninfo(const std::string& text) {
    return std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>(
        PQconninfoParse(text.c_str(), nullptr), &PQconninfoFree);
}

auto readable_conninfo(const std::string& text) {
    auto parsed = parsed_conninfo(text);
    if (!parsed) throw connection_lost("the database's connection string cannot be read");
    return parsed;
}

void add(std::string& text, const std::string& keyword, const std::string& value) {
    text += keyword + "=" + quoted_for_conninfo(value) + " ";
}

} // namespace

bool is_connection_string(const std::string& text) { return parsed_conninfo(text) != nullptr; }

std::string complete_conninfo(const session::options& o) {
    const auto parsed = readable_conninfo(o.database);
    // Whole seconds are all that libpq knows, and 0 of them would be for ever. A peer that is gone
    // without a word is noticed by TCP, which left alone takes a quarter of an hour.
    const std::unordered_map<std::string_view, std::string> defaults{
        {"connect_timeout", std::to_string((o.connect_timeout.count() + 999) / 1000)},
        {"application_name", o.application_name},
        {"target_session_attrs", "read-write"},
        {"tcp_user_timeout", "10000"},
        {"client_encoding", "UTF8"},
    };
    std::string text;
    // Only what libpq itself has found in the text: its own defaults, such as PG… variables, are
    // filled in by it when it connects, and come after what is said here.
    for (const auto* option = parsed.get(); option->keyword != nullptr; ++option) {
        const auto fallback = defaults.find(option->keyword);
        if (option->val == nullptr && fallback == defaults.end()) continue;
        add(text, option->keyword, option->val != nullptr ? option->val : fallback->second);
    }
    return text;
}

std::string taking_any_server(const std::string& database) {
    const auto parsed = readable_conninfo(database);
    std::string text;
    for (const auto* option = parsed.get(); option->keyword != nullptr; ++option)
        if (option->val != nullptr) add(text, option->keyword, option->val);
    add(text, "target_session_attrs", "any"); // the last word counts
    return text;
}

} // namespace datadrop::eventstore::postgres
