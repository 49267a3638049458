// Parking, redriving and discarding: a key is never both parked and written, and a dead letter is
// closed once.

#include "tests/eventstore/support/log_world.hpp"
#include "tests/support/chains.hpp"

namespace datadrop::test {
namespace {

using domain::command_kind;
using domain::dead_letter_status;
using domain::state;
using eventstore::chain_fate;
using eventstore::found_key;
using eventstore::park_fate;
using eventstore::remediation_fate;

domain::redrive_failed a_failure() {
    return {.by = an_operator,
            .reason = "tried\n\ttwice",
            .code = "stale_expectation",
            .attempts = {an_attempt(), an_attempt()}};
}

domain::command_discarded a_discard() { return {.by = an_operator, .reason = "no use"}; }

/// What happened to a letter, without where and when.
std::vector<domain::dead_letter_event> happenings(eventstore::log& log,
                                                  eventstore::dead_letter_id id) {
    std::vector<domain::dead_letter_event> all;
    for (const auto& e : log.dead_letter(id)) {
        CHECK_EQ(e.letter, id);
        all.push_back(e.what);
    }
    return all;
}

domain::command_parked parked_event(domain::envelope command) {
    command.address.reset();
    return {
        .command = std::move(command), .attempts = {an_attempt()}, .code = "retry_budget_spent"};
}

/// A RecordEmail that says all that a command may say.
domain::envelope whole_command(domain::member_id who) {
    auto command = make_command(who, command_kind::record_email,
                                {.expected_state = state::verified,
                                 .expected_version = 12,
                                 .expected_lifecycle = 3,
                                 .conflict = domain::on_conflict::fail,
                                 .reason = "asked\n\\.\n\tby hand\r\n",
                                 .actor = "somebody",
                                 .address = "someone@example.org"});
    command.correlation_id = "trace-1";
    command.occurred_at = an_attempt().at;
    return command;
}

struct redriven_join {
    domain::envelope command;
    eventstore::dead_letter_id id;
    eventstore::chain chain;
    chain_fate done;
};

/// A new member's Join was parked, and is redriven.
redriven_join redrive_a_join(eventstore::log& log) {
    const auto command = make_command(new_member(), command_kind::join);
    const auto id = park(log, command).id;
    const auto chain = redriven({}, command, id);
    return {.command = command, .id = id, .chain = chain, .done = append(log, chain)};
}

} // namespace

TEST_SUITE_BEGIN("dead letters");

TEST_CASE("park: the command stands whole in the dead-letter stream, its id is the position") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto head = bring_to(*log, who, state::verification_pending);
        const auto command = whole_command(who);
        const auto done = park(*log, command);
        CHECK_EQ(done, (park_fate{.id = log->tails().at(partition_for(*log, who)), .found = head}));
        CHECK_EQ(happenings(*log, done.id),
                 std::vector<domain::dead_letter_event>{parked_event(command)});
        CHECK_EQ(log->dead_letter(done.id).at(0).position, done.id);
        CHECK_EQ(log->dead_letter(done.id).at(0).who, who);
        CHECK_EQ(head_of(*log, who), head);
    });
}

TEST_CASE("park: a key that the member's stream holds is not parked") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto join = make_command(who, command_kind::join);
        const auto written = decided({}, {join});
        const auto first = append(*log, written).first;
        CHECK_EQ(park(*log, join),
                 (park_fate{.holder = recorded_as(written, 0, first), .found = written.after}));
        CHECK_EQ(log->tails().at(partition_for(*log, who)), first);
    });
}

TEST_CASE("park: who finds a parked key is told whose submission was parked") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto command =
            std::make_shared<domain::envelope>(make_command(new_member(), command_kind::join));
        eventstore::parking one{.command = command,
                                .attempts = {an_attempt()},
                                .code = "retry_budget_spent",
                                .submission = eventstore::submission_number{-4}};
        const auto partition = partition_for(*log, command->who);
        REQUIRE_FALSE(log->park(partition, {&one, 1}).at(0).holder.has_value());
        one.submission = eventstore::submission_number{5};
        const auto found = log->park(partition, {&one, 1}).at(0).holder;
        CHECK_EQ(std::get<eventstore::parked>(*found).submission,
                 eventstore::submission_number{-4});
    });
}

