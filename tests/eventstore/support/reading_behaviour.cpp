// Reading, reservations and addresses.

#include "tests/eventstore/support/log_world.hpp"
#include "tests/support/chains.hpp"

#include <chrono>
#include <future>

namespace datadrop::test {
namespace {

using domain::command_kind;
using domain::state;
using domain::stream_version;
using eventstore::event_filter;
using eventstore::global_position;
using eventstore::stored_membership_event;

/// As they come, with positions and times that do not matter here taken out.
stored_membership_event without_time(stored_membership_event e) {
    CHECK_GT(e.recorded_at, domain::timestamp{});
    e.recorded_at = {};
    return e;
}

std::vector<stored_membership_event> history_of(eventstore::log& log, domain::member_id who) {
    return log.history(who, {}, 100);
}

global_position position_of(const eventstore::stored_event& e) {
    return std::visit([](const auto& stored) { return stored.position; }, e);
}

/// A RecordEmail of texts that something on the way might take for its own.
domain::envelope wordy(domain::member_id who) {
    auto command = make_command(who, command_kind::record_email,
                                {.key = "k'; DROP TABLE datadrop.events; --",
                                 .reason = "\"{NULL},\\ %s $1 ' ü € 🦊\n\tnext\r\n\\.\n",
                                 .actor = "NULL",
                                 .by = {.from = domain::source::api, .name = "the api"},
                                 .address = "o'hara@example.org"});
    command.correlation_id = "";
    command.occurred_at = domain::timestamp(std::chrono::microseconds(253'402'300'799'999'999));
    return command;
}

/// What a chain of one RecordEmail by the API is, once it is stored.
stored_membership_event stored_as(const eventstore::chain& written, global_position position) {
    const auto& command = *written.steps[0].command;
    return {.position = position,
            .who = written.who,
            .version = written.after.version,
            .what = *written.steps[0].event,
            .from = domain::source::api,
            .idempotency_key = command.idempotency_key,
            .actor = command.actor,
            .reason = command.reason,
            .correlation_id = command.correlation_id,
            .occurred_at = command.occurred_at};
}

/// All behind a position, two at a time.
std::vector<eventstore::stored_event>
read_in_twos(eventstore::log& log, eventstore::partition_number partition, global_position at) {
    std::vector<eventstore::stored_event> all;
    while (true) {
        const auto some = log.read(partition, at, 2);
        if (some.empty()) return all;
        CHECK_LE(some.size(), 2);
        all.insert(all.end(), some.begin(), some.end());
        at = position_of(some.back());
    }
}

/// A member of another guild in the same partition.
domain::member_id neighbour_of(const eventstore::log& log, domain::member_id who) {
    auto other = new_member();
    while (partition_for(log, other) != partition_for(log, who))
        other = new_member();
    return other;
}

} // namespace

TEST_SUITE_BEGIN("reading");

TEST_CASE("history: an event keeps all that its command said, letter by letter") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto pending = bring_to(*log, who, state::verification_pending);
        const auto chain = decided(pending, {wordy(who)});
        const auto position = append(*log, chain).first;
        const auto stored = log->history(who, pending.version, 10);
        REQUIRE_EQ(stored.size(), 1);
        CHECK_EQ(without_time(stored[0]), stored_as(chain, position));
    });
}

TEST_CASE("history: a member's own events in version order, from a version on, up to a limit") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        bring_to(*log, who, state::verified);
        bring_to(*log, new_member_of(who.guild), state::verified);
        CHECK_EQ(history_of(*log, who).size(), 7);
        const auto some = log->history(who, stream_version{2}, 3);
        REQUIRE_EQ(some.size(), 3);
        for (std::size_t i = 0; i < some.size(); ++i) {
            CHECK_EQ(some[i].version, stream_version{3 + static_cast<std::int64_t>(i)});
            CHECK_EQ(some[i].who, who);
        }
        CHECK(history_of(*log, new_member_of(who.guild)).empty());
    });
}

TEST_CASE("read: each position of a partition once, in order and without a gap, of both kinds") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto partition = partition_for(*log, who);
        const auto start = log->tails().at(partition);
        bring_to(*log, who, state::onboarding_completed);
        const auto letter = park(*log, make_command(who, command_kind::ban)).id;
        bring_to(*log, new_member_of(who.guild), state::invited_or_joined);

        const auto all = read_in_twos(*log, partition, start);
        REQUIRE_EQ(all.size(), 5);
        for (std::size_t i = 0; i < all.size(); ++i)
            CHECK_EQ(number_of(position_of(all[i])),
                     number_of(start) + static_cast<std::int64_t>(i) + 1);
        CHECK_EQ(position_of(all.back()), log->tails().at(partition));
        CHECK(std::holds_alternative<eventstore::stored_dead_letter_event>(all[3]));
        CHECK_EQ(position_of(all[3]), letter);
    });
}

