// What readers see over HTTP while one command's append is held open at its commit.

#include "eventstore/position.hpp"
#include "tests/e2e/support/verbs.hpp"
#include "tests/support/append_gate.hpp"
#include "tests/support/wait.hpp"

#include <doctest/doctest.h>

#include <future>

namespace datadrop::test {
namespace {

constexpr int partitions = 3;

domain::member_id id_of(const member& who) {
    return {.guild = domain::guild_id{std::stoll(who.guild)},
            .user = domain::user_id{std::stoll(who.user)}};
}

eventstore::partition_number partition_of(const member& who) {
    return eventstore::partition_of(id_of(who).guild, partitions);
}

member somebody_elsewhere(eventstore::partition_number partition) {
    auto who = somebody();
    while (partition_of(who) == partition)
        who = somebody();
    return who;
}

std::string next_user(feed& from) {
    const auto event = from.next();
    return event ? fields(event->data.as_object(), {"user_id"}) : "the feed has ended";
}

/// Submits a Join on a thread of its own, and gives its outcome.
std::future<json::object> joining(const server& at, const std::string& token, const member& who) {
    return std::async(std::launch::async, [&at, token, who] {
        auto to = at.connect(token);
        return submit(to, command(who, "Join"));
    });
}

void check_not_there(const world& at, const member& who) {
    for (const auto* what : {"", "/history"})
        CHECK(at.front.connect(at.reader).get(who.path() + what).status == 404);
}

void wait_for_one_behind(const world& at) {
    auto db = at.database.connect();
    wait_for_queue(db, 1);
}

/// The order of a guild's events within its partition, by position.
std::string sequences(const world& at, const std::string& guild) {
    return ask(at, "SELECT string_agg((position & 281474976710655)::text, ' ' ORDER BY position)"
                   " FROM datadrop.membership_events WHERE guild_id = " +
                       guild);
}

} // namespace

TEST_CASE("feed: an append that is held is not shown, nor passed; other partitions go on") {
    const world at(partitions);
    const server other(at.variables);
    const auto slow = somebody(), next = somebody_of(slow.guild);
    const auto elsewhere = somebody_elsewhere(partition_of(slow));
    feed live(at.front.port(), at.reader, {.after = "0"});
    append_gate gate(at.database.url(), id_of(slow));
    auto held = joining(at.front, at.bot, slow);
    gate.held();
    check_accepted(joining(other, at.api, elsewhere).get());
    CHECK(next_user(live) == elsewhere.user);
    check_not_there(at, slow);
    auto behind = joining(other, at.api, next);
    wait_for_one_behind(at);
    CHECK(ask(at, "SELECT count(*) FROM datadrop.membership_events") == "1");
    gate.let_go();
    for (auto* const outcome : {&held, &behind})
        check_accepted(outcome->get());
    for (const auto& who : {slow, next})
        CHECK(next_user(live) == who.user);
    CHECK(sequences(at, slow.guild) == "1 2");
}

} // namespace datadrop::test
