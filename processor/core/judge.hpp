#pragma once
// What one command comes to on one head: the pure heart of an attempt. Every thread.

#include "domain/envelope.hpp"
#include "eventstore/log.hpp"

#include <string>
#include <variant>

namespace datadrop::processor {

/// The command's own stated expectation does not hold.
struct stale {
    bool operator==(const stale&) const = default;
};

using verdict = std::variant<domain::event, domain::rejection, stale>;

/// Judges attempt `number` (from 1) of a command. A stay that is over goes first, since no retry
/// brings it back; then the other expectations, then the rules. An expected state holds or not on
/// every attempt; an expected version only on the first (later ones take the version read), and
/// with on_conflict = fail on every one.
verdict judge(const domain::envelope& command, int number, const eventstore::head& current);

/// What comes of all attempts of a command on a member that stays as it is.
verdict judge_at_last(const domain::envelope& command, const eventstore::head& current);

/// Whether a key's holder is this very command: its name and its payload, nothing else.
bool same_command(const domain::envelope& command, const eventstore::key_holder& holder);

/// What attempt `number` was guarded with, and what it met …
domain::attempt attempt_made(const domain::envelope& command, int number,
                             const eventstore::head& expected, const eventstore::head& found,
                             domain::timestamp at);
/// … or what kept the database from answering it.
domain::attempt attempt_unanswered(const domain::envelope& command, int number,
                                   const eventstore::head& expected, std::string why,
                                   domain::timestamp at);

} // namespace datadrop::processor
