// What a token comes to: its end, when it was last used, and who may act with it.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

namespace datadrop::test {
namespace {

constexpr std::chrono::seconds within_5_s{5};

/// A token that is in force until it is told to end, as if its time were over then.
std::string token_with_end(const world& at, const std::string& name, const std::string& scopes) {
    const auto made = at.run_here({"token", "create", "--name", name, "--source", "api", "--scopes",
                                   scopes, "--expires", "90d"});
    REQUIRE(made.exit_code == 0);
    return made.out.substr(0, made.out.size() - 1);
}

void end(const world& at, const std::string& name) {
    at.database.connect().run("UPDATE datadrop.tokens SET expires_at = now() WHERE name = '" +
                              name + "'");
}

bool is_used(const world& at, const std::string& name) {
    return ask(at, "SELECT count(last_used_at) FROM datadrop.tokens WHERE name = '" + name + "'") ==
           "1";
}

} // namespace

TEST_CASE("tokens: past its end one is refused within 5 s, and told so, and no other is") {
    const auto& at = shared_world();
    auto holder = at.front.connect(token_with_end(at, "ending", "read"));
    CHECK(holder.get("/v1/members").status == 200);
    end(at, "ending");
    CHECK(eventually([&] { return holder.get("/v1/members").status == 401; }, within_5_s));
    const auto refused = holder.get("/v1/members");
    check_problem(refused, 401, "token_expired");
    CHECK(contains(refused.field("detail"), "datadrop token rotate --name ending"));
    CHECK(contains(refused.header("www-authenticate"), "invalid_token"));
    check_problem(at.front.connect("ending").get("/v1/members"), 401, "unauthenticated");

    CHECK(at.run_here({"token", "revoke", "--name", "ending"}).exit_code == 0);
    CHECK(eventually([&] { return holder.get("/v1/members").field("code") == "unauthenticated"; }));
}

TEST_CASE("tokens: a server that starts later refuses one past its end as well") {
    const auto& at = shared_world();
    const auto token = token_with_end(at, "over", "read");
    end(at, "over");
    const server other(at.variables);
    check_problem(other.connect(token).get("/v1/members"), 401, "token_expired");
}

TEST_CASE("tokens: a feed ends with its token, and one of another token goes on") {
    const auto& at = shared_world();
    feed mine(at.front.port(), token_with_end(at, "feeding", "read"), {.after = "latest"});
    feed others(at.front.port(), at.reader, {.after = "latest"});
    end(at, "feeding");
    CHECK(!mine.next(within_5_s));
    auto bot = at.front.connect(at.bot);
    check_accepted(submit(bot, command(somebody(), "Join")));
    CHECK(others.next().has_value());
}

TEST_CASE("tokens: a use is told, of a request and of a feed that is open") {
    const auto& at = shared_world();
    token_with_end(at, "told-unused", "read");
    const auto before = token_with_end(at, "told-used", "read");
    CHECK(at.run_here({"token", "rotate", "--name", "told-used"}).exit_code == 0);
    CHECK(at.front.connect(before).get("/v1/members").status == 200);
    const feed open(at.front.port(), token_with_end(at, "told-listening", "read"),
                    {.after = "latest"});
    CHECK(eventually([&] { return is_used(at, "told-used") && is_used(at, "told-listening"); }));
    CHECK(!is_used(at, "told-unused"));
    // Of two secrets the one that was shown: so the other can be waited for.
    CHECK(ask(at, "SELECT replaced_at IS NOT NULL FROM datadrop.tokens WHERE name = 'told-used'"
                  " AND last_used_at IS NOT NULL") == "t");
}

TEST_CASE("tokens: what operators do asks for a person, and an older token of a program goes on "
          "looking") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto parked = park(bot);
    const auto token = create_token(at.variables, "old-program", "api", "read");
    at.database.connect().run("UPDATE datadrop.tokens SET scopes = 7 WHERE name = 'old-program'");
    auto program = at.front.connect(token);
    CHECK(eventually([&] { return program.get(parked.path()).status == 200; }));
    CHECK(program.get("/v1/projection").status == 200);
    for (const auto& act :
         {parked.path("/preview"), parked.path("/redrive"), parked.path("/discard"),
          std::string("/v1/dead-letter-runs"), std::string("/v1/projection/verify")}) {
        CAPTURE(act);
        const auto refused = program.post(act, json::object{{"reason", "why"}});
        check_problem(refused, 403, "operator_needed");
        CHECK(contains(refused.field("detail"), "old-program"));
    }
    CHECK(program.get(parked.path()).field("status") == "parked");
    check_accepted(submit(program, command(somebody(), "Join")));
}

TEST_CASE(
    "tokens: sign-ins that fail are counted by reason, and told in the log without the secret") {
    const world at;
    const auto revoked = create_token(at.variables, "revoked", "bot", "read");
    const auto over = token_with_end(at, "over", "read");
    CHECK(at.run_here({"token", "revoke", "--name", "revoked"}).exit_code == 0);
    end(at, "over");
    const server front(at.variables);
    for (const auto& token : {std::string(), std::string("guessed"), revoked, over})
        CHECK(front.connect(token).get("/v1/members").status == 401);
    for (const auto* reason : {"missing", "unknown", "revoked", "expired"})
        CHECK(metric(front, "datadrop_sign_ins_failed_total{reason=\"" + std::string(reason) +
                                "\"}") == 1);
    CHECK(contains(front.log(), "a sign-in from 127.0.0.1 failed: nobody has such a token"));
    for (const auto& secret : {std::string("guessed"), revoked, over})
        CHECK(!contains(front.log(), secret));
}

// Thirty at once and ten a second: sixty are answered in three seconds or more, however slow the
// machine is.
TEST_CASE("tokens: who fails again and again is held back") {
    const world at;
    const auto began = std::chrono::steady_clock::now();
    std::vector<connection> strangers;
    for (int i = 0; i < 60; ++i) {
        strangers.push_back(at.front.connect("guessed"));
        strangers.back().write(strangers.back().bytes_of({.target = "/v1/members"}));
    }
    CHECK(at.front.connect(at.reader).get("/v1/members").status == 200);
    for (auto& stranger : strangers)
        CHECK(stranger.read().value().status == 401);
    CHECK(std::chrono::steady_clock::now() - began >= std::chrono::milliseconds{2900});
}

} // namespace datadrop::test
