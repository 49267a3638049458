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

} // namespace

TEST_CASE("feed: an append that is held is not shown, nor passed; other partitions go on") {
    const world at(partitions);
    const server other(at.variables);
    auto reader = at.front.connect(at.reader);
    const auto slow = somebody(), next = somebody_of(slow.guild);
    const auto elsewhere = somebody_elsewhere(partition_of(slow));
    feed live(at.front.port(), at.reader, {.after = "0"});
    append_gate gate(at.database.url(), id_of(slow));
    auto held = joining(at.front, at.bot, slow);
    gate.held();
    CHECK(joining(other, at.api, elsewhere).get().at("outcome") == "accepted");
    CHECK(next_user(live) == elsewhere.user);
    for (const auto* what : {"", "/history"})
        CHECK(reader.get(slow.path() + what).status == 404);

    auto behind = joining(other, at.api, next);
    auto db = at.database.connect();
    wait_for_queue(db, 1);
    CHECK(ask(at, "SELECT count(*) FROM datadrop.membership_events") == "1");
    gate.let_go();
    CHECK(held.get().at("outcome") == "accepted");
    CHECK(behind.get().at("outcome") == "accepted");
    CHECK(next_user(live) == slow.user);
    CHECK(next_user(live) == next.user);
    CHECK(ask(at, "SELECT string_agg((position & 281474976710655)::text, ' ' ORDER BY position)"
                  " FROM datadrop.membership_events WHERE guild_id = " +
                      slow.guild) == "1 2");
}

} // namespace datadrop::test
