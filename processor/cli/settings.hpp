#pragma once
// What the commands can be told besides their own arguments: by a flag, by the environment or by a
// TOML file, in this order, else the default. One table holds every such setting with its names,
// range and words, so that flags, file and help cannot disagree. Values; every thread.

#include "domain/enum_names.hpp"
#include "processor/cli/server_url.hpp"
#include "processor/http/http_limits.hpp"
#include "processor/http/server_certificate.hpp"
#include "processor/service/command_rates.hpp"
#include "processor/service/service_settings.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace datadrop::processor::cli {

/// A setting: its TOML key is its name, its flag the same with dashes.
struct setting_key {
    std::string_view name;
    std::string_view environment; // empty: not read from there
    std::string_view value;       // what stands for the value in the help
    std::string_view help;
    std::int64_t min = 0; // of a number
    std::int64_t max = 0; // 0: a text
    std::span<const std::string_view> choices{};
    std::string_view why_min{}; // what a smaller number would lead to
};

std::span<const setting_key> setting_keys();
const setting_key& key_named(std::string_view name);
std::string flag_of(const setting_key& key); // "--queue-limit"

/// A value before it is understood, and where it stood, for messages: "--writers",
/// "DATADROP_SERVER", "writers in datadrop.toml".
struct given {
    std::string text;
    std::string where;
};

/// By the setting's name. `a.merge(b)` is a's word over b's.
using givens = std::map<std::string, given, std::less<>>;

/// A variable that is set to nothing counts as not set.
givens from_environment(const std::function<const char*(const char*)>& look_up);

/// Throws usage_error: no TOML, an unknown key, a value that is neither text nor a whole number.
givens from_toml(std::string_view text, const std::string& file);
/// As above, of a file; throws usage_error when it cannot be read.
givens from_file(const std::string& file);

enum class output_format : std::uint8_t { text, json };

constexpr std::string_view name_of(output_format value) {
    switch (value) {
    case output_format::text:
        return "text";
    case output_format::json:
        return "json";
    }
    return {};
}

struct settings {
    std::optional<std::string> database{}; // without: the private cluster
    std::optional<std::filesystem::path> data_dir{};
    server_url server{.at = {.host = "127.0.0.1"}};
    std::optional<std::filesystem::path> ca_file{}; // without: what this machine trusts
    std::optional<std::string> token{};
    output_format format = output_format::text;
    std::string log_level = "info";
    output_format log_format = output_format::text;
    server_address listen{.host = "127.0.0.1"};
    std::optional<http::certificate_files> certificate{}; // without: HTTP as it is
    std::size_t connection_limit = http::connections_max;
    std::size_t feed_limit = http::feeds_max;
    command_limits rates{};
    service_settings service{}; // its database stays empty: who serves knows which
};

/// Throws usage_error for a value that does not fit its setting, naming both; never a secret.
settings resolve(const givens& all);

} // namespace datadrop::processor::cli
