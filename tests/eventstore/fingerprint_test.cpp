#include "eventstore/fingerprint.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace datadrop::eventstore {
namespace {

constexpr std::string_view no_addresses[] = {
    "",
    "@",
    "a",
    "a@",
    "@b",
    "a@b@c",
    ".a@b",
    "a.@b",
    "a..b@c",
    "a@b.",
    "a@.b",
    "a@b..c",
    "a@-b",
    "a@b-",
    "a b@c",
    "a@b c",
    "a@b\n",
    "\"a b\"@c",
    "a@[127.0.0.1]",
    "a@b_c",
    "\xc3\xbc@example.org",
    "a@\xc3\xbc.example",
    {"a\0@b", 4},
};

TEST_SUITE_BEGIN("fingerprints");

TEST_CASE("fingerprint_of: HMAC-SHA-256") {
    // RFC 4231, test case 1: its key of 20 bytes, which HMAC pads with zeros as it does ours of 32.
    fingerprint_key key{};
    std::fill_n(key.begin(), 20, std::uint8_t{0x0b});
    CHECK_EQ(to_text(fingerprint_of("Hi There", key)),
             "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

TEST_CASE("fingerprint_of: another key or another spelling is another fingerprint") {
    fingerprint_key key{}, other{};
    other[31] = 1;
    CHECK_NE(fingerprint_of("a@example.org", key), fingerprint_of("a@example.org", other));
    CHECK_NE(fingerprint_of("a@example.org", key), fingerprint_of("A@example.org", key));
}

TEST_CASE("is_email_address: takes what a browser's field takes") {
    for (const std::string text : {"a@b", "first.last@example.org", "o'hara+tag@sub.example.org",
                                   "x@1-2.example", "!#$%&'*+/=?^_`{|}~-@example.org"}) {
        CAPTURE(text);
        CHECK(is_email_address(text));
    }
    CHECK(is_email_address(std::string(64, 'a') + "@example.org"));
    CHECK(is_email_address("a@" + std::string(63, 'b')));
}

TEST_CASE("is_email_address: refuses the rest") {
    for (const auto text : no_addresses) {
        CAPTURE(text);
        CHECK_FALSE(is_email_address(text));
    }
    CHECK_FALSE(is_email_address(std::string(65, 'a') + "@example.org"));
    CHECK_FALSE(is_email_address("a@" + std::string(64, 'b')));
}

TEST_CASE("is_email_address: at most 254 bytes in all") {
    const auto with_domain = [](std::size_t bytes) {
        std::string text = "a@";
        while (text.size() < bytes)
            text += text.size() % 50 == 49 ? '.' : 'b';
        return text;
    };
    CHECK(is_email_address(with_domain(254)));
    CHECK_FALSE(is_email_address(with_domain(255)));
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
