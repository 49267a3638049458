// What an answer of the log means for the commands that waited on it; ending.cpp has the ways on.

#include "domain/check.hpp"
#include "processor/core/machine.hpp"
#include "processor/core/telling.hpp"

#include <utility>

namespace datadrop::processor {

using eventstore::global_position;

namespace {

/// What keeps a log from answering when it is certain, nevertheless, that nothing was written.
constexpr const char* connection_lost = "the connection was lost";

/// What the submitter stated is what was found: those before it in the chain would have led there,
/// and others did. No conflict of its own.
bool expected_what_is_found(const domain::attempt& made) {
    return made.expected_state == made.found_state && made.expected_version == made.found_version;
}

/// One with an event finds it only when the letter is not as it was seen, and is not done.
bool is_own_letter(const flight& f, const eventstore::key_holder& holder) {
    const auto* letter = std::get_if<eventstore::parked>(&holder);
    const auto& redriven = f.command->redriven;
    return redriven && !std::holds_alternative<domain::event>(f.decided) && letter != nullptr &&
           letter->id == redriven->id && letter->status == domain::dead_letter_status::parked;
}

} // namespace

void machine::settle(lane& l, const eventstore::chain_fate& fate, era learned, moment now) {
    l.read = now.steady; // whatever it says, it was seen under the lock just now
    l.exact_in = fate.has_parked_keys ? era::none : learned;
    switch (fate.what) {
    case eventstore::fate::appended:
    case eventstore::fate::confirmed:
        settle_confirmed(l, fate, now);
        break;
    case eventstore::fate::conflict:
        settle_conflict(l, fate.found, now);
        break;
    case eventstore::fate::key_found:
        settle_keys(l, fate, now);
        break;
    case eventstore::fate::not_written:
        settle_unwritten(l, now);
        break;
    }
    resume(l);
}

/// What the chain was decided on was so, and what it wrote stands: all its answers are true. Those
/// behind it that lost a race to what it was decided on have met what it left: nobody came between.
void machine::settle_confirmed(lane& l, const eventstore::chain_fate& fate, moment now) {
    l.known = l.after;
    const auto before = l.chain.front().before;
    for (auto& command : l.ready)
        if (command->met == before) command->met = l.after;
    auto position = fate.first;
    for (auto& f : l.chain) {
        const bool written = std::holds_alternative<domain::event>(f.decided);
        tell_confirmed(l, std::move(f), position, now);
        if (written) position = global_position{number_of(position) + 1};
    }
    l.chain.clear();
}

/// The chain lost a race: it is decided anew, in order and at once, on what was found. What failed
/// is the guard of the chain, and attempts tell that where nothing was stated. Behind a command
/// that met no conflict none is given up, which would be to overtake it.
void machine::settle_conflict(lane& l, const eventstore::head& found, moment now) {
    l.known = found;
    const auto guard = l.chain.front().before;
    bool in_place = false;
    for (auto& f : l.chain) {
        f.before = guard;
        in_place = in_place ||
                   expected_what_is_found(attempt_made(
                       *f.command->command, f.command->attempt_number(), guard, found, now.wall));
        if (in_place)
            make_ready(l, std::move(f.command));
        else
            put_back_beaten(l, std::move(f), found, now);
    }
    l.chain.clear();
}

/// The database did not answer, and it is certain that nothing was written: each command has had an
/// attempt, and is decided anew on a fresh read.
void machine::settle_unwritten(lane& l, moment now) {
    l.known.reset();
    for (auto& [command, decided, before] : std::exchange(l.chain, {})) {
        command->attempts.push_back(attempt_unanswered(*command->command, command->attempt_number(),
                                                       before, connection_lost, now.wall));
        put_back(l, std::move(command), now);
    }
}

/// Keys that were used are answered for. The others of the chain were neither written nor judged,
/// since a chain goes whole or not at all: they go again on what was found, and no attempt of
/// theirs has failed.
void machine::settle_keys(lane& l, const eventstore::chain_fate& fate, moment now) {
    l.known = fate.found;
    auto chain = std::exchange(l.chain, {});
    for (const auto& [step, holder] : fate.keys) {
        domain::check(step < chain.size() && chain[step].command != nullptr,
                      "a key that was found is one of the chain, told once");
        auto& f = chain[step];
        if (is_own_letter(f, holder))
            settle_redrive(l, std::move(f), fate.found, now);
        else {
            auto what = told_of_holder(*f.command, holder, fate.found);
            tell(l, std::move(f.command), std::move(what), now);
        }
    }
    for (auto& f : chain)
        if (f.command) make_ready(l, std::move(f.command));
}

/// A redrive that was only checked finds its own parked key, which is no obstacle: what counts is
/// the head.
void machine::settle_redrive(lane& l, flight f, const eventstore::head& found, moment now) {
    if (f.before == found)
        tell_confirmed(l, std::move(f), {}, now);
    else
        put_back_beaten(l, std::move(f), found, now);
}

/// Parked now, unless the key was written or parked by somebody else meanwhile.
void machine::settle_parked(lane& l, entry_ptr command, const eventstore::park_fate& fate,
                            moment now) {
    if (fate.holder) {
        auto what = told_of_holder(*command, *fate.holder, fate.found);
        return tell(l, std::move(command), std::move(what), now);
    }
    ++figures_.parked;
    auto told = told_at_end(*command, fate.found, outcome_kind::dead_lettered,
                            outcome_code::retry_budget_spent);
    told.dead_letter = fate.id;
    tell(l, std::move(command), std::move(told), now);
}

} // namespace datadrop::processor
