#include "processor/core/machine.hpp"

#include "domain/check.hpp"

#include <algorithm>
#include <utility>

namespace datadrop::processor {
namespace {

/// A late attempt of a command that lost a race, and every last attempt, locks the tail before it
/// decides: so contention alone never spends a budget.
bool wants_reservation(const entry& e, const budget& tries) {
    const int made = static_cast<int>(e.attempts.size());
    return (made >= 2 && e.lost_races > 0) || (made > 0 && made + 1 >= tries.attempts_max);
}

/// A contended lane does not even try without.
bool wants_reservation(const lane& l, const budget& tries) {
    return l.contended || std::ranges::any_of(l.ready, [&](const entry_ptr& e) {
               return wants_reservation(*e, tries);
           });
}

bool is_behind(const eventstore::log_point& point, const known_tail& known) {
    return point.tail < known.at()->tail;
}

std::size_t commands_under_way(const std::vector<lane*>& lanes) {
    std::size_t commands = 0;
    for (const auto* l : lanes)
        commands += l->chain.size();
    return commands;
}

} // namespace

machine::machine(int partitions, const core_limits& limits, std::uint64_t seed)
    : limits_(limits), random_(seed), cache_(limits.cache_members_max),
      partitions_(static_cast<std::size_t>(partitions)) {
    domain::check(limits.queue_max >= 1, "the queue has room for a command");
}

// ---- inputs

void machine::submit(std::vector<submission> commands, moment now) {
    // Whole or not at all: half of an array would leave its sender to find out which half.
    if (!admit(commands)) return refuse(commands);
    for (auto& s : commands)
        enter(std::move(s), now);
}

void machine::feed(const call_result& result, moment now) {
    // It may lead to another history, and then the other connections may not have noticed yet.
    if (is_over_new_connection(result)) {
        for (auto& part : partitions_)
            part.known.begin_era();
    }
    std::visit([&](const auto& r) { take(r, now); }, result);
}

void machine::take(const heads_loaded& result, moment now) {
    const auto& [partition, seen] = result;
    auto& part = at(partition);
    auto lanes = std::exchange(part.loading, {});
    domain::check(!seen || seen->heads.size() == lanes.size(),
                  "there is a head for each lane loaded");
    const auto learned = seen ? part.known.learn(*seen, part.load_asked) : era::none;
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        auto& l = *lanes[i];
        l.loading = false;
        l.read = now.steady; // what waits since before this has had its fresh read
        if (!seen) continue;
        l.known = seen->heads[i];
        // Perhaps the load saw what others wrote meanwhile, and perhaps not.
        const bool is_old = learned != era::none && l.overtaken && is_behind(*seen->at, part.known);
        l.exact_in = seen->has_parked_keys[i] || is_old ? era::none : learned;
    }
    if (!seen) drop_all(lanes, now);
    for (auto* l : seen ? lanes : std::vector<lane*>{})
        list(*l);
}

void machine::take(const tail_reserved& result, moment now) {
    const auto& [partition, seen] = result;
    auto& part = at(partition);
    // The partition's writer goes on to the append at once, on the connection that holds the lock.
    part.writing = false;
    part.reserving = seen.has_value();
    domain::check(!seen || seen->heads.size() == part.reserved.size(),
                  "there is a head for each lane reserved");
    const auto learned = seen ? part.known.learn(*seen, part.reserve_asked) : era::none;
    for (std::size_t i = 0; seen && i < part.reserved.size(); ++i) {
        auto& l = *part.reserved[i];
        l.contended =
            l.known != seen->heads[i]; // somebody writes here still: do not hope next time
        l.known = seen->heads[i];
        l.exact_in = seen->has_parked_keys[i] ? era::none : learned;
        l.read = now.steady;
    }
    start_append(partition, now); // without the lock when there was none to be had
}

