// A database that was restored from a dump: the log goes on as if nothing had been.

#include "eventstore/postgres/database.hpp"
#include "tests/eventstore/support/follower.hpp"
#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"
#include "tests/support/dump.hpp"

#include <vector>

namespace datadrop::eventstore {
namespace {

using domain::command_kind;
using domain::member_id;
using domain::state;
using postgres::params;
using test::all_of;
using test::fate;

constexpr int partitions = 3;

/// Members of several guilds, one with a parked command, before and after a dump.
struct dumped_log {
    dumped_log() {
        for (int i = 0; i < 12; ++i) {
            auto way = test::decided({}, test::commands_to(state::verified, test::new_member()));
            REQUIRE_EQ(test::append(*original, way).what, fate::appended);
            written.push_back(std::move(way));
        }
        letter = test::park(*original, parked).id;
        test::restore_dump(before.url(), after.url());
        restored = postgres::open_log({.database = after.url()}, partitions);
    }

    domain::member_id one() const { return written.front().who; }

    test::scratch_database before{{.partitions = partitions}};
    test::scratch_database after{{.partitions = {}}};
    std::unique_ptr<log> original = before.open_log(), restored;
    std::vector<chain> written;
    domain::envelope parked = test::make_command(
        test::new_member(), command_kind::request_verification, {.address = "kept@example.org"});
    dead_letter_id letter{};
};

TEST_SUITE_BEGIN("restore");

TEST_CASE("a restored log is the same, position by position") {
    dumped_log world;
    auto db = world.after.connect();
    postgres::require_current_schema(db);
    CHECK_EQ(postgres::partition_count(db), partitions);
    CHECK_EQ(world.restored->tails(), world.original->tails());
    for (const auto partition : eventstore::all_partitions(partitions))
        CHECK_EQ(all_of(*world.restored, partition), all_of(*world.original, partition));
    for (const auto& way : world.written)
        CHECK_EQ(test::head_of(*world.restored, way.who), way.after);
    CHECK_EQ(world.restored->dead_letter(world.letter), world.original->dead_letter(world.letter));
}

TEST_CASE("a reader of the original goes on in the restored log where it was") {
    dumped_log world;
    for (const auto partition : eventstore::all_partitions(partitions)) {
        const auto half =
            test::position_of(world.original->read(partition, position_at(partition, 0), 3).back());
        CHECK_EQ(world.restored->read(partition, half, 1000),
                 world.original->read(partition, half, 1000));
    }
}

TEST_CASE("an append after the restore takes the next position of its partition") {
    dumped_log world;
    const auto before = world.original->tails();
    for (const auto& way : world.written) {
        const eventstore::partition_number partition =
            test::partition_for(*world.restored, way.who);
        const auto tail = world.restored->tails().at(partition);
        const auto left = test::append(
            *world.restored,
            test::decided(way.after, {test::make_command(way.who, command_kind::leave)}));
        CHECK_EQ(number_of(left.first), number_of(tail) + 1);
    }
    CHECK_EQ(world.original->tails(), before);
}

TEST_CASE("keys that were used or parked before are found after the restore") {
    dumped_log world;
    for (const auto& way : world.written) {
        const auto again = test::append(*world.restored, way);
        CHECK_EQ(again.what, fate::key_found);
        CHECK_EQ(again, test::append(*world.original, way));
    }
    const auto held = test::park(*world.restored, world.parked).holder;
    CHECK_EQ(held, std::optional<key_holder>(test::parked_as(world.parked, world.letter,
                                                             domain::dead_letter_status::parked)));
}

TEST_CASE("the address of a parked command waits for its redrive after the restore too") {
    dumped_log world;
    const auto who = world.parked.who;
    const auto accepted = test::bring_to(*world.restored, who, state::rules_accepted);
    CHECK_EQ(
        test::append(*world.restored, test::redriven(accepted, world.parked, world.letter)).what,
        fate::appended);
    CHECK_EQ(world.after.connect()
                 .run("SELECT address FROM datadrop.addresses WHERE user_id = $1",
                      params{}.add(number_of(who.user)))
                 .text(0, 0),
             "kept@example.org");
}

TEST_CASE("events of a restored log cannot be changed") {
    dumped_log world;
    CHECK_THROWS_AS(world.after.connect().run("UPDATE datadrop.events SET reason = 'other'"),
                    postgres::statement_refused);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
