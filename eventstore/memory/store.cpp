#include "eventstore/memory/store.hpp"

#include "eventstore/chain.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace datadrop::eventstore::memory {
namespace {

/// Of every log in memory, since none is ever another's restored.
constexpr std::int64_t the_history = 1;

recorded recorded_in(const partition& p, const used_key& key) {
    const auto& e = std::get<stored_membership_event>(p.event_at(key.position));
    return {.event = e.what.kind,
            .data = e.what.data,
            .state = e.what.to,
            .version = e.version,
            .position = key.position,
            .lifecycle = key.lifecycle,
            .submission = key.by};
}

parked parked_in(const partition& p, dead_letter_id id) {
    const auto& first = std::get<stored_dead_letter_event>(p.event_at(id));
    const auto& kept = p.letters.at(id);
    return parked_as(id, kept.status, std::get<domain::command_parked>(first.what), kept.by);
}

/// Nothing of a dead letter's event, and of one that is not there.
std::optional<submission_number> submission_at(const partition& p, global_position position) {
    if (sequence_of(position) > static_cast<std::int64_t>(p.events.size())) return std::nullopt;
    const auto* e = std::get_if<stored_membership_event>(&p.event_at(position));
    if (e == nullptr) return std::nullopt;
    return p.members.at(e->who).used_keys.at(e->idempotency_key).by;
}

/// The tail that is expected: behind the append ahead, if that went as it was planned to. Its
/// events stand together, so the first and the last in their places mean all in theirs.
global_position tail_of(const partition& p, const expectation& expected) {
    const auto tail = expected.at.tail;
    if (!expected.ahead || expected.ahead->events == 0) return tail;
    const auto& ahead = *expected.ahead;
    const global_position first{number_of(tail) + 1}, last{number_of(tail) + ahead.events};
    const bool is_there = submission_at(p, first) == ahead.first;
    return is_there && submission_at(p, last) == ahead.last ? last : tail;
}

} // namespace

// ---- partition

const stored_event& partition::event_at(global_position position) const {
    return events.at(static_cast<std::size_t>(sequence_of(position) - 1));
}

head partition::head_of(domain::member_id who) const {
    const auto found = members.find(who);
    return found == members.end() ? head{} : found->second.at;
}

std::optional<key_holder> partition::holder_of(domain::member_id who, const std::string& key,
                                               const std::optional<redrive>& redriven) const {
    const auto stream = members.find(who);
    if (stream == members.end()) return std::nullopt;
    // An event first: a redriven key is in both, and what counts is that it was written.
    if (const auto used = stream->second.used_keys.find(key);
        used != stream->second.used_keys.end())
        return recorded_in(*this, used->second);
    const auto parked_key = stream->second.parked_keys.find(key);
    if (parked_key == stream->second.parked_keys.end()) return std::nullopt;
    const auto holder = parked_in(*this, parked_key->second);
    // The letter that is being redriven does not stand in its own way, unless somebody closed it or
    // did something else to it.
    const bool own =
        redriven && redriven->id == holder.id && letters.at(holder.id).is_as_seen(redriven->seen);
    if (own && holder.status == domain::dead_letter_status::parked) return std::nullopt;
    return holder;
}

bool partition::has_parked_keys(domain::member_id who) const {
    const auto stream = members.find(who);
    if (stream == members.end()) return false;
    return std::ranges::any_of(stream->second.parked_keys, [&](const auto& key_and_letter) {
        const auto status = letters.at(key_and_letter.second).status;
        return status != domain::dead_letter_status::redriven;
    });
}

members_seen partition::look_at(std::span<const domain::member_id> who,
                                global_position tail) const {
    members_seen seen;
    for (const auto& one : who) {
        seen.heads.push_back(head_of(one));
        seen.has_parked_keys.push_back(has_parked_keys(one));
    }
    if (!who.empty()) seen.at = log_point{.history = the_history, .tail = tail};
    return seen;
}

std::vector<moved_member> partition::movers_of_last(std::int64_t count) const {
    std::vector<moved_member> moved;
    std::set<std::pair<domain::member_id, bool>> told;
    for (auto e = events.end() - count; e != events.end(); ++e) {
        const bool of_member = std::holds_alternative<stored_membership_event>(*e);
        const auto who = std::visit([](const auto& one) { return one.who; }, *e);
        if (!told.emplace(who, of_member).second) continue;
        moved.push_back(
            {.who = who, .now = of_member ? std::optional(head_of(who)) : std::nullopt});
    }
    return moved;
}

