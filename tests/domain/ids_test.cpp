#include "domain/ids.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <unordered_set>

using namespace datadrop::domain;

TEST_SUITE_BEGIN("ids");

TEST_CASE("snowflake: the decimal digits of 1 … 2^63 - 1 are its one spelling") {
    CHECK_EQ(parse_snowflake("1"), 1);
    CHECK_EQ(parse_snowflake("80351110224678912"), 80351110224678912);
    CHECK_EQ(parse_snowflake("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("snowflake: any other text is refused") {
    using namespace std::string_literals;
    for (const auto& text : {""s,
                             "0"s,
                             "-1"s,
                             "+1"s,
                             "01"s,
                             " 1"s,
                             "1 "s,
                             "1\n"s,
                             "1\0"s,
                             "\0"s + "1",
                             "1.0"s,
                             "1e3"s,
                             "0x10"s,
                             "1_000"s,
                             "12a"s,
                             "a12"s,
                             "9223372036854775808"s,
                             "18446744073709551617"s,
                             "99999999999999999999999999"s,
                             "١"s,
                             "１"s}) {
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
