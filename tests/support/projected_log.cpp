#include "tests/support/projected_log.hpp"

#include "tests/support/chains.hpp"

#include <algorithm>

namespace datadrop::projections {

std::string print(const member_row& row) {
    return test::printed_struct("member")
        .field("who", row.who)
        .field("state", row.state)
        .field("version", row.version)
        .field("lifecycle", row.lifecycle)
        .field("has_email", row.has_email)
        .field("updated_at", row.updated_at)
        .field("position", row.position)
        .text();
}

} // namespace datadrop::projections

namespace datadrop::test {
namespace {

/// Fingerprints of the builders were made with no key, so their addresses would not be this log's.
domain::envelope without_foreign_address(domain::envelope command) {
    if (command.address && command.data.email == fingerprint_for(*command.address))
        command.address.reset();
    return command;
}

const domain::submitter olga{.from = domain::source::operator_, .name = "olga"};

std::shared_ptr<const domain::envelope> shared(const domain::envelope& command) {
    return std::make_shared<const domain::envelope>(command);
}

eventstore::partition_number partition_of(domain::member_id who, int partitions) {
    return eventstore::partition_of(who.guild, partitions);
}

eventstore::chain joined_and_left(domain::member_id who) {
    return decided({}, {make_command(who, domain::command_kind::join),
                        make_command(who, domain::command_kind::leave)});
}

} // namespace

projected_log::projected_log(int partitions)
    : partitions_(partitions), database_({.partitions = partitions}), log_(database_.open_log()) {}

projected_log::projected_log(const scratch_database& empty)
    : partitions_(1), database_({.partitions = 1, .copy_of = &empty}), log_(database_.open_log()) {}

std::vector<domain::member_id> projected_log::make_members(int guilds, int members_per_guild) {
    std::vector<domain::member_id> members;
    for (int g = 0; g < guilds; ++g) {
        const auto first = new_member();
        members.push_back(first);
        for (int m = 1; m < members_per_guild; ++m)
            members.push_back(new_member_of(first.guild));
    }
    return members;
}

void projected_log::submit(const domain::envelope& received,
                           std::optional<eventstore::redrive> redriven) {
    const auto command = without_foreign_address(received);
    auto& head = head_of(command.who);
    if (!std::holds_alternative<domain::event>(decide(head.member, command_in(command)))) return;
    auto chain = decided(head, {command});
    chain.steps.front().redriven = std::move(redriven);
    const auto fates = log_->append(partition_of(command.who, partitions_), {}, {&chain, 1}).fates;
    REQUIRE_EQ(fates.at(0).what, eventstore::fate::appended);
    head = chain.after;
}

void projected_log::bring_to(domain::state goal, domain::member_id who) {
    for (const auto& command : commands_to(goal, who))
        submit(command);
}

void projected_log::submit_random(const std::vector<domain::member_id>& members, int commands) {
    std::uniform_int_distribution<std::size_t> some_member(0, members.size() - 1);
    std::uniform_int_distribution<std::size_t> some_kind(0, domain::count_of<domain::command_kind> -
                                                                1);
    for (int i = 0; i < commands; ++i)
        submit(make_command(members[some_member(random_)],
                            static_cast<domain::command_kind>(some_kind(random_))));
}

void projected_log::pass_through(int members) {
    const auto first = new_member();
    std::vector<eventstore::chain> chains;
    for (int i = 0; i < members; ++i)
        chains.push_back(joined_and_left(new_member_of(first.guild)));
    const auto fates = log_->append(partition_of(first, partitions_), {}, chains).fates;
    REQUIRE(std::ranges::all_of(
        fates, [](const auto& f) { return f.what == eventstore::fate::appended; }));
}

projected_log::parked_command projected_log::park(domain::member_id who,
                                                  domain::command_kind kind) {
    const auto command = make_command(who, kind, {.reason = "of the bot"});
    const auto& head = head_of(who);
    const eventstore::parking parking{.command = shared(command),
                                      .attempts = {{.number = 1,
                                                    .expected_version = domain::stream_version{9},
                                                    .found_state = head.member.current,
                                                    .found_version = head.version}},
                                      .code = "retry_budget_spent"};
    const auto fates = log_->park(partition_of(who, partitions_), {&parking, 1});
    REQUIRE_FALSE(fates.at(0).holder);
    return {.id = fates.at(0).id, .command = command};
}

void projected_log::redrive(const parked_command& letter) {
    submit(letter.command,
           eventstore::redrive{.id = letter.id, .by = olga, .reason = "the role is back"});
}

void projected_log::fail_redrive(eventstore::dead_letter_id id) {
    const auto fate = log_->record_failure(
        id,
        {.by = olga, .code = "stale_expectation", .attempts = {{.number = 1, .why = "no answer"}}});
    REQUIRE_EQ(fate, eventstore::remediation_fate::done);
}

void projected_log::discard(eventstore::dead_letter_id id) {
    REQUIRE_EQ(log_->discard(id, {.by = olga, .reason = "obsolete"}),
               eventstore::remediation_fate::done);
}

void projected_log::start_projectors() {
    const auto link = projections::projector::make_link(options());
    for (const auto p : eventstore::all_partitions(partitions_))
        projectors_.push_back(std::make_unique<projections::projector>(link, p));
}

void projected_log::project() {
    if (projectors_.empty()) start_projectors();
    for (auto& p : projectors_)
        catch_up(*p);
}

std::optional<projections::member_row> projected_log::expected(domain::member_id who) {
    const auto events = log_->history(who, domain::stream_version{0}, 100'000);
    if (events.empty()) return std::nullopt;
    const auto& last = events.back();
    projections::member_row row{.who = who,
                                .state = last.what.to,
                                .version = last.version,
                                .updated_at = last.recorded_at,
                                .position = last.position};
    for (const auto& e : events) {
        const bool joined = e.what.kind == domain::event_kind::member_joined;
        row.lifecycle += joined ? 1 : 0;
        row.has_email = !joined && (row.has_email || e.what.data.email.has_value());
    }
    return row;
}

void catch_up(projections::projector& p) {
    auto result = p.step();
    while (result == projections::projector::step_result::advanced)
        result = p.step();
    REQUIRE_EQ(result, projections::projector::step_result::caught_up);
}

} // namespace datadrop::test