void machine::take(const chains_appended& result, moment now) {
    const auto& [partition, told] = result;
    auto& part = at(partition);
    domain::check(!part.appends.empty(), "what was answered was asked for");
    const auto [lanes, asked, ahead] = std::move(part.appends.front());
    part.appends.erase(part.appends.begin());
    part.reserving = false;
    domain::check(!told || told->fates.size() == lanes.size(), "there is a fate for each chain");
    actions_.reserve(actions_.size() + commands_under_way(lanes));
    if (!told) return drop_all(lanes, now);
    const auto learned = part.known.learn(*told, asked);
    for (const auto& moved : told->moved)
        if (learned != era::none) follow(moved);
    for (std::size_t i = 0; i < lanes.size(); ++i)
        settle(*lanes[i], told->fates[i], learned, now);
}

/// A hint becomes a better one, and what was exact is so again. A dead letter's event leaves a
/// member as it was, but a key may be parked now.
void machine::follow(const eventstore::moved_member& moved) {
    cache_.follow(moved);
    const auto found = lanes_.find(moved.who);
    if (found == lanes_.end()) return;
    auto& l = found->second;
    l.overtaken = true;
    if (!moved.now)
        l.exact_in = era::none;
    else if (l.known)
        l.known = moved.now;
}

void machine::take(const commands_parked& result, moment now) {
    const auto& [partition, fates] = result;
    at(partition).writing = false;
    auto letters = std::exchange(at(partition).parking, {});
    domain::check(!fates || fates->size() == letters.size(),
                  "there is a fate for each command parked");
    for (std::size_t i = 0; i < letters.size(); ++i) {
        auto& [l, command, since] = letters[i];
        --l->elsewhere;
        // Not known to be parked is not told as parked: the same key will find out.
        if (!fates)
            tell_unavailable(*l, std::move(command), now);
        else
            settle_parked(*l, std::move(command), (*fates)[i], now);
        resume(*l);
    }
}

void machine::take(const failure_recorded& result, moment now) {
    auto& part = at(result.partition);
    part.writing = false;
    domain::check(part.recording.has_value(), "a failed redrive is being recorded");
    auto failed = *std::exchange(part.recording, std::nullopt);
    --failed.of->elsewhere;
    // Another operator's act came first, and what this one ran into is on no record.
    failed.result.replayed = result.fate == eventstore::remediation_fate::changed;
    if (result.fate)
        tell(*failed.of, std::move(failed.command), std::move(failed.result), now);
    else
        tell_unavailable(*failed.of, std::move(failed.command), now);
    resume(*failed.of);
}

void machine::tick(moment now) {
    while (!aside_.empty() && aside_.begin()->first <= now.steady) {
        auto [l, command, since] = std::move(aside_.begin()->second);
        aside_.erase(aside_.begin());
        --l->elsewhere;
        // A later attempt starts from a fresh read; one for which the lane stands in line already
        // will do, or each wait that ends would send the lane back to be loaded.
        const bool is_read = l->listed && l->read > since;
        if (l->chain.empty() && !is_read) l->known.reset();
        make_ready(*l, std::move(command));
        resume(*l);
    }
}

void machine::start_work(moment now) {
    for (const auto p : eventstore::all_partitions(static_cast<int>(partitions_.size())))
        pump(p, now);
}

// ---- outputs

std::vector<action> machine::take_actions() { return std::exchange(actions_, {}); }

std::optional<std::chrono::microseconds> machine::wake_at() const {
    // Only those who stepped aside wait for a time; everything else waits for the log.
    if (aside_.empty()) return std::nullopt;
    return aside_.begin()->first;
}

// ---- admission

