#include "processor/service/command_rates.hpp"

namespace datadrop::processor {
namespace {

struct counted {
    std::size_t commands = 0;
    std::map<domain::guild_id, std::size_t> by_guild{};
};

counted count(const std::vector<command_ptr>& commands, bool by_guild) {
    counted all;
    for (const auto& command : commands) {
        if (!command) continue;
        ++all.commands;
        if (by_guild) ++all.by_guild[command->who.guild];
    }
    return all;
}

} // namespace

std::optional<command_rates::refusal> command_rates::admit(std::string_view token,
                                                           const std::vector<command_ptr>& commands,
                                                           time_point now) {
    if (!tokens_.limits() && !guilds_.limits()) return std::nullopt;
    const auto wanted = count(commands, guilds_.limits());
    if (wanted.commands == 0) return std::nullopt;
    refusal longest;
    const auto wait = [&longest](outcome_code why, rate_bucket::clock::duration time) {
        if (time > longest.wait) longest = {why, time};
    };
    if (tokens_.limits())
        wait(outcome_code::token_rate_exceeded, tokens_.wait_for(token, wanted.commands, now));
    for (const auto& [guild, of_guild] : wanted.by_guild)
        wait(outcome_code::guild_rate_exceeded, guilds_.wait_for(guild, of_guild, now));
    if (longest.wait > rate_bucket::clock::duration::zero()) return longest;
    if (tokens_.limits()) tokens_.take(token, wanted.commands, now);
    for (const auto& [guild, of_guild] : wanted.by_guild)
        guilds_.take(guild, of_guild, now);
    return std::nullopt;
}

std::vector<outcome> refused_outcomes(const std::vector<command_ptr>& commands, outcome_code why) {
    std::vector<outcome> all(commands.size());
    for (std::size_t i = 0; i < commands.size(); ++i)
        if (commands[i])
            all[i] = {.kind = outcome_kind::overloaded, .who = commands[i]->who, .code = why};
    return all;
}

} // namespace datadrop::processor
