#include "eventstore/tokens.hpp"

#include "tests/support/database.hpp"
#include "tests/support/print.hpp"

#include <set>

namespace datadrop::eventstore {
namespace {

new_token wanted(std::string name) {
    scopes both;
    both.add(scope::submit);
    both.add(scope::read);
    return {.name = std::move(name), .from = domain::source::api, .may = both};
}

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

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