/// What an index would object to: a version or a key that is used.
bool partition::is_used(const chain& c) const {
    const auto stream = members.find(c.who);
    if (stream == members.end()) return false;
    if (count_events(c) > 0 && c.expected.version < stream->second.at.version) return true;
    return std::ranges::any_of(c.steps, [&](const step& s) {
        return stream->second.used_keys.contains(s.command->idempotency_key);
    });
}

chain_fate partition::judge(const chain& c, knowledge by) const {
    if (by == knowledge::exact && !is_used(c))
        return {.what = count_events(c) == 0 ? fate::confirmed : fate::appended,
                .found = c.expected};
    chain_fate result{
        .what = fate::appended, .found = head_of(c.who), .has_parked_keys = has_parked_keys(c.who)};
    for (std::size_t i = 0; i < c.steps.size(); ++i) {
        const auto& s = c.steps[i];
        if (auto holder = holder_of(c.who, s.command->idempotency_key, s.redriven))
            result.keys.push_back({.step = i, .holder = std::move(*holder)});
    }
    // Keys before the head: a command that was written before moved the head itself, and is to hear
    // of its own success rather than of a conflict.
    if (!result.keys.empty())
        result.what = fate::key_found;
    else if (result.found != c.expected)
        result.what = fate::conflict;
    else if (count_events(c) == 0)
        result.what = fate::confirmed;
    return result;
}

// ---- store

log_point store::end_of(partition_number number) const {
    return {.history = the_history,
            .tail = position_at(number, static_cast<std::int64_t>(at(number).events.size()))};
}

written_since store::look_behind(partition_number number,
                                 const std::optional<expectation>& expected) const {
    const auto end = end_of(number);
    if (!expected || expected->at.history != end.history) return {};
    const auto count = number_of(end.tail) - number_of(tail_of(at(number), *expected));
    if (count < 0 || count > followed_max_) return {};
    return {.told = true, .moved = at(number).movers_of_last(count)};
}

void store::restore(const store& backup) {
    for (const auto number : all_partitions(size())) {
        const auto& from = backup.at(number);
        auto& to = at(number);
        to.events = from.events;
        to.members = from.members;
        to.letters = from.letters;
    }
}

global_position store::next_position(partition_number number) const {
    return position_at(number, static_cast<std::int64_t>(at(number).events.size()) + 1);
}

void store::write(partition_number number, const chain& c) {
    auto& stream = at(number).members[c.who];
    // From what was expected, which was found: the chain was judged.
    auto version = c.expected.version;
    auto member = c.expected.member;
    for (const auto& s : c.steps) {
        if (!s.event) continue; // it was only checked
        version = next(version);
        member = evolve(member, *s.event);
        write(number, stream, s, {.version = version, .member = member});
    }
    stream.at = c.after;
    if (const auto change = address_change(c)) stream.address = *change;
}

void store::write(partition_number number, dead_letter_id id, domain::dead_letter_event what) {
    auto& p = at(number);
    // The status is a fold, too, so that no event can leave it behind.
    auto& changed = p.letters.at(id);
    const auto position = next_position(number);
    changed.status = evolve(changed.status, what);
    changed.events.push_back(position);
    p.events.emplace_back(stored_dead_letter_event{.position = position,
                                                   .letter = id,
                                                   .who = changed.who,
                                                   .what = std::move(what),
                                                   .recorded_at = now_()});
}

void store::write(partition_number number, member_stream& stream, const step& s,
                  const head& after) {
    // The key is remembered with what PostgreSQL has in columns and no event carries.
    const auto& command = *s.command;
    const auto position = next_position(number);
    stream.events.push_back(position);
    stream.used_keys.emplace(
        command.idempotency_key,
        used_key{.position = position, .lifecycle = after.member.lifecycle, .by = s.submission});
    at(number).events.emplace_back(
        stored_membership_event{.position = position,
                                .who = command.who,
                                .version = after.version,
                                .what = *s.event,
                                .from = command.by.from,
                                .idempotency_key = command.idempotency_key,
                                .actor = command.actor,
                                .reason = command.reason,
                                .correlation_id = command.correlation_id,
                                .occurred_at = command.occurred_at,
                                .recorded_at = now_()});
}

} // namespace datadrop::eventstore::memory
