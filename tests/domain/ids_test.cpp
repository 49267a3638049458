#include "domain/ids.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string_view>
#include <unordered_set>

using namespace datadrop::domain;

namespace {

constexpr std::string_view no_snowflakes[] = {
    "",
    "0",
    "-1",
    "+1",
    "01",
    " 1",
    "1 ",
    "1\n",
    {"1\0", 2},
    {"\0\x31", 2},
    "1.0",
    "1e3",
    "0x10",
    "1_000",
    "12a",
    "a12",
    "9223372036854775808",
    "18446744073709551617",
    "99999999999999999999999999",
    "١",
    "１",
};

} // namespace

TEST_SUITE_BEGIN("ids");

TEST_CASE("snowflake: the decimal digits of 1 … 2^63 - 1 are its one spelling") {
    CHECK_EQ(parse_snowflake("1"), 1);
    CHECK_EQ(parse_snowflake("80351110224678912"), 80351110224678912);
    CHECK_EQ(parse_snowflake("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("snowflake: any other text is refused") {
    for (const auto text : no_snowflakes) {
        CAPTURE(text);
        CHECK_FALSE(parse_snowflake(text).has_value());
    }
}

TEST_CASE("version: the next of n is n + 1, the first of nothing is 1") {
    CHECK_EQ(number_of(next(stream_version{})), 1);
    CHECK_EQ(number_of(next(stream_version{41})), 42);
}

TEST_CASE("members of one guild, and guilds of one user, have hashes of their own") {
    std::unordered_set<std::size_t> seen;
    const std::hash<member_id> hash;
    constexpr std::int64_t first = 80351110224678912;
    constexpr std::int64_t step = std::int64_t{1} << 22; // a millisecond of Discord's clock
    for (std::int64_t i = 0; i < 1000; ++i) {
        seen.insert(hash({guild_id{first}, user_id{first + i * step}}));
        seen.insert(hash({guild_id{first + (i + 1) * step}, user_id{first}}));
    }
    CHECK_EQ(seen.size(), 2000);
}

TEST_SUITE_END();
