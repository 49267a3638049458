#include "eventstore/position_check.hpp"

#include "tests/support/print_eventstore.hpp"

namespace datadrop::eventstore {
namespace {

stored_membership_event an_event() {
    return {
        .position = global_position{41},
        .who = {domain::guild_id{288'659'194'737'983'489}, domain::user_id{80'351'110'224'678'912}},
        .version = domain::stream_version{7},
        .idempotency_key = "interaction:1187",
        .recorded_at = domain::timestamp{std::chrono::microseconds{1'764'212'869'719'256}}};
}

stored_dead_letter_event a_letters_event() {
    const auto like = an_event();
    return {.position = global_position{42},
            .letter = dead_letter_id{40},
            .who = like.who,
            .what = {},
            .recorded_at = like.recorded_at};
}

/// As a reader has it.
std::string text_of(position_check check) {
    cursor at(1);
    at.advance(global_position{1}, check);
    return at.text().substr(2);
}

TEST_SUITE_BEGIN("positions");

TEST_CASE("check_of: what readers keep is a stored format") {
    CHECK_EQ(text_of(check_of(an_event())), "0df2d90d");
    CHECK_EQ(text_of(check_of(a_letters_event())), "a2ea2d57");
    CHECK_EQ(text_of(check_of(stored_event{an_event()})), text_of(check_of(an_event())));
}

TEST_CASE("check_of: another time, member, version or key is another check, the position is not") {
    const auto one = check_of(an_event());
    auto other = an_event();
    SUBCASE("time") { other.recorded_at += std::chrono::microseconds{1}; }
    SUBCASE("guild") { other.who.guild = domain::guild_id{1}; }
    SUBCASE("user") { other.who.user = domain::user_id{1}; }
    SUBCASE("version") { other.version = domain::stream_version{8}; }
    SUBCASE("key") { other.idempotency_key = "interaction:1188"; }
    CHECK(check_of(other) != one);
    auto moved = an_event();
    moved.position = global_position{40};
    CHECK(check_of(moved) == one);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
