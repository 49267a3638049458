// The configuration: any text as the TOML file, and any text as the value of each setting. It is
// understood, or a complaint says where it stood, and neither a password nor a token is in it.
#include "processor/cli/failures.hpp"
#include "processor/cli/settings.hpp"
#include "tests/fuzz/support/problems.hpp"
#include "tests/fuzz/support/target.hpp"

#include <cstdint>

namespace datadrop::test {
namespace {

using namespace processor::cli;

/// Stands in the inputs that a password or a token is looked for in.
constexpr std::string_view secret = "open-sesame-4711";

bool is_secret(std::string_view setting) { return setting == "database" || setting == "token"; }

bool in_range(std::int64_t number, std::string_view setting) {
    const auto& key = key_named(setting);
    return number >= key.min && number <= key.max;
}

void require_in_range(const settings& told) {
    const auto& s = told.service;
    require(in_range(s.writers, "writers") && in_range(s.readers, "readers") &&
                in_range(static_cast<std::int64_t>(s.queue_limit), "queue_limit") &&
                in_range(static_cast<std::int64_t>(s.cache_members), "cache_members") &&
                in_range(s.tries.attempts_max, "attempts_max") &&
                in_range(s.tries.time_max.count(), "budget_ms"),
            "a number is in its range");
    require(told.listen.host != "" && told.server.at.host != "" && told.server.at.port != 0,
            "an address has a host and a port");
}

/// What is said of the values; nothing when they are understood.
std::string complaint(const givens& all) {
    try {
        require_in_range(resolve(all));
        return {};
    } catch (const usage_error& e) {
        return e.what();
    }
}

void check_values(std::string_view text) {
    constexpr std::string_view where = "a place of its own";
    for (const auto& key : setting_keys()) {
        const std::string value{text};
        const auto said = complaint({{std::string{key.name}, {value, std::string{where}}}});
        require(said.empty() || said.find(where) != said.npos, "a complaint says where");
        if (is_secret(key.name)) require_untold(secret, text, said);
    }
}

bool has_line(std::string_view input, const std::string& start) {
    return input.starts_with(start) || input.find('\n' + start) != input.npos;
}

/// A file that sets one secret, which an unfinished or wrong line must not bring to light either.
void check_secrets(std::string_view input, const std::string& said) {
    const std::string text{secret};
    if (has_line(input, "token = \"" + text) ||
        has_line(input, "database = \"postgresql://me:" + text + "@"))
        require_untold(secret, input, said);
}

void check_file(std::string_view input) {
    try {
        const auto all = from_toml(input, "datadrop.toml");
        const auto said = complaint(all);
        require(said.empty() || said.find("datadrop.toml") != said.npos,
                "a complaint names the file");
        check_secrets(input, said);
    } catch (const usage_error& e) {
        const std::string said = e.what();
        require(said.find("datadrop.toml") != said.npos, "a complaint names the file");
        check_secrets(input, said);
    }
}

void fuzz_settings(std::string_view input) {
    check_file(input);
    check_values(input);
}

const fuzz_target all_settings("settings", fuzz_settings);

} // namespace
} // namespace datadrop::test
