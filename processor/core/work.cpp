// Who goes next: what is due in a partition, made up into loads and writes.

#include "eventstore/chain.hpp"
#include "processor/core/machine.hpp"

#include <algorithm>
#include <utility>

namespace datadrop::processor {
namespace {

std::vector<domain::member_id> members_of(const std::vector<lane*>& lanes) {
    std::vector<domain::member_id> members;
    members.reserve(lanes.size());
    for (const auto* l : lanes)
        members.push_back(l->who);
    return members;
}

write_kind after(write_kind kind) {
    switch (kind) {
    case write_kind::park:
        return write_kind::failure_record;
    case write_kind::failure_record:
        return write_kind::append;
    case write_kind::append:
        break;
    }
    return write_kind::park;
}

} // namespace

void machine::pump(eventstore::partition_number partition, moment now) {
    // Writes first: what they find out spares loads.
    if (at(partition).is_free()) start_write(partition, now);
    if (at(partition).appends.size() < limits_.appends_max && at(partition).has_followers())
        start_append(partition, now);
    if (at(partition).loading.empty()) start_load(partition); // which a write may have asked for
}

void machine::start_load(eventstore::partition_number partition) {
    auto& part = at(partition);
    while (!part.to_load.empty() && part.loading.size() < limits_.load_members_max) {
        auto& l = part.to_load.next();
        part.to_load.remove(l);
        l.overtaken = false;
        part.loading.push_back(&l);
    }
    if (part.loading.empty()) return;
    part.load_asked = part.known.now();
    ask(load_heads{partition, members_of(part.loading)});
}

/// The kinds of writes take turns, so that a thousand dead letters of one guild do not keep another
/// waiting. Once more around, since an append leaves those whose time is over.
void machine::start_write(eventstore::partition_number partition, moment now) {
    auto& part = at(partition);
    for (int tried = 0; tried < 5 && part.is_free(); ++tried)
        start_write(std::exchange(part.next_write, after(part.next_write)), partition, now);
}

void machine::start_write(write_kind kind, eventstore::partition_number partition, moment now) {
    auto& writing = at(partition).writing;
    switch (kind) {
    case write_kind::park:
        writing = start_park(partition);
        break;
    case write_kind::failure_record:
        writing = start_failure_record(partition);
        break;
    case write_kind::append:
        // Those who lost before go first, and whatever else is due goes in the same batch.
        writing = start_reservation(partition);
        if (!writing) start_append(partition, now);
        break;
    }
}

bool machine::start_park(eventstore::partition_number partition) {
    auto& part = at(partition);
    park_commands park{partition, {}};
    while (!part.to_park.empty() && park.commands.size() < limits_.park_commands_max) {
        auto letter = part.to_park.take();
        park.commands.push_back({letter.command->command, letter.command->attempts,
                                 std::string(name_of(outcome_code::retry_budget_spent)),
                                 letter.command->submission});
        part.parking.push_back(std::move(letter));
    }
    if (park.commands.empty()) return false;
    ask(std::move(park));
    return true;
}

bool machine::start_failure_record(eventstore::partition_number partition) {
    auto& part = at(partition);
    if (part.failed.empty()) return false;
    // The operator is told once the dead letter's stream says why it is parked still.
    const auto& failed = part.recording.emplace(part.failed.take());
    const auto& redriven = *failed.command->redriven;
    ask(record_failure{partition,
                       {redriven.id, redriven.seen},
                       {.by = redriven.by,
                        .reason = redriven.reason,
                        .code = std::string(code_name(failed.result)),
                        .attempts = failed.command->attempts}});
    return true;
}

/// For no more lanes than half of a batch: what it holds beside them must not wait for ever.
bool machine::start_reservation(eventstore::partition_number partition) {
    auto& part = at(partition);
    while (!part.contending.empty() && 2 * part.reserved.size() < limits_.batch_steps_max) {
        auto& l = part.contending.next();
        part.contending.remove(l);
        part.reserved.push_back(&l);
    }
    if (part.reserved.empty()) return false;
    part.reserve_asked = part.known.now();
    ask(reserve_tail{partition, members_of(part.reserved)});
    ++figures_.reservations;
    return true;
}

void machine::start_append(eventstore::partition_number partition, moment now) {
    auto& part = at(partition);
    choose_in_turns(part, choose_reserved(part, now), now);
    if (part.chosen.empty()) {
        // All that it was locked for is over.
        if (std::exchange(part.reserving, false)) ask(release_tail{partition});
        return;
    }
    append_chains write{.partition = partition, .expected = part.expected()};
    write.chains.reserve(part.chosen.size());
    for (auto* l : part.chosen)
        write.chains.push_back(begin_chain(*l, now));
    ++figures_.appends;
    figures_.appended_chains += write.chains.size();
    part.appends.push_back({std::exchange(part.chosen, {}), part.known.now()});
    // A reservation ends with a commit of its own, behind which nothing can be sent.
    if (!part.reserving) part.appends.back().ahead = eventstore::plan_of(write.chains);
    ask(std::move(write));
}

/// The lanes that the tail is locked for go whole, up to half of a batch. Gives the steps.
std::size_t machine::choose_reserved(partition_work& part, moment now) {
    std::size_t steps = 0;
    for (auto* l : std::exchange(part.reserved, {})) {
        if (2 * steps >= limits_.batch_steps_max) { // what is left over lines up again
            l->listed = false;
            list(*l);
        } else if (choose(part, *l, now)) {
            l->chosen = std::min(l->ready.size(), limits_.batch_steps_max - steps);
            steps += l->chosen;
        }
    }
    return steps;
}

/// Many go in two appends, one behind the other: while the database writes the one, what comes of
/// the other is told, and what comes next is decided.
std::size_t machine::steps_max(const partition_work& part) const {
    const bool in_halves =
        part.appends.empty() && !part.reserving && part.ready.size() >= limits_.halved_from;
    return in_halves ? std::min(part.ready.size() / 2, limits_.batch_steps_max)
                     : limits_.batch_steps_max;
}

/// The rest of a batch is shared: each turn of a guild is one step, so that neither many members of
/// one nor many commands of one member crowd out another.
void machine::choose_in_turns(partition_work& part, std::size_t steps, moment now) {
    const auto most = steps_max(part);
    while (!part.ready.empty() && steps < most) {
        auto& l = part.ready.next();
        if (l.chosen == 0 && !choose(part, l, now)) continue;
        ++steps;
        if (++l.chosen == l.ready.size()) part.ready.remove(l);
    }
    // A lane chosen in part leaves the line too: one chain of it is under way at a time.
    for (auto* l : part.chosen)
        if (l->line != nullptr) part.ready.remove(*l);
}

/// Takes a lane into the append that is being made up, unless nothing of it is due there any more.
bool machine::choose(partition_work& part, lane& l, moment now) {
    drop_expired(l, now);
    // A lane that has nothing left, or has to be read again, gives its place to the next.
    if (!l.ready.empty() && l.known) {
        part.chosen.push_back(&l);
        return true;
    }
    if (l.line != nullptr) part.ready.remove(l);
    l.listed = false;
    resume(l);
    return false;
}

eventstore::chain machine::begin_chain(lane& l, moment now) {
    l.listed = false;
    const bool is_exact = at(l.partition).known.is_exact(l.exact_in);
    const auto known = is_exact ? eventstore::knowledge::exact : eventstore::knowledge::hint;
    auto chain = build_chain(l, std::exchange(l.chosen, 0), known);
    for (auto& f : l.chain)
        if (!f.command->started) f.command->started = now.steady; // its budget runs from here
    return chain;
}

/// The budget is looked at before each append: a processor that was frozen through it does not go
/// on as if no time had passed.
void machine::drop_expired(lane& l, moment now) {
    const auto is_over = [&](const entry_ptr& e) {
        return e->started ? now.steady - *e->started >= limits_.tries.time_max
                          : now.steady - e->arrived >= limits_.queue_wait_max;
    };
    if (std::ranges::none_of(l.ready, is_over)) return;
    for (auto& command : std::exchange(l.ready, {})) {
        // One that never had an attempt is not parked: it only waited, and may come again.
        if (!is_over(command))
            make_ready(l, std::move(command));
        else if (command->started)
            give_up(l, std::move(command), now);
        else
            tell_unavailable(l, std::move(command), now);
    }
}

/// The log could not be reached: whatever waited on it is told so.
void machine::drop_all(const std::vector<lane*>& lanes, moment now) {
    for (auto* l : lanes) {
        l->known.reset(); // a write in doubt may have moved it
        // Those behind a chain did not wait on this call and stay for the next.
        auto chain = std::exchange(l->chain, {});
        auto ready = chain.empty() ? std::exchange(l->ready, {}) : std::deque<entry_ptr>{};
        for (auto& f : chain)
            tell_unavailable(*l, std::move(f.command), now);
        for (auto& command : ready)
            tell_unavailable(*l, std::move(command), now);
        resume(*l);
    }
}

} // namespace datadrop::processor