TEST_CASE("scan: the event it begins at, what is wanted behind it, and how far it looked") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto other = neighbour_of(*log, who);
        const auto partition = partition_for(*log, who);
        const auto start = log->tails().at(partition);
        bring_to(*log, who, state::onboarding_completed);        // 1, 2, 3
        park(*log, make_command(who, command_kind::ban));        // 4
        bring_to(*log, other, state::onboarding_in_progress);    // 5, 6
        bring_to(*log, new_member_of(who.guild), state::banned); // 7, 8
        const auto found = [&](std::int64_t from, const event_filter& wanted, std::size_t limit) {
            std::vector<std::int64_t> places;
            const global_position at{number_of(start) + from};
            for (const auto& e : log->scan(partition, at, wanted, limit))
                places.push_back(number_of(position_of(e)) - number_of(start));
            return places;
        };
        using places = std::vector<std::int64_t>;
        CHECK_EQ(found(1, {.guild = who.guild}, 10), places{1, 2, 3, 7, 8});
        CHECK_EQ(found(1, {.guild = other.guild}, 10), places{1, 5, 6, 8});
        CHECK_EQ(found(1, {.guild = other.guild}, 2), places{1, 5});
        CHECK_EQ(found(4, {.kinds = {domain::event_kind::member_joined}}, 10), places{4, 5, 7, 8});
        CHECK_EQ(found(2, {.guild = who.guild, .kinds = {domain::event_kind::member_left}}, 10),
                 places{2, 8});
        CHECK_EQ(found(8, {.guild = who.guild}, 10), places{8});
        CHECK_EQ(found(9, {.guild = who.guild}, 10), places{});
    });
}

TEST_CASE("load: heads come in the order asked for, unknown members at version 0") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto one = new_member(), unknown = new_member_of(one.guild),
                   two = new_member_of(one.guild);
        const auto first = bring_to(*log, one, state::verified);
        const auto second = bring_to(*log, two, state::banned);
        CHECK_EQ(log->load(partition_for(*log, one), std::vector{two, unknown, one}).heads,
                 (std::vector{second, eventstore::head{}, first}));
    });
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("reservation");

TEST_CASE("reserve: others wait until the reserved append is through, readers do not") {
    on_each_log([](log_world& world) {
        const auto mine = world.open(), other = world.open();
        const auto who = new_member();
        const auto rival = decided({}, {make_command(who, command_kind::join)});
        CHECK_EQ(mine->reserve(partition_for(*mine, who), std::vector{who}).heads.at(0),
                 eventstore::head{});
        auto waiting = std::async(std::launch::async, [&] { return append(*other, rival); });
        CHECK_EQ(waiting.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
        const auto reader = world.open();
        CHECK_EQ(head_of(*reader, who), eventstore::head{});

        const auto chain = decided({}, commands_to(state::left_guild, who));
        CHECK_EQ(append(*mine, chain).what, fate::appended);
        CHECK_EQ(waiting.get(),
                 (eventstore::chain_fate{.what = fate::conflict, .found = chain.after}));
    });
}

TEST_CASE("release: gives the turn back with nothing written") {
    on_each_log([](log_world& world) {
        const auto mine = world.open(), other = world.open();
        const auto who = new_member();
        mine->reserve(partition_for(*mine, who), std::vector{who});
        mine->release();
        mine->release();
        CHECK_EQ(append(*other, decided({}, {make_command(who, command_kind::join)})).what,
                 fate::appended);
        CHECK_EQ(mine->reserve(partition_for(*mine, who), std::vector{who}).heads.at(0).version,
                 stream_version{1});
    });
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("addresses");

TEST_CASE("addresses: the last one recorded is kept, a new lifecycle erases it") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto record = [&](std::string address) {
            return make_command(who, command_kind::record_email, {.address = std::move(address)});
        };
        auto head = bring_to(*log, who, state::verification_pending);
        CHECK_EQ(world.address_of(who), "member@example.org");
        auto chain = decided(head, {record("first@example.org"), record("second@example.org")});
        append(*log, chain);
        CHECK_EQ(world.address_of(who), "second@example.org");
        append(*log, chain = decided(chain.after, {make_command(who, command_kind::leave)}));
        CHECK_EQ(world.address_of(who), "second@example.org");
        append(*log, decided(chain.after, {make_command(who, command_kind::join)}));
        CHECK_EQ(world.address_of(who), std::nullopt);
    });
}

TEST_CASE("addresses: nothing of a chain that is not written is kept") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto head = bring_to(*log, who, state::verification_pending);
        auto stale = head;
        stale.version = stream_version{1};
        const auto command =
            make_command(who, command_kind::record_email, {.address = "other@example.org"});
        CHECK_EQ(append(*log, decided(stale, {command})).what, fate::conflict);
        CHECK_EQ(world.address_of(who), "member@example.org");
    });
}

TEST_CASE("addresses: that of a parked command waits for its redrive") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto head = bring_to(*log, who, state::verification_pending);
        const auto command =
            make_command(who, command_kind::record_email, {.address = "waiting@example.org"});
        const auto id = park(*log, command).id;
        CHECK_EQ(world.address_of(who), "member@example.org");
        CHECK_EQ(append(*log, redriven(head, command, id)).what, fate::appended);
        CHECK_EQ(world.address_of(who), "waiting@example.org");
    });
}

TEST_SUITE_END();

} // namespace datadrop::test
