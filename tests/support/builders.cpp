#include "tests/support/builders.hpp"

#include <atomic>
#include <stdexcept>
#include <utility>

namespace datadrop::test {
namespace {

using domain::command_kind;
using domain::state;

std::atomic<std::int64_t> last_number{0};
constexpr std::int64_t first_snowflake = 80351110224678912; // of Discord's size

constexpr std::string_view usual_address = "member@example.org";

} // namespace

domain::member_id new_member() {
    return new_member_of(domain::guild_id{first_snowflake + 2 * ++last_number});
}

domain::member_id new_member_of(domain::guild_id guild) {
    return {.guild = guild, .user = domain::user_id{first_snowflake + 2 * ++last_number + 1}};
}

std::string new_key() { return "key-" + std::to_string(++last_number); }

domain::email_fingerprint fingerprint_for(std::string_view address) {
    domain::email_fingerprint fingerprint{};
    for (std::size_t i = 0; i < address.size(); ++i) {
        auto& byte = fingerprint[i % fingerprint.size()];
        byte = static_cast<std::uint8_t>(byte * 31 + static_cast<unsigned char>(address[i]));
    }
    return fingerprint;
}

domain::payload payload_for(command_kind kind) {
    domain::payload data{};
    if (kind == command_kind::request_verification || kind == command_kind::record_email)
        data.email = fingerprint_for(usual_address);
    if (kind == command_kind::require_reverification) data.campaign_id = "autumn";
    if (kind == command_kind::expire_verification) data.outcome = state::kicked;
    return data;
}

domain::envelope make_command(domain::member_id who, command_kind kind, command_options o) {
    auto data = o.data ? *o.data : payload_for(kind);
    if (data.email && !o.data && !o.address) o.address = usual_address;
    if (o.address) data.email = fingerprint_for(*o.address);
    if (kind == command_kind::override_verification && !o.actor) o.actor = "admin";
    domain::envelope command{.who = who,
                             .kind = kind,
                             .data = std::move(data),
                             .idempotency_key = std::move(o.key),
                             .expected_state = o.expected_state,
                             .expected_lifecycle = o.expected_lifecycle,
                             .conflict = o.conflict,
                             .reason = std::move(o.reason),
                             .actor = std::move(o.actor),
                             .by = std::move(o.by),
                             .address = std::move(o.address)};
    if (o.expected_version) command.expected_version = domain::stream_version{*o.expected_version};
    return command;
}

std::vector<command_kind> path_to(state goal) {
    const auto behind = [](state before, command_kind last) {
        auto path = path_to(before);
        path.push_back(last);
        return path;
    };
    switch (goal) {
    case state::none:
        return {};
    case state::invited_or_joined:
        return {command_kind::join};
    case state::onboarding_in_progress:
        return behind(state::invited_or_joined, command_kind::begin_onboarding);
    case state::onboarding_completed:
        return behind(state::onboarding_in_progress, command_kind::complete_onboarding);
    case state::role_eligible:
        return behind(state::onboarding_completed, command_kind::grant_eligibility);
    case state::rules_accepted:
        return behind(state::role_eligible, command_kind::accept_rules);
    case state::verification_pending:
        return behind(state::rules_accepted, command_kind::request_verification);
    case state::verified:
        return behind(state::verification_pending, command_kind::confirm_verification);
    case state::rejected_not_eligible:
        return behind(state::onboarding_completed, command_kind::reject_eligibility);
    case state::kicked:
        return behind(state::invited_or_joined, command_kind::kick);
    case state::left_guild:
        return behind(state::invited_or_joined, command_kind::leave);
    case state::banned:
        return behind(state::invited_or_joined, command_kind::ban);
    }
    throw std::logic_error("no such state");
}

domain::membership membership_at(state goal) {
    domain::membership member;
    for (const auto kind : path_to(goal)) {
        const auto what = decide(member, {.kind = kind, .data = payload_for(kind)});
        member = evolve(member, std::get<domain::event>(what));
    }
    return member;
}

std::vector<domain::envelope> commands_to(state goal, domain::member_id who) {
    std::vector<domain::envelope> commands;
    for (const auto kind : path_to(goal))
        commands.push_back(make_command(who, kind));
    return commands;
}

} // namespace datadrop::test
