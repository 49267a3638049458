#include "processor/cli/letter_filter.hpp"

#include "domain/vocabulary.hpp"
#include "processor/cli/time_length.hpp"
#include "projections/rfc3339.hpp"

#include <algorithm>

namespace datadrop::processor::cli {
namespace {

using namespace std::chrono;

constexpr std::string_view all_statuses[] = {"parked", "redriven", "discarded", "any"};

CLI::Validator code() {
    return CLI::Validator(
        [](std::string& text) {
            const auto is_of_code = [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); };
            if (!text.empty() && std::ranges::all_of(text, is_of_code)) return std::string();
            return "\"" + text + "\" is no code, such as retry_budget_spent";
        },
        "CODE");
}

} // namespace

std::string letter_filter::parked_before(system_clock::time_point now) const {
    const auto age = parse_time_length(older_than);
    return age ? projections::to_text(time_point_cast<microseconds>(now - *age)) : std::string();
}

std::string letter_filter::query(system_clock::time_point now) const {
    std::string text;
    const auto add = [&](std::string_view name, const std::string& value) {
        if (value.empty()) return;
        if (!text.empty()) text += "&";
        text += std::string(name) + "=" + value;
    };
    if (status != "any") add("status", status);
    add("guild_id", guild);
    add("user_id", user);
    add("command", command);
    add("code", code);
    add("parked_before", parked_before(now));
    return text;
}

void add_filter_flags(CLI::App& command, letter_filter& filter) {
    command.add_option("--guild", filter.guild, "Of this guild only")->check(snowflake());
    command.add_option("--user", filter.user, "Of this user only")->check(snowflake());
    command.add_option("--command", filter.command, "Of this command only, such as AcceptRules")
        ->check(one_of(domain::names<domain::command_kind>));
    command.add_option("--code", filter.code, "Parked for this reason only")->check(code());
    command.add_option("--older-than", filter.older_than, "Parked longer ago: 90s, 15m, 2h, 7d")
        ->check(time_length("age"));
}

void add_status_flag(CLI::App& command, letter_filter& filter) {
    command
        .add_option("--status", filter.status, "parked (as without), redriven, discarded or any")
        ->check(one_of(all_statuses));
}

} // namespace datadrop::processor::cli
