#include "tests/sim/support/author.hpp"

#include <algorithm>
#include <utility>

namespace datadrop::sim {

using domain::command_kind;
using domain::state;

namespace {

/// The way to VerificationPending, where a command leaves the state as it is.
command_kind towards_pending(state from) {
    switch (from) {
    case state::none:
    case state::rejected_not_eligible:
    case state::kicked:
    case state::left_guild:
        return command_kind::join;
    case state::invited_or_joined:
        return command_kind::begin_onboarding;
    case state::onboarding_in_progress:
        return command_kind::complete_onboarding;
    case state::onboarding_completed:
        return command_kind::grant_eligibility;
    case state::role_eligible:
        return command_kind::accept_rules;
    case state::rules_accepted:
        return command_kind::request_verification;
    case state::verification_pending:
        return command_kind::record_email;
    case state::verified:
        return command_kind::require_reverification;
    case state::banned:
        break;
    }
    return command_kind::lift_ban;
}

state some_state(dice& random) { return static_cast<state>(random.below(12)); }
command_kind some_kind(dice& random) { return static_cast<command_kind>(random.below(16)); }

} // namespace

author::author(environment& shared, server& database) : shared_(shared), server_(database) {
    const auto first_guild = static_cast<std::int64_t>(1 + shared.random.below(1000));
    for (int i = 0; i < shared.chosen.members; ++i)
        members_.push_back(
            {domain::guild_id{first_guild + i % shared.chosen.guilds}, domain::user_id{100 + i}});
}

eventstore::head author::look_at(domain::member_id who) {
    const eventstore::partition_number partition =
        eventstore::partition_of(who.guild, shared_.chosen.partitions);
    return server_.log().load(partition, {{who}}).heads.front();
}

domain::envelope author::new_command() {
    return command_for(members_[shared_.random.below(members_.size())],
                       fmt::format("key-{}", ++keys_));
}

std::optional<eventstore::chain> author::written_elsewhere(eventstore::partition_number partition) {
    std::vector<domain::member_id> there;
    for (const auto who : members_)
        if (eventstore::partition_of(who.guild, shared_.chosen.partitions) == partition)
            there.push_back(who);
    if (there.empty()) return std::nullopt;
    domain::envelope c;
    c.who = there[shared_.random.below(there.size())];
    const auto before = look_at(c.who);
    const auto allowed = domain::allowed_commands(before.member.current);
    for (const auto kind : {command_kind::lift_ban, command_kind::join, command_kind::leave})
        if (std::ranges::find(allowed, kind) != allowed.end()) c.kind = kind;
    c.idempotency_key = fmt::format("elsewhere-{}", ++keys_);
    c.by = {domain::source::api, "another"};
    const auto what = std::get<domain::event>(domain::decide(before.member, domain::command_in(c)));
    return eventstore::chain{
        .who = c.who,
        .expected = before,
        .steps = {{.command = std::make_shared<const domain::envelope>(c), .event = what}},
        .after = {next(before.version), evolve(before.member, what)}};
}

domain::envelope author::raider() {
    domain::envelope c;
    c.who = {flood::guild, domain::user_id{10'000 + ++keys_}};
    c.kind = command_kind::join;
    c.idempotency_key = fmt::format("raid-{}", keys_);
    c.by = {domain::source::bot, "the bot"};
    if (shared_.chosen.raid.hopeless) c.expected_state = state::verified;
    return c;
}

domain::envelope author::command_for(domain::member_id who, std::string key) {
    auto& random = shared_.random;
    const auto seen = look_at(who);
    domain::envelope c;
    c.who = who;
    c.kind = choose_kind(seen.member.current);
    c.data = payload_of(c.kind);
    c.idempotency_key = std::move(key);
    c.by = random.chance(0.5) ? domain::submitter{domain::source::bot, "the bot"}
                              : domain::submitter{domain::source::api, "the api"};
    state_expectations(c, seen);
    if (random.chance(shared_.chosen.clients.fails_fast)) c.conflict = domain::on_conflict::fail;
    if (random.chance(0.5)) c.actor = "an admin";
    if (random.chance(0.2)) c.reason = "a reason";
    if (random.chance(0.2)) c.correlation_id = "a correlation";
    if (random.chance(0.2)) c.occurred_at = domain::timestamp(shared_.time.now());
    return c;
}

void author::state_expectations(domain::envelope& command, const eventstore::head& seen) {
    auto& random = shared_.random;
    const auto& habits = shared_.chosen.clients;
    if (random.chance(habits.expects_state))
        command.expected_state =
            random.chance(habits.expects_wrongly) ? some_state(random) : seen.member.current;
    if (random.chance(habits.expects_version))
        command.expected_version =
            random.chance(habits.expects_wrongly)
                ? domain::stream_version{static_cast<std::int64_t>(random.below(20))}
                : seen.version;
    if (random.chance(habits.expects_lifecycle))
        command.expected_lifecycle = random.chance(habits.expects_wrongly)
                                         ? static_cast<std::int64_t>(random.below(4))
                                         : seen.member.lifecycle;
}

command_kind author::choose_kind(state current) {
    auto& random = shared_.random;
    if (random.chance(shared_.chosen.clients.plain)) return towards_pending(current);
    if (random.chance(0.2)) return some_kind(random);
    const auto allowed = domain::allowed_commands(current);
    return allowed[random.below(allowed.size())];
}

domain::payload author::payload_of(command_kind kind) {
    auto& random = shared_.random;
    domain::payload data;
    const bool brings_email = kind == command_kind::record_email ||
                              (kind == command_kind::request_verification && random.chance(0.5));
    if (brings_email) data.email.emplace().fill(static_cast<std::uint8_t>(random.below(3)));
    if (kind == command_kind::require_reverification) data.campaign_id = "spring";
    if (kind == command_kind::expire_verification)
        data.outcome = random.one_of({state::kicked, state::rejected_not_eligible});
    return data;
}

domain::envelope author::redriven(const domain::envelope& parked, const domain::submitter& by) {
    auto& random = shared_.random;
    auto command = parked;
    command.by = by;
    const auto change = random.below(3);
    if (change == 0) return command;
    command.expected_state.reset();
    command.expected_version.reset();
    command.expected_lifecycle.reset();
    if (change == 1) return command;
    const auto seen = look_at(parked.who);
    command.expected_state = random.chance(0.8) ? seen.member.current : some_state(random);
    if (random.chance(0.5)) command.expected_version = seen.version;
    return command;
}

} // namespace datadrop::sim
