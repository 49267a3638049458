#include "eventstore/tokens.hpp"

#include "tests/support/database.hpp"
#include "tests/support/print.hpp"

#include <algorithm>
#include <set>

namespace datadrop::eventstore {
namespace {

using namespace std::chrono_literals;

new_token wanted(std::string name) {
    scopes both;
    both.add(scope::submit);
    both.add(scope::read);
    return {.name = std::move(name), .from = domain::source::api, .may = both};
}

/// The secrets of a token as they follow each other: what has an end, was replaced, is past its end
/// or was revoked.
std::string standings(const std::vector<token_record>& all) {
    std::string text;
    for (const auto& one : all) {
        if (!text.empty()) text += ", ";
        text += one.name;
        if (one.expires_at) text += " ends";
        if (one.replaced_at) text += " replaced";
        if (one.is_past_end) text += " over";
        if (one.revoked_at) text += " revoked";
    }
    return text;
}

auto lasts(const token_record& one) { return one.expires_at.value() - one.created_at; }

TEST_SUITE_BEGIN("tokens");

TEST_CASE("create_token: the database keeps the hash and never the token") {
    const test::scratch_database database;
    auto db = database.connect();
    const auto token = create_token(db, wanted("web"));
    REQUIRE(token);
    CHECK_EQ(token->size(), 43);
    const auto listed = list_tokens(db);
    REQUIRE_EQ(listed.size(), 1);
    CHECK_EQ(listed[0].name, "web");
    CHECK_EQ(listed[0].from, domain::source::api);
    CHECK_EQ(listed[0].may, wanted("web").may);
    CHECK_EQ(listed[0].hash, hash_token(*token));
    CHECK_GT(listed[0].created_at, domain::timestamp{});
    CHECK_FALSE(listed[0].revoked_at);
}

TEST_CASE("create_token: a name is taken for good, and no two tokens are alike") {
    const test::scratch_database database;
    auto db = database.connect();
    std::set<std::string> tokens;
    for (const auto name : {"a", "b", "c"})
        tokens.insert(create_token(db, wanted(name)).value());
    CHECK_EQ(tokens.size(), 3);
    CHECK_FALSE(create_token(db, wanted("a")));
    CHECK(revoke_token(db, "a"));
    CHECK_FALSE(create_token(db, wanted("a")));
}

TEST_CASE("revoke_token: once") {
    const test::scratch_database database;
    auto db = database.connect();
    REQUIRE(create_token(db, wanted("web")));
    CHECK_FALSE(revoke_token(db, "other"));
    CHECK(revoke_token(db, "web"));
    CHECK_FALSE(revoke_token(db, "web"));
    CHECK(list_tokens(db).at(0).revoked_at);
}

TEST_CASE(
    "create_token: with an end it is past it when its time is over, and without it never is") {
    const test::scratch_database database;
    auto db = database.connect();
    auto brief = wanted("brief"), long_lived = wanted("long");
    brief.lasts = 0s;
    long_lived.lasts = 90 * 24h;
    for (const auto& one : {brief, long_lived, wanted("without")})
        REQUIRE(create_token(db, one));
    const auto listed = list_tokens(db);
    CHECK_EQ(standings(listed), "brief ends over, long ends, without");
    CHECK_EQ(lasts(listed.at(1)), 90 * 24h);
}

TEST_CASE("rotate_token: a second secret with the rights of the first, which ends by the overlap") {
    const test::scratch_database database;
    auto db = database.connect();
    const auto first = create_token(db, wanted("web")).value();
    const auto second = rotate_token(db, {.name = "web", .overlap = 24h}).value();
    CHECK_NE(first, second);
    const auto listed = list_tokens(db);
    CHECK_EQ(standings(listed), "web ends replaced, web");
    CHECK_EQ(listed.at(0).hash, hash_token(first));
    CHECK_EQ(*listed.at(0).expires_at - *listed.at(0).replaced_at, 24h);
    CHECK_EQ(listed.at(1).hash, hash_token(second));
    CHECK_EQ(listed.at(1).from, domain::source::api);
    CHECK_EQ(listed.at(1).may, wanted("web").may);
    CHECK_FALSE(create_token(db, wanted("web")));
}

TEST_CASE("rotate_token: without an overlap the first is over at once, and several go on at once") {
    const test::scratch_database database;
    auto db = database.connect();
    REQUIRE(create_token(db, wanted("web")));
    for (const auto overlap : {1h, 2h, 0h})
        REQUIRE(rotate_token(db, {.name = "web", .overlap = overlap}));
    CHECK_EQ(standings(list_tokens(db)),
             "web ends replaced, web ends replaced, web ends replaced over, web");
}

TEST_CASE(
    "rotate_token: what had an end does not get a later one by it, and the new one lasts as long") {
    const test::scratch_database database;
    auto db = database.connect();
    auto short_lived = wanted("web");
    short_lived.lasts = 1h;
    REQUIRE(create_token(db, short_lived));
    const auto end = list_tokens(db).at(0).expires_at;
    REQUIRE(rotate_token(db, {.name = "web", .overlap = 24h}));
    CHECK_EQ(list_tokens(db).at(0).expires_at, end);
    CHECK_EQ(lasts(list_tokens(db).at(1)), 1h);
    REQUIRE(rotate_token(db, {.name = "web", .overlap = 24h, .lasts = 2h}));
    CHECK_EQ(lasts(list_tokens(db).at(2)), 2h);
}

TEST_CASE("rotate_token: there is none of a name that nobody has or that is revoked") {
    const test::scratch_database database;
    auto db = database.connect();
    REQUIRE(create_token(db, wanted("web")));
    REQUIRE(rotate_token(db, {.name = "web", .overlap = 1h}));
    CHECK_FALSE(rotate_token(db, {.name = "other", .overlap = 1h}));
    REQUIRE(revoke_token(db, "web"));
    CHECK_EQ(standings(list_tokens(db)), "web ends replaced revoked, web revoked");
    CHECK_FALSE(rotate_token(db, {.name = "web", .overlap = 1h}));
}

TEST_CASE("rotate_token: one past its end is in force again") {
    const test::scratch_database database;
    auto db = database.connect();
    auto over = wanted("web");
    over.lasts = 0s;
    REQUIRE(create_token(db, over));
    REQUIRE(rotate_token(db, {.name = "web", .overlap = 1h, .lasts = 1h}));
    CHECK_EQ(standings(list_tokens(db)), "web ends replaced over, web ends");
}

TEST_CASE("rotate_token: what was replaced and ended a month ago is forgotten") {
    const test::scratch_database database;
    auto db = database.connect();
    REQUIRE(create_token(db, wanted("web")));
    for (int i = 0; i < 2; ++i)
        REQUIRE(rotate_token(db, {.name = "web", .overlap = 0s}));
    db.run_script("UPDATE datadrop.tokens SET expires_at = now() - interval '31 days'"
                  " WHERE hash = (SELECT hash FROM datadrop.tokens ORDER BY created_at LIMIT 1)");
    REQUIRE(rotate_token(db, {.name = "web", .overlap = 1h}));
    CHECK_EQ(standings(list_tokens(db)), "web ends replaced over, web ends replaced, web");
}

TEST_CASE("note_tokens_used: of each secret apart, and of what is unknown nothing") {
    const test::scratch_database database;
    auto db = database.connect();
    const auto first = create_token(db, wanted("web")).value();
    REQUIRE(rotate_token(db, {.name = "web", .overlap = 1h}));
    CHECK(std::ranges::none_of(list_tokens(db),
                               [](const auto& t) { return t.last_used_at.has_value(); }));
    const std::array used{hash_token("nobody's"), hash_token(first)};
    note_tokens_used(db, used);
    const auto listed = list_tokens(db);
    CHECK_GE(listed.at(0).last_used_at.value(), listed.at(1).created_at);
    CHECK_FALSE(listed.at(1).last_used_at);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
