#pragma once
// Members, keys and commands for tests. Nothing here is random: a run can be repeated.

#include "domain/envelope.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace datadrop::test {

/// A member that no other call in this process has given, of this guild or of one of its own.
domain::member_id new_member();
domain::member_id new_member_of(domain::guild_id guild);

/// A key that no other call in this process has given.
std::string new_key();

/// Another fingerprint for another address. It has no key: no server would make it.
domain::email_fingerprint fingerprint_for(std::string_view address);

/// What the command needs to be complete: an address' fingerprint, a campaign, an outcome.
domain::payload payload_for(domain::command_kind kind);

struct command_options {
    std::optional<domain::payload> data{}; // payload_for the command unless said
    std::string key = new_key();
    std::optional<domain::state> expected_state{};
    std::optional<std::int64_t> expected_version{};
    std::optional<std::int64_t> expected_lifecycle{};
    domain::on_conflict conflict = domain::on_conflict::retry;
    std::optional<std::string> reason{};
    std::optional<std::string> actor{}; // "admin" for OverrideVerification unless said
    domain::submitter by{.from = domain::source::bot, .name = "the bot"};
    std::optional<std::string> address{}; // with its fingerprint in the payload
};

/// A command that its payload and its actor do not stand in the way of.
domain::envelope make_command(domain::member_id who, domain::command_kind kind,
                              command_options o = {});

/// The shortest way from nothing to a state. VerificationPending and Verified have an e-mail on
/// record.
std::vector<domain::command_kind> path_to(domain::state goal);

/// The member at the end of that way.
domain::membership membership_at(domain::state goal);

/// The commands of that way, ready to be submitted one after the other.
std::vector<domain::envelope> commands_to(domain::state goal, domain::member_id who);

} // namespace datadrop::test