/// Dynamic thresholds, as switches share a memory among their ports: a guild may have as many
/// commands under way as there is room left. So one alone takes half of the queue, two a third
/// each, and there is always room for another. What finds nobody there goes in when it fits: it
/// would find the same room for ever.
bool machine::admit(const std::vector<submission>& commands) {
    const bool is_alone = admitted_ == 0;
    const auto taken = admitted_ + commands.size();
    if (taken > limits_.queue_max) return false;
    const auto room = limits_.queue_max - taken;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        if (++guilds_[commands[i].command->who.guild].under_way <= room || is_alone) continue;
        // Those that were counted before the one too many are taken back.
        for (std::size_t counted = 0; counted <= i; ++counted) {
            const auto guild = guilds_.find(commands[counted].command->who.guild);
            if (--guild->second.under_way == 0) guilds_.erase(guild);
        }
        return false;
    }
    admitted_ = taken;
    return true;
}

void machine::refuse(const std::vector<submission>& commands) {
    for (const auto& s : commands)
        actions_.push_back(answer{s.to,
                                  {.kind = outcome_kind::overloaded,
                                   .who = s.command->who,
                                   .code = outcome_code::queue_full}});
}

// ---- lanes

lane& machine::lane_of(const domain::envelope& command) {
    if (const auto found = lanes_.find(command.who); found != lanes_.end()) return found->second;
    auto& l = new_lane(command.who);
    l.who = command.who;
    l.partition = eventstore::partition_of(command.who.guild, static_cast<int>(partitions_.size()));
    l.guild = &guilds_.find(command.who.guild)->second;
    // Without it the lane is loaded first.
    const auto* cached = cache_.find(command.who);
    l.known = cached == nullptr ? std::nullopt : std::optional(cached->head);
    l.exact_in = cached == nullptr ? era::none : cached->exact_in;
    l.read = {};
    l.contended = false;
    return l;
}

lane& machine::new_lane(domain::member_id who) {
    if (spare_lanes_.empty()) return lanes_[who];
    auto spare = std::move(spare_lanes_.back());
    spare_lanes_.pop_back();
    spare.key() = who;
    return lanes_.insert(std::move(spare)).position->second;
}

eventstore::submission_number machine::draw_number() {
    return eventstore::submission_number{static_cast<std::int64_t>(random_())};
}

void machine::enter(submission s, moment now) {
    auto& l = lane_of(*s.command);
    auto command = std::make_unique<entry>(entry{.to = s.to,
                                                 .command = std::move(s.command),
                                                 .redriven = std::move(s.redriven),
                                                 .submission = draw_number(),
                                                 .arrival = ++arrivals_,
                                                 .arrived = now.steady});
    const auto [holder, is_new] =
        l.keys.try_emplace(command->command->idempotency_key, command.get());
    // The same key is under way: judged once that one is over, and by what it left.
    if (!is_new) {
        holder->second->followers.push_back(std::move(command));
        return;
    }
    make_ready(l, std::move(command));
    list(l);
}

/// Lists a lane where its next step is due, unless something of it is under way.
void machine::list(lane& l) {
    if (l.ready.empty() || !l.chain.empty() || l.listed || l.loading) return;
    auto& part = at(l.partition);
    (l.known ? l.listed : l.loading) = true;
    if (!l.known)
        part.to_load.add(l.guild->to_load, l);
    else if (wants_reservation(l, limits_.tries))
        part.contending.add(l.guild->contending, l);
    else
        part.ready.add(l.guild->ready, l);
}

/// What follows once something of a lane has ended. The lane may be gone afterwards.
void machine::resume(lane& l) {
    list(l);
    if (!l.idle() || l.listed || l.loading) return;
    // The last one out leaves what it knew to the next who asks for this member.
    // Without that what was known before has been overtaken, perhaps by its own.
    if (l.known)
        cache_.put(l.who, *l.known, l.exact_in);
    else
        cache_.forget(l.who);
    if (l.guild->under_way == 0) guilds_.erase(l.who.guild);
    // The node with its memory is kept for the next member, up to a batch of them.
    auto idle = lanes_.extract(l.who);
    if (spare_lanes_.size() < limits_.batch_steps_max) spare_lanes_.push_back(std::move(idle));
}

} // namespace datadrop::processor