TEST_CASE("park: a parked key is not parked again, not even in the same call") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto command =
            std::make_shared<domain::envelope>(make_command(who, command_kind::join));
        const eventstore::parking one{
            .command = command, .attempts = {an_attempt()}, .code = "retry_budget_spent"};
        const auto fates = log->park(partition_for(*log, who), std::vector{one, one});
        CHECK_FALSE(fates.at(0).holder);
        const auto again =
            park_fate{.holder = parked_as(*command, fates.at(0).id, dead_letter_status::parked)};
        CHECK_EQ(fates.at(1), again);
        CHECK_EQ(park(*log, *command), again);
    });
}

TEST_CASE("redrive: the member's event and CommandRedriven are written together") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto [command, id, chain, done] = redrive_a_join(*log);
        CHECK_EQ(done, (chain_fate{.what = fate::appended,
                                   .found = chain.after,
                                   .first = eventstore::global_position{number_of(id) + 1},
                                   .has_parked_keys = true}));
        CHECK_EQ(head_of(*log, command.who), chain.after);
        CHECK_EQ(happenings(*log, id),
                 std::vector<domain::dead_letter_event>{
                     parked_event(command),
                     domain::command_redriven{.by = an_operator, .reason = "fixed"}});
    });
}

TEST_CASE("redrive: the key answers with the event from then on, also to a second redrive") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto [command, id, chain, done] = redrive_a_join(*log);
        chain_fate again{.what = fate::key_found,
                         .found = chain.after,
                         .keys = {found_key{0, recorded_as(chain, 0, done.first)}}};
        CHECK_EQ(append(*log, decided({}, {command})), again);
        again.has_parked_keys = true; // as is said of whatever redrives
        const auto other =
            make_command(command.who, command_kind::leave, {.key = command.idempotency_key});
        CHECK_EQ(append(*log, redriven(chain.after, other, id)), again);
        CHECK_EQ(happenings(*log, id).size(), 2);
    });
}

TEST_CASE("redrive: the letter is closed for a discard then") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto id = redrive_a_join(*log).id;
        CHECK_EQ(log->discard(id, a_discard()), remediation_fate::closed);
        CHECK_EQ(log->record_failure(id, a_failure()), remediation_fate::already_done);
        CHECK_EQ(happenings(*log, id).size(), 2);
    });
}

TEST_CASE("redrive: a stale head leaves the letter parked") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto command = make_command(who, command_kind::join);
        const auto id = park(*log, command).id;
        const auto joined = bring_to(*log, who, state::invited_or_joined);
        CHECK_EQ(append(*log, redriven({}, command, id)),
                 (chain_fate{.what = fate::conflict, .found = joined, .has_parked_keys = true}));
        CHECK_EQ(happenings(*log, id).size(), 1);
        CHECK_EQ(head_of(*log, who), joined);
    });
}

TEST_CASE("redrive: a discarded letter stands in the way") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto command = make_command(who, command_kind::join);
        const auto id = park(*log, command).id;
        CHECK_EQ(log->discard(id, a_discard()), remediation_fate::done);
        const auto holder = parked_as(command, id, dead_letter_status::discarded);
        CHECK_EQ(append(*log, redriven({}, command, id)),
                 (chain_fate{.what = fate::key_found,
                             .keys = {found_key{0, holder}},
                             .has_parked_keys = true}));
        CHECK_EQ(head_of(*log, who), eventstore::head{});
    });
}

TEST_CASE("redrive: goes along with other chains of a call, all in one transaction") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto command = make_command(who, command_kind::join);
        const auto id = park(*log, command).id;
        const auto other = new_member_of(who.guild);
        const std::vector<eventstore::chain> chains{
            redriven({}, command, id), decided({}, {make_command(other, command_kind::join)})};
        for (const auto& one : log->append(partition_for(*log, who), {}, chains).fates)
            CHECK_EQ(one.what, fate::appended);
        CHECK_EQ(head_of(*log, other), chains[1].after);
        CHECK_EQ(head_of(*log, who), chains[0].after);
    });
}

