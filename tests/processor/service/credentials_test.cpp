// What a token that is shown is worth, by what is known of it.

#include "processor/service/credentials.hpp"

#include "tests/support/print.hpp"

#include <doctest/doctest.h>

namespace datadrop::processor {
namespace {

using eventstore::hash_token;
using eventstore::scope;
using eventstore::token_record;

const domain::timestamp some_time{std::chrono::seconds{1'725'185'472}};

token_record token(const std::string& name, const std::string& secret, scope may = scope::read) {
    token_record one{
        .name = name, .from = domain::source::bot, .may = {}, .hash = hash_token(secret)};
    one.may.add(may);
    return one;
}

token_record past_end(token_record one) {
    one.expires_at = some_time;
    one.is_past_end = true;
    return one;
}

token_record revoked(token_record one) {
    one.revoked_at = some_time;
    return one;
}

TEST_SUITE_BEGIN("credentials");

TEST_CASE("credentials: a token in force stands for its name, its source and its scopes") {
    const credentials known({token("bot", "a"), token("api", "b", scope::submit)});
    const auto found = known.find(hash_token("b"));
    CHECK(found.standing == token_standing::in_force);
    CHECK(found.of.who == domain::submitter{domain::source::bot, "api"});
    CHECK(found.of.may == token("", "", scope::submit).may);
    auto still_to_end = token("bot", "c");
    still_to_end.expires_at = some_time;
    CHECK(credentials({still_to_end}).find(hash_token("c")).standing == token_standing::in_force);
}

TEST_CASE("credentials: what nobody made is unknown, and nothing is told with it") {
    const credentials known({token("bot", "a")});
    for (const auto* secret : {"", "A", "a ", "b"}) {
        const auto found = known.find(hash_token(secret));
        CHECK(found.standing == token_standing::unknown);
        CHECK(found.of.who.name.empty());
    }
}

TEST_CASE("credentials: one that is revoked, past its end, or both") {
    const credentials known(
        {revoked(token("a", "a")), past_end(token("b", "b")), revoked(past_end(token("c", "c")))});
    CHECK(known.find(hash_token("a")).standing == token_standing::revoked);
    CHECK(known.find(hash_token("b")).standing == token_standing::expired);
    CHECK(known.find(hash_token("b")).of.who.name == "b");
    CHECK(known.find(hash_token("c")).standing == token_standing::revoked);
}

TEST_CASE("credentials: of two secrets of one name each stands for itself") {
    auto before = past_end(token("bot", "before"));
    before.replaced_at = some_time;
    const credentials known({before, token("bot", "after")});
    CHECK(known.find(hash_token("before")).standing == token_standing::expired);
    CHECK(known.find(hash_token("after")).standing == token_standing::in_force);
}

TEST_CASE("credentials: who may read has the scope, in force") {
    const credentials known({token("a", "a"), token("b", "b", scope::operate),
                             past_end(token("c", "c")), revoked(token("d", "d"))});
    CHECK(known.may_read(hash_token("a")));
    for (const auto* secret : {"b", "c", "d", "e"})
        CHECK_FALSE(known.may_read(hash_token(secret)));
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::processor
