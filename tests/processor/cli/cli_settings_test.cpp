#include "processor/cli/failures.hpp"
#include "processor/cli/settings.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <regex>

namespace {

using namespace datadrop::processor::cli;

TEST_SUITE_BEGIN("cli settings");

givens flags(const std::map<std::string, std::string>& texts) {
    givens all;
    for (const auto& [name, text] : texts)
        all[name] = {.text = text, .where = flag_of(key_named(name))};
    return all;
}

givens environment(const std::map<std::string, std::string>& variables) {
    return from_environment([&](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    });
}

givens over(givens first, givens second) {
    first.merge(second);
    return first;
}

std::string complaint(const givens& all) {
    try {
        resolve(all);
    } catch (const usage_error& e) {
        return e.what();
    }
    return "none";
}

std::string complaint(std::string_view toml) {
    try {
        resolve(from_toml(toml, "datadrop.toml"));
    } catch (const usage_error& e) {
        return e.what();
    }
    return "none";
}

bool says(const std::string& text, std::initializer_list<std::string_view> words) {
    for (const auto word : words)
        if (text.find(word) == std::string::npos) return false;
    return true;
}

TEST_CASE("settings: without anything the defaults hold") {
    const auto told = resolve({});
    CHECK(told.listen == server_address{"127.0.0.1", 8132});
    CHECK(to_text(told.server) == "http://127.0.0.1:8132");
    CHECK(told.format == output_format::text);
    CHECK(told.service.tries.attempts_max == 5);
    CHECK_FALSE(told.database);
}

TEST_CASE("settings: a flag goes before the environment, the environment before the file") {
    const auto file = from_toml("token = 'from-file'\nserver = 'http://file:1'\nwriters = 3", "f");
    const auto variables = environment(
        {{"DATADROP_TOKEN", "from-environment"}, {"DATADROP_SERVER", "http://environment:2"}});
    const auto told = resolve(over(flags({{"token", "from-flag"}}), over(variables, file)));
    CHECK(told.token == "from-flag");
    CHECK(told.server.at.host == "environment");
    CHECK(told.service.writers == 3);
}

TEST_CASE("settings: a variable that is set to nothing counts as not set") {
    CHECK(environment({{"DATADROP_DATABASE", ""}}).empty());
}

TEST_CASE("settings: every number has a range, and the complaint names setting, value and range") {
    for (const auto& key : setting_keys()) {
        if (key.max == 0) continue;
        const std::string name(key.name);
        for (const auto number : {key.min, key.max})
            CHECK(complaint(flags({{name, std::to_string(number)}})) == "none");
        for (const auto& text :
             {std::to_string(key.min - 1), std::to_string(key.max + 1), std::string("2x"),
              std::string(" 2"), std::string("99999999999999999999")})
            CHECK(says(complaint(flags({{name, text}})),
                       {flag_of(key), "\"" + text + "\"", std::to_string(key.max)}));
    }
}

// With 16, an array of 17 commands was answered 429, "safe to send again", for ever.
TEST_CASE("settings: a queue that has no room for an array is refused with the reason") {
    CHECK(says(complaint(flags({{"queue_limit", "16"}})),
               {"--queue-limit", "\"16\"", "from 1000", "an array of 1000 commands"}));
    CHECK(
        says(complaint("queue_limit = 999"), {"queue_limit in datadrop.toml", "999", "from 1000"}));
}

TEST_CASE("settings: an unknown key of the file is an error that names key and file") {
    CHECK(says(complaint("writes = 3"), {"\"writes\"", "datadrop.toml", "writers"}));
}

TEST_CASE("settings: a value in the file that is wrong is an error that names key and file") {
    CHECK(says(complaint("writers = 99"), {"writers in datadrop.toml", "99", "64"}));
    CHECK(says(complaint("writers = [1]"), {"writers in datadrop.toml"}));
    CHECK(says(complaint("writers = 1\nwriters ="), {"datadrop.toml", "line 2"}));
}

TEST_CASE("settings: a file that cannot be read is an error that names it, an empty one is none") {
    for (const auto* const file : {"/nowhere/datadrop.toml", "/"})
        CHECK_THROWS_WITH_AS(from_file(file), doctest::Contains(file), usage_error);
    CHECK(from_file("/dev/null").empty());
}

TEST_CASE("settings: a choice is one of its words") {
    CHECK(says(complaint(flags({{"format", "xml"}})), {"--format", "\"xml\"", "text, json"}));
    CHECK(says(complaint(flags({{"log_level", "loud"}})), {"--log-level", "\"loud\"", "debug"}));
}

TEST_CASE("settings: an empty value is an error, not a default") {
    CHECK(says(complaint(flags({{"database", ""}})), {"--database", "empty"}));
}

TEST_CASE("settings: a password is never part of a complaint") {
    for (const auto* const text : {"postgress://me:secret@db/x", "postgresql://me:secret%zz@db/x",
                                   "postgresql://[me:secret@db/x", "secret"})
        CHECK(complaint(flags({{"database", text}})).find("secret") == std::string::npos);
    CHECK(complaint(flags({{"token", "secret word"}})).find("secret") == std::string::npos);
}

TEST_CASE("settings: connection strings of both kinds and with several hosts are taken") {
    for (const auto* const text : {"postgresql://me:pw@a:5432,b:5433/x?sslmode=require",
                                   "host=a,b dbname=x user=me", "postgres:///x"})
        CHECK(complaint(flags({{"database", text}})) == "none");
}

TEST_CASE("settings: a server is a URL of a host, with a port and a path or without") {
    CHECK(parse_server_url("http://h") == server_url{.at = {"h", 8132}});
    CHECK(parse_server_url("http://h:99/") == server_url{.at = {"h", 99}});
    CHECK(parse_server_url("http://[::1]:99") == server_url{.at = {"::1", 99}});
    CHECK(parse_server_url("https://h") == server_url{protocol::https, {"h", 443}});
    CHECK(parse_server_url("HTTPS://h:99/a/b/") == server_url{protocol::https, {"h", 99}, "/a/b"});
    for (const auto* const text :
         {"http://h:8132", "https://[::1]:443/a%20b", "http://127.0.0.1:99/v1"})
        CHECK(to_text(*parse_server_url(text)) == text);
    for (const auto* const text : {"h:99", "http://", "http://h:0", "http://h:70000",
                                   "http://u:p@h", "http://h?x", "http://a%00b", "ftp://h", ""})
        CHECK_FALSE(parse_server_url(text));
    CHECK(says(complaint(flags({{"server", "ftp://h"}})), {"--server", "ftp://h", "https"}));
}

TEST_CASE("settings: an address to listen on is a host and a port, 0 for a free one") {
    CHECK(parse_listen_address("127.0.0.1:0") == server_address{"127.0.0.1", 0});
    CHECK(parse_listen_address("[::1]:99") == server_address{"::1", 99});
    for (const auto* const text : {"", ":1", "h", "h:", "h:x", "h:65536", "::1:99", "h:-1"})
        CHECK_FALSE(parse_listen_address(text));
    CHECK(to_text({"::1", 99}) == "[::1]:99");
}

/// Those of the clients, which the service has no use for.
bool is_of_a_client(const setting_key& key) {
    return key.name == "server" || key.name == "token" || key.name == "ca_file" ||
           key.name == "format";
}

TEST_CASE("settings: the file of the service names each that serve has, with its default, and "
          "nothing else") {
    std::ifstream in(DATADROP_SOURCE "/processor/deploy/datadrop.toml");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    CHECK(from_toml(text, "datadrop.toml").size() == 1); // where the private PostgreSQL is
    const auto all_on = std::regex_replace(text, std::regex("(^|\n)#(\\w+ =)"), "$1$2");
    const auto named = from_toml(all_on, "datadrop.toml");
    CHECK(complaint(named) == "none");
    for (const auto& key : setting_keys()) {
        CAPTURE(key.name);
        const auto found = named.find(key.name);
        CHECK((found != named.end()) != is_of_a_client(key));
        if (found == named.end() || !key.help.ends_with(')')) continue; // it has no default
        CHECK(says(std::string(key.help), {"(" + found->second.text + ")"}));
    }
}

TEST_SUITE_END();

} // namespace
