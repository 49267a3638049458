// Numbers, cursors, times and names as clients spell them: each value has one spelling, which is
// the only one that is taken, or one that it is printed in and found again by.
#include "domain/ids.hpp"
#include "eventstore/position.hpp"
#include "eventstore/tokens.hpp"
#include "processor/cli/server_url.hpp"
#include "processor/http/request_target.hpp"
#include "processor/http/text.hpp"
#include "projections/rfc3339.hpp"
#include "tests/fuzz/support/problems.hpp"
#include "tests/fuzz/support/target.hpp"

#include <algorithm>

namespace datadrop::test {
namespace {

namespace http = processor::http;

/// Whether a text is the decimal spelling of a number up to `max`, judged by its letters alone.
bool is_decimal_up_to(std::string_view text, std::string_view max) {
    const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (text.empty() || !digits || (text.front() == '0' && text.size() > 1)) return false;
    return text.size() < max.size() || (text.size() == max.size() && text <= max);
}

void check_numbers(std::string_view text) {
    const auto snowflake = domain::parse_snowflake(text);
    require(snowflake.has_value() == (text != "0" && is_decimal_up_to(text, "9223372036854775807")),
            "a snowflake is 1 to 2^63 - 1 in decimal digits");
    require(!snowflake || std::to_string(*snowflake) == text, "a snowflake has one spelling");
    const auto position = eventstore::parse_position(text);
    require(position.has_value() == is_decimal_up_to(text, "18014398509481983"),
            "a position is 0 to 2^54 - 1 in decimal digits");
    require(!position || std::to_string(number_of(*position)) == text,
            "a position has one spelling");
}

void check_cursor(std::string_view text, int partitions) {
    const auto read = eventstore::cursor::parse(text, partitions);
    if (!read) return;
    require(read->partitions() == partitions, "a cursor has a position a partition");
    require(eventstore::cursor::parse(read->text(), partitions) == read,
            "a cursor that was printed is the same cursor");
}

int two_digits(std::string_view text) { return (text[0] - '0') * 10 + text[1] - '0'; }

/// `text` ends with an offset: the same digits in UTC are that much later or earlier.
void check_offset(std::string_view text, domain::timestamp time) {
    const auto offset = text.substr(text.size() - 6);
    const auto in_utc = projections::parse_timestamp(
        std::string{text.substr(0, text.size() - offset.size())} + "Z");
    if (!in_utc) return; // beyond the years that there are
    const auto ahead = std::chrono::hours{two_digits(offset.substr(1))} +
                       std::chrono::minutes{two_digits(offset.substr(4))};
    require((offset[0] == '-' ? *in_utc + ahead : *in_utc - ahead) == time,
            "a time has its offset's distance from UTC");
}

void check_time(std::string_view text) {
    const auto time = projections::parse_timestamp(text);
    if (!time) return;
    if (text.back() != 'Z' && text.back() != 'z') check_offset(text, *time);
    const auto printed = projections::to_text(*time);
    require(printed.size() == 27 && printed.ends_with('Z'), "a time is printed in one form");
    require(projections::parse_timestamp(printed) == time, "a time printed is the same time");
}

void check_page_token(std::string_view text) {
    const auto last = http::parse_page_token(text);
    require(!last || http::page_token(*last) == text, "a page's end has one spelling");
}

void check_scopes(std::string_view text) {
    const auto scopes = eventstore::parse_scopes(text);
    require(!scopes || eventstore::parse_scopes(to_text(*scopes)) == scopes,
            "scopes printed are the same scopes");
}

void check_addresses(std::string_view text) {
    using namespace processor::cli;
    const auto server = parse_server_url(text);
    require(!server || parse_server_url(to_text(*server)) == server,
            "a server's address printed is the same address");
    const auto listen = parse_listen_address(text);
    require(!listen || parse_listen_address(to_text(*listen)) == listen,
            "an address to listen on printed is the same address");
}

void check_query(std::string_view text) {
    const auto where = http::request_target::parse(text);
    if (!where) return;
    http::query asked{*where, {"guild_id", "limit"}};
    const auto limit = asked.limit();
    require(limit >= 1 && limit <= 1000, "a limit is 1 to 1,000");
    asked.guild();
    if (asked.first_problem()) require_proper(*asked.first_problem());
}

void check_text(std::string_view text) {
    const auto characters = http::count_characters(text);
    require(!characters || *characters <= text.size(), "a character has at least a byte");
    require(!characters || http::count_characters(http::in_quotes(text)),
            "a text cut short is a text");
}

void fuzz_spellings(std::string_view text) {
    check_numbers(text);
    for (const int partitions : {1, 2, 64})
        check_cursor(text, partitions);
    check_time(text);
    check_page_token(text);
    check_scopes(text);
    check_addresses(text);
    check_query(text);
    check_text(text);
}

const fuzz_target spellings("spellings", fuzz_spellings);

} // namespace
} // namespace datadrop::test
