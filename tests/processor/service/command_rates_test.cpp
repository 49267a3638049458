// Which requests a limit of commands a second admits: whole or not at all, and theirs only.

#include "processor/service/command_rates.hpp"

#include "domain/envelope.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace datadrop::processor {
namespace {

using namespace std::chrono_literals;
using time_point = command_rates::time_point;

const time_point began{100h};

command_ptr command_of(std::int64_t guild) {
    static std::int64_t user = 0;
    domain::envelope command;
    command.who = {domain::guild_id{guild}, domain::user_id{++user}};
    return std::make_shared<const domain::envelope>(std::move(command));
}

std::vector<command_ptr> commands_of(std::int64_t guild, int count) {
    std::vector<command_ptr> all;
    for (int i = 0; i < count; ++i)
        all.push_back(command_of(guild));
    return all;
}

/// "admitted", or whose limit it is and the milliseconds to wait.
std::string told(command_rates& rates, std::string_view token, const std::vector<command_ptr>& all,
                 time_point now = began) {
    const auto refused = rates.admit(token, all, now);
    if (!refused) return "admitted";
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(refused->wait);
    return std::string(name_of(refused->why)) + " " + std::to_string(wait.count());
}

TEST_SUITE_BEGIN("command_rates");

TEST_CASE("command_rates: without a limit everything is admitted") {
    command_rates rates;
    for (int i = 0; i < 100; ++i)
        CHECK(told(rates, "bot", commands_of(1, 1'000)) == "admitted");
}

TEST_CASE("command_rates: a token above its rate is refused, and another goes on") {
    command_rates rates({.of_token = 10});
    CHECK(told(rates, "bot", commands_of(1, 10)) == "admitted");
    CHECK(told(rates, "bot", commands_of(2, 1)) == "token_rate_exceeded 100");
    CHECK(told(rates, "api", commands_of(1, 10)) == "admitted");
    CHECK(told(rates, "bot", commands_of(2, 1), began + 100ms) == "admitted");
}

TEST_CASE("command_rates: a guild above its rate is refused, whoever sends, and another goes on") {
    command_rates rates({.of_guild = 10});
    CHECK(told(rates, "bot", commands_of(1, 10)) == "admitted");
    CHECK(told(rates, "api", commands_of(1, 1)) == "guild_rate_exceeded 100");
    CHECK(told(rates, "bot", commands_of(2, 10)) == "admitted");
}

TEST_CASE(
    "command_rates: an array is admitted whole or not at all, and then costs nobody anything") {
    command_rates rates({.of_token = 100, .of_guild = 10});
    CHECK(told(rates, "bot", commands_of(1, 8)) == "admitted");
    auto mixed = commands_of(1, 3);
    mixed.push_back(command_of(2));
    for (int i = 0; i < 50; ++i)
        CHECK(told(rates, "bot", mixed) == "guild_rate_exceeded 100");
    CHECK(told(rates, "bot", commands_of(2, 10)) == "admitted");
    CHECK(told(rates, "bot", commands_of(1, 2)) == "admitted");
}

TEST_CASE("command_rates: the limit that lasts longest is the one that is told") {
    command_rates rates({.of_token = 20, .of_guild = 10});
    CHECK(told(rates, "bot", commands_of(1, 10)) == "admitted");
    CHECK(told(rates, "bot", commands_of(2, 10)) == "admitted");
    CHECK(told(rates, "bot", commands_of(1, 1)) == "guild_rate_exceeded 100");
    CHECK(told(rates, "bot", commands_of(3, 1)) == "token_rate_exceeded 50");
}

TEST_CASE("command_rates: an array above the rate is not refused for ever, and the rate holds") {
    command_rates rates({.of_token = 10});
    CHECK(told(rates, "bot", commands_of(1, 1'000)) == "admitted");
    CHECK(told(rates, "bot", commands_of(1, 1'000)) == "token_rate_exceeded 100000");
    CHECK(told(rates, "bot", commands_of(1, 1'000), began + 100s) == "admitted");
}

TEST_CASE("command_rates: what is no command counts for none") {
    command_rates rates({.of_token = 2, .of_guild = 2});
    auto some = commands_of(1, 2);
    some.insert(some.begin(), 5, nullptr);
    CHECK(told(rates, "bot", some) == "admitted");
    CHECK(told(rates, "bot", {nullptr, nullptr}) == "admitted");
    CHECK(told(rates, "bot", commands_of(2, 1)) == "token_rate_exceeded 500");
}

TEST_CASE("command_rates: refused outcomes are in the places of the commands") {
    const auto one = command_of(7);
    const auto all = refused_outcomes({nullptr, one}, outcome_code::guild_rate_exceeded);
    REQUIRE(all.size() == 2);
    CHECK(all[1] == outcome{.kind = outcome_kind::overloaded,
                            .who = one->who,
                            .code = outcome_code::guild_rate_exceeded});
}

TEST_CASE("rate_table: what is full again is not kept") {
    rate_table<std::int64_t> table(10);
    auto now = began;
    for (std::int64_t key = 0; key < 200'000; ++key) {
        table.take(key, 1, now);
        now += 100us;
    }
    CHECK(table.size() < 30'000);
    CHECK(table.wait_for(std::int64_t{199'999}, 10, now) > 0s);
}

TEST_CASE("rate_table: it has an end, and who was above the rate before still is") {
    rate_table<std::int64_t> table(10);
    table.take(std::int64_t{-1}, 1'000, began);
    for (std::int64_t key = 0; key < 100'000; ++key)
        table.take(key, 1, began);
    CHECK(table.size() == table.keys_max);
    CHECK(table.wait_for(std::int64_t{-1}, 1, began) > 0s);
    CHECK(table.wait_for(std::int64_t{99'999}, 10, began) == 0s);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::processor
