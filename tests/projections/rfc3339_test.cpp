#include "projections/rfc3339.hpp"

#include "tests/support/print.hpp"

using namespace datadrop;
using namespace std::chrono_literals;
using projections::parse_timestamp;
using projections::to_text;

TEST_SUITE_BEGIN("rfc3339");

namespace {

using namespace std::chrono;
constexpr auto morning = sys_days{2024y / September / 1} + 10h + 11min + 12s;

std::optional<domain::timestamp> at(domain::timestamp t) { return t; }

struct no_timestamp {
    const char* text;
    const char* why;
};

constexpr no_timestamp no_timestamps[] = {
    {"", "nothing at all"},
    {"2024-09-01", "no time"},
    {"2024-09-01T10:11:12", "no offset"},
    {"2024-09-01 10:11:12Z", "no T"},
    {"2024-09-01T10:11Z", "no seconds"},
    {"2024-9-01T10:11:12Z", "a digit missing"},
    {"2024-09-01T10:11:12.Z", "no digit behind the point"},
    {"2024-09-01T10:11:12,5Z", "a comma"},
    {"2024-09-01T10:11:12+0200", "no colon"},
    {"2024-09-01T10:11:12+02", "no minutes"},
    {"2024-09-01T10:11:12+24:00", "no such offset"},
    {"2024-09-01T10:11:12+02:60", "no such offset"},
    {"2024-09-01T10:11:12 +02:00", "a blank"},
    {"2024-09-01T10:11:12Z ", "something behind it"},
    {" 2024-09-01T10:11:12Z", "something before it"},
    {"+024-09-01T10:11:12Z", "no year"},
    {"2024-00-01T10:11:12Z", "no such month"},
    {"2024-13-01T10:11:12Z", "no such month"},
    {"2024-09-00T10:11:12Z", "no such day"},
    {"2024-09-31T10:11:12Z", "no such day"},
    {"2023-02-29T10:11:12Z", "no leap year"},
    {"2024-09-01T24:00:00Z", "no such hour"},
    {"2024-09-01T10:60:00Z", "no such minute"},
    {"2016-12-31T23:59:60Z", "a leap second"},
    {"0000-01-01T00:00:00Z", "before the first year"},
    {"0001-01-01T00:00:00+00:01", "before the first year in UTC"},
    {"9999-12-31T23:59:00-00:01", "after the last year in UTC"},
    {"yesterday", "a word"},
};

} // namespace

TEST_CASE("text: UTC with six digits of a second") {
    CHECK_EQ(to_text(morning + 345ms), "2024-09-01T10:11:12.345000Z");
    CHECK_EQ(to_text(morning), "2024-09-01T10:11:12.000000Z");
    CHECK_EQ(to_text(domain::timestamp{}), "1970-01-01T00:00:00.000000Z");
    CHECK_EQ(to_text(domain::timestamp{-1us}), "1969-12-31T23:59:59.999999Z");
    CHECK_EQ(to_text(sys_days{1y / January / 1}), "0001-01-01T00:00:00.000000Z");
}

TEST_CASE("parse: every form of the standard") {
    const std::pair<const char*, domain::timestamp> forms[] = {
        {"2024-09-01T10:11:12Z", morning},
        {"2024-09-01t10:11:12z", morning},
        {"2024-09-01T10:11:12.3Z", morning + 300ms},
        {"2024-09-01T10:11:12.000001Z", morning + 1us},
        {"2024-09-01T10:11:12.0000019999999999Z", morning + 1us},
        {"2024-09-01T12:11:12+02:00", morning},
        {"2024-09-01T04:41:12.5-05:30", morning + 500ms},
        {"2024-09-01T10:11:12-00:00", morning},
        {"2024-08-31T23:59:59+23:59", sys_days{2024y / August / 31} + 59s},
        {"2024-02-29T00:00:00Z", sys_days{2024y / February / 29}},
        {"0001-01-01T00:00:00Z", sys_days{1y / January / 1}},
        {"9999-12-31T23:59:59.999999Z", sys_days{10000y / January / 1} - 1us},
    };
    for (const auto& [text, instant] : forms) {
        CAPTURE(text);
        CHECK_EQ(parse_timestamp(text), at(instant));
    }
}

TEST_CASE("parse: nothing for any other text") {
    for (const auto& [text, why] : no_timestamps) {
        CAPTURE(text);
        CAPTURE(why);
        CHECK_EQ(parse_timestamp(text), std::nullopt);
    }
    CHECK_EQ(parse_timestamp(std::string_view("2024-09-01T10:11:12Z\0", 21)), std::nullopt);
}

TEST_CASE("parse: the inverse of text") {
    for (const auto t : {morning + 1us, domain::timestamp{-123456789us}})
        CHECK_EQ(parse_timestamp(to_text(t)), at(t));
}

TEST_SUITE_END();
