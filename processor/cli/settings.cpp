#include "processor/cli/settings.hpp"

#include "eventstore/postgres/driver/conninfo.hpp"
#include "processor/cli/failures.hpp"
#include "processor/cli/nearest.hpp"
#include "processor/http/http_limits.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <vector>

namespace datadrop::processor::cli {
namespace {

constexpr std::span<const std::string_view> formats = domain::names<output_format>;
constexpr std::string_view levels[] = {"trace", "debug", "info", "warn", "error", "off"};

constexpr std::string_view why_queue_min = "an array of 1000 commands has to find room";
static_assert(http::array_items_max == 1000);
static_assert(http::connections_min == 16);

constexpr setting_key keys[] = {
    {"database", "DATADROP_DATABASE", "URL",
     "PostgreSQL to work on: libpq URL or key/value string; without it the private cluster"},
    {"data_dir", "DATADROP_DATA_DIR", "FOLDER", "Folder of the private cluster"},
    {"server", "DATADROP_SERVER", "URL",
     "Server to speak to, http or https, a path in front of its routes allowed "
     "(http://127.0.0.1:8132)"},
    {"ca_file", "DATADROP_CA_FILE", "FILE",
     "Authorities that a server's certificate may be of, in PEM, instead of those of this machine"},
    {"token", "DATADROP_TOKEN", "TOKEN", "Credential, made by `datadrop token create`"},
    {"format", "", "text|json", "How the answer is printed (text)", 0, 0, formats},
    {"log_level", "", "LEVEL", "trace, debug, info, warn, error or off (info)", 0, 0, levels},
    {"log_format", "", "text|json", "How log lines are written, to stderr (text)", 0, 0, formats},
    {"listen", "", "HOST:PORT", "Where to serve; port 0 picks a free one (127.0.0.1:8132)"},
    {"tls_certificate", "DATADROP_TLS_CERTIFICATE", "FILE",
     "Certificate to serve HTTPS with, in PEM, those of the authorities between behind it; SIGHUP "
     "reads it again"},
    {"tls_key", "DATADROP_TLS_KEY", "FILE", "Its private key, in PEM, not encrypted"},
    {"writers", "", "N", "Connections that append (2)", 1, 64},
    {"readers", "", "N", "Connections that answer reads and feeds (2)", 1, 64},
    {"queue_limit",
     "",
     "N",
     "Commands admitted and not yet answered; one guild alone gets half of them (20000)",
     std::int64_t{http::array_items_max},
     1'000'000,
     {},
     why_queue_min},
    {"token_rate", "", "N", "Commands a second that one token may send; 0 is any number (0)", 0,
     1'000'000},
    {"guild_rate", "", "N",
     "Commands a second of one guild, whoever sends them; 0 is any number (0)", 0, 1'000'000},
    {"connection_limit", "", "N", "Connections of clients; each is an open file (2000)", 16,
     100'000},
    {"feed_limit", "", "N", "Feeds among them (1000)", 1, 100'000},
    {"cache_members", "", "N", "Members' heads kept in memory (250000)", 1, 10'000'000},
    {"sentinel_rate", "", "N",
     "Members a second that are folded afresh and compared with their rows; 0 is none (2)", 0, 100},
    {"attempts_max", "", "N", "Attempts before a command is parked (5)", 1, 100},
    {"budget_ms", "", "MS", "Time before a command is parked (400)", 1, 60'000},
};

std::int64_t whole_number(const setting_key& key, const given& value) {
    std::int64_t number = 0;
    const auto* const end = value.text.data() + value.text.size();
    const auto [rest, error] = std::from_chars(value.text.data(), end, number);
    if (error != std::errc{} || rest != end || number < key.min || number > key.max)
        throw usage_error(fmt::format("{}: \"{}\" is no whole number from {} to {}{}{}",
                                      value.where, value.text, key.min, key.max,
                                      key.why_min.empty() ? "" : ": ", key.why_min));
    return number;
}

void require_choice(const setting_key& key, const given& value) {
    if (std::find(key.choices.begin(), key.choices.end(), value.text) != key.choices.end()) return;
    throw usage_error(fmt::format("{}: \"{}\" is not one of {}{}", value.where, value.text,
                                  fmt::join(key.choices, ", "),
                                  did_you_mean(value.text, key.choices)));
}

/// Neither the value nor libpq's complaint is shown: both may hold the password.
void require_connection_string(const given& value) {
    if (eventstore::postgres::is_connection_string(value.text)) return;
    throw usage_error(value.where + ": this is no connection string of PostgreSQL; write "
                                    "postgresql://USER:PASSWORD@HOST:PORT/DATABASE or "
                                    "\"host=… port=… dbname=… user=…\"");
}

void require_token(const given& value) {
    const auto visible = [](char c) { return c > ' ' && c < '\x7f'; };
    if (std::all_of(value.text.begin(), value.text.end(), visible)) return;
    throw usage_error(value.where + ": a token has visible ASCII characters only; this has others");
}

server_url server_in(const given& value) {
    if (auto url = parse_server_url(value.text)) return *std::move(url);
    throw usage_error(fmt::format("{}: \"{}\" is no server's URL; write http://HOST:PORT or "
                                  "https://HOST, with a path behind it where a proxy wants one",
                                  value.where, value.text));
}

server_address listen_in(const given& value) {
    if (auto address = parse_listen_address(value.text)) return *address;
    throw usage_error(fmt::format("{}: \"{}\" is no address to listen on; write HOST:PORT, such as "
                                  "127.0.0.1:8132",
                                  value.where, value.text));
}

/// Nothing when connections are to be plain.
std::optional<http::certificate_files> certificate_in(const givens& all) {
    const auto certificate = all.find("tls_certificate");
    const auto key = all.find("tls_key");
    if (certificate == all.end() && key == all.end()) return std::nullopt;
    if (key == all.end())
        throw usage_error(certificate->second.where + ": a certificate needs its key, --tls-key");
    if (certificate == all.end())
        throw usage_error(key->second.where + ": a key needs its certificate, --tls-certificate");
    return http::certificate_files{.certificate = certificate->second.text,
                                   .key = key->second.text};
}

void check(const setting_key& key, const given& value) {
    if (value.text.empty()) throw usage_error(value.where + ": the value is empty");
    if (key.max > 0) whole_number(key, value);
    if (key.choices.size() > 0) require_choice(key, value);
    if (key.name == "database") require_connection_string(value);
    if (key.name == "token") require_token(value);
}

given value_of(const toml::node& node, const std::string& where) {
    if (const auto* text = node.as_string()) return {text->get(), where};
    if (const auto* number = node.as_integer()) return {std::to_string(number->get()), where};
    throw usage_error(where + ": a text or a whole number is expected");
}

std::vector<std::string_view> names_of_settings() {
    std::vector<std::string_view> names;
    for (const auto& key : keys)
        names.push_back(key.name);
    return names;
}

output_format format_in(const given& value) {
    return domain::parse<output_format>(value.text).value(); // it was checked with the others
}

} // namespace

std::span<const setting_key> setting_keys() { return keys; }

const setting_key& key_named(std::string_view name) {
    return *std::find_if(std::begin(keys), std::end(keys),
                         [&](const setting_key& key) { return key.name == name; });
}

std::string flag_of(const setting_key& key) {
    std::string flag = "--" + std::string(key.name);
    std::replace(flag.begin(), flag.end(), '_', '-');
    return flag;
}

givens from_environment(const std::function<const char*(const char*)>& look_up) {
    givens found;
    for (const auto& key : keys) {
        if (key.environment.empty()) continue;
        const std::string variable(key.environment);
        const char* const text = look_up(variable.c_str());
        if (text != nullptr && *text != '\0')
            found.emplace(key.name, given{.text = text, .where = variable});
    }
    return found;
}

givens from_toml(std::string_view text, const std::string& file) try {
    givens found;
    for (const auto& [name, node] : toml::parse(text)) {
        const std::string key(name.str());
        const auto known = [&](const setting_key& k) { return k.name == key; };
        if (std::none_of(std::begin(keys), std::end(keys), known)) {
            const auto names = names_of_settings();
            throw usage_error(fmt::format("{}: \"{}\" is no setting{}\nThere are {}.", file, key,
                                          did_you_mean(key, names), fmt::join(names, ", ")));
        }
        found.emplace(key, value_of(node, key + " in " + file));
    }
    return found;
} catch (const toml::parse_error& e) {
    throw usage_error(fmt::format("{}, line {}: {}", file, e.source().begin.line, e.description()));
}

givens from_file(const std::string& file) {
    std::ifstream in(file);
    std::string text;
    std::getline(in, text, '\0');
    if (!in.is_open() || in.bad())
        throw usage_error("--config: the file \"" + file + "\" cannot be read");
    return from_toml(text, file);
}

settings resolve(const givens& all) {
    for (const auto& [name, value] : all)
        check(key_named(name), value);
    settings s;
    const auto with = [&](std::string_view name, const auto& set) {
        if (const auto found = all.find(name); found != all.end()) set(found->second);
    };
    const auto number = [&](std::string_view name, auto& target) {
        with(name, [&](const given& v) {
            target = std::remove_reference_t<decltype(target)>(whole_number(key_named(name), v));
        });
    };
    with("database", [&](const given& v) { s.database = v.text; });
    with("data_dir", [&](const given& v) { s.data_dir = v.text; });
    with("server", [&](const given& v) { s.server = server_in(v); });
    with("ca_file", [&](const given& v) { s.ca_file = v.text; });
    with("token", [&](const given& v) { s.token = v.text; });
    with("format", [&](const given& v) { s.format = format_in(v); });
    with("log_level", [&](const given& v) { s.log_level = v.text; });
    with("log_format", [&](const given& v) { s.log_format = format_in(v); });
    with("listen", [&](const given& v) { s.listen = listen_in(v); });
    s.certificate = certificate_in(all);
    number("writers", s.service.writers);
    number("readers", s.service.readers);
    number("queue_limit", s.service.queue_limit);
    number("connection_limit", s.connection_limit);
    number("feed_limit", s.feed_limit);
    number("token_rate", s.rates.of_token);
    number("guild_rate", s.rates.of_guild);
    number("cache_members", s.service.cache_members);
    number("sentinel_rate", s.service.sentinel_rate);
    number("attempts_max", s.service.tries.attempts_max);
    number("budget_ms", s.service.tries.time_max);
    return s;
}

} // namespace datadrop::processor::cli