TEST_CASE("record_failure: the letter stays parked, with the new attempts") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto command = make_command(who, command_kind::join);
        const auto id = park(*log, command).id;
        CHECK_EQ(log->record_failure(id, a_failure()), remediation_fate::done);
        CHECK_EQ(happenings(*log, id),
                 std::vector<domain::dead_letter_event>{parked_event(command), a_failure()});
        CHECK_EQ(append(*log, redriven({}, command, id)).what, fate::appended);
    });
}

TEST_CASE("discard: closes a letter once") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto command = make_command(new_member(), command_kind::join);
        const auto id = park(*log, command).id;
        CHECK_EQ(log->discard(id, a_discard()), remediation_fate::done);
        CHECK_EQ(log->discard(id, a_discard()), remediation_fate::already_done);
        CHECK_EQ(log->record_failure(id, a_failure()), remediation_fate::closed);
        CHECK_EQ(happenings(*log, id),
                 std::vector<domain::dead_letter_event>{parked_event(command), a_discard()});
    });
}

TEST_CASE("an act on a letter as it was seen is not done once there is a later event") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto command = make_command(new_member(), command_kind::join);
        const auto id = park(*log, command).id;
        const eventstore::letter_seen as_parked(id, id);
        CHECK_EQ(log->record_failure(as_parked, a_failure()), remediation_fate::done);
        CHECK_EQ(log->record_failure(as_parked, a_failure()), remediation_fate::changed);
        CHECK_EQ(log->discard(as_parked, a_discard()), remediation_fate::changed);
        CHECK_EQ(happenings(*log, id).size(), 2);

        const eventstore::letter_seen as_failed(id, log->dead_letter(id).back().position);
        CHECK_EQ(log->discard(as_failed, a_discard()), remediation_fate::done);
        CHECK_EQ(log->discard(as_failed, a_discard()), remediation_fate::changed);
        const eventstore::letter_seen as_discarded(id, log->dead_letter(id).back().position);
        CHECK_EQ(log->discard(as_discarded, a_discard()), remediation_fate::already_done);
        CHECK_EQ(happenings(*log, id).size(), 3);
    });
}

TEST_CASE("redrive: a letter that changed since it was seen stands in the way") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto who = new_member();
        const auto command = make_command(who, command_kind::join);
        const auto id = park(*log, command).id;
        CHECK_EQ(log->record_failure(id, a_failure()), remediation_fate::done);
        auto chain = redriven({}, command, id);
        chain.steps.front().redriven->seen = id;
        const auto holder = parked_as(command, id, dead_letter_status::parked);
        CHECK_EQ(append(*log, chain), (chain_fate{.what = fate::key_found,
                                                  .keys = {found_key{0, holder}},
                                                  .has_parked_keys = true}));
        CHECK_EQ(head_of(*log, who), eventstore::head{});

        chain.steps.front().redriven->seen = log->dead_letter(id).back().position;
        CHECK_EQ(append(*log, chain).what, fate::appended);
    });
}

TEST_CASE("a letter that is not there is unknown, a member's event is none") {
    on_each_log([](log_world& world) {
        const auto log = world.open();
        const auto event =
            append(*log, decided({}, {make_command(new_member(), command_kind::join)})).first;
        for (const auto id :
             {event,
              eventstore::position_at(eventstore::partition_number{log->partitions() - 1}, 1 << 30),
              eventstore::position_at(
                  eventstore::partition_number{eventstore::partition_count_max - 1}, 1)}) {
            CHECK_EQ(log->discard(id, a_discard()), remediation_fate::unknown);
            CHECK_EQ(log->record_failure(id, a_failure()), remediation_fate::unknown);
            CHECK(log->dead_letter(id).empty());
        }
    });
}

TEST_SUITE_END();

} // namespace datadrop::test
