#include "processor/trials/bench/rows/bench_rows.hpp"

#include "processor/cli/failures.hpp"
#include "processor/trials/bench/rows/row_parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace datadrop::processor::trials::bench {
namespace {

bool is_named(const row& r, const std::string& word) {
    return r.name == word || r.name.starts_with(word + "-");
}

std::string names_of(const std::vector<row>& rows) {
    std::vector<std::string> names;
    for (const auto& r : rows)
        names.push_back(r.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

} // namespace

void keep_members_apart(load_plan& plan) {
    if (plan.commands != load_commands::toggle) return;
    constexpr std::int64_t members_a_command = 4;
    const auto enough_for = [&plan](const auto& sent) {
        plan.members =
            std::max(plan.members, members_a_command * sent.in_flight * sent.commands_a_request);
    };
    enough_for(plan);
    if (plan.beside && !plan.beside->of_its_own_guild) enough_for(*plan.beside);
}

std::vector<row> all_rows(const row_options& o) {
    std::vector<row> rows;
    add_command_rows(rows, o);
    add_http_rows(rows, o);
    add_log_rows(rows, o);
    for (auto& r : rows)
        for (auto& c : r.contenders)
            if (auto* const plan = std::get_if<load_plan>(&c.how)) keep_members_apart(*plan);
    return rows;
}

std::vector<row> chosen_rows(std::vector<row> all, const std::vector<std::string>& words) {
    if (words.empty()) return all;
    for (const auto& word : words)
        if (std::ranges::none_of(all, [&](const row& r) { return is_named(r, word); }))
            throw cli::usage_error(
                fmt::format("--rows: \"{}\" is no row; there are {}", word, names_of(all)));
    std::erase_if(all, [&](const row& r) {
        return std::ranges::none_of(words, [&](const auto& word) { return is_named(r, word); });
    });
    return all;
}

} // namespace datadrop::processor::trials::bench
