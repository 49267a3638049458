#include "eventstore/tokens.hpp"

#include <doctest/doctest.h>

namespace datadrop::eventstore {
namespace {

TEST_SUITE_BEGIN("tokens");

TEST_CASE("parse_scopes: names in any order, each once") {
    const auto parsed = parse_scopes("operate,submit");
    REQUIRE(parsed);
    CHECK(parsed->has(scope::submit));
    CHECK(parsed->has(scope::operate));
    CHECK_FALSE(parsed->has(scope::read));
    CHECK_EQ(to_text(*parsed), "submit,operate");
    for (const std::string text :
         {"", ",", "submit,", ",read", "read,read", "Read", " read", "admin"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_scopes(text));
    }
}

TEST_CASE("hash_token: SHA-256") {
    // FIPS 180-2, appendix B.1.
    const auto hash = hash_token("abc");
    CHECK_EQ(hash[0], 0xba);
    CHECK_EQ(hash[31], 0xad);
}

TEST_CASE("is_token_name: 1 to 64 of letters, digits, dot, underscore, hyphen") {
    CHECK(is_token_name("the-bot_2.prod"));
    CHECK(is_token_name(std::string(64, 'a')));
    for (const std::string text : {"", "a b", "a/b", "\xc3\xbc", "a'b"}) {
        CAPTURE(text);
        CHECK_FALSE(is_token_name(text));
    }
    CHECK_FALSE(is_token_name(std::string(65, 'a')));
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
