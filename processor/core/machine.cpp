#include "processor/core/machine.hpp"

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

std::vector<domain::member_id> members_of(const std::vector<lane*>& lanes) {
    std::vector<domain::member_id> members;
    members.reserve(lanes.size());
    for (const auto* l : lanes)
        members.push_back(l->who);
    return members;
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
      partitions_(static_cast<std::size_t>(partitions)) {}

// ---- inputs

bool machine::submit(std::vector<submission> commands, moment now) {
    if (!has_room(commands.size())) return false;
    admitted_ += commands.size();
    for (auto& s : commands)
        enter(std::move(s), now);
    return true;
}

void machine::loaded(int partition, const std::optional<std::vector<eventstore::head>>& heads,
                     moment now) {
    auto lanes = std::exchange(at(partition).loading, {});
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        lanes[i]->loading = false;
        if (heads) lanes[i]->known = (*heads)[i];
    }
    if (!heads) drop_all(lanes, now);
    for (auto* l : heads ? lanes : std::vector<lane*>{})
        list(*l);
}

void machine::reserved(int partition, const std::optional<std::vector<eventstore::head>>& heads,
                       moment now) {
    auto& part = at(partition);
    part.writing = false;
    part.reserving = heads.has_value();
    const auto lanes = std::exchange(part.reserved, {});
    for (std::size_t i = 0; heads && i < lanes.size(); ++i) {
        lanes[i]->contended = lanes[i]->known != (*heads)[i];
        lanes[i]->known = (*heads)[i];
    }
    start_append(partition, now); // without the lock when there was none to be had
}

void machine::appended(int partition,
                       const std::optional<std::vector<eventstore::chain_fate>>& fates,
                       moment now) {
    auto& part = at(partition);
    part.writing = part.reserving = false;
    const auto lanes = std::exchange(part.appending, {});
    actions_.reserve(actions_.size() + commands_under_way(lanes));
    if (!fates) drop_all(lanes, now);
    for (std::size_t i = 0; fates && i < lanes.size(); ++i)
        settle(*lanes[i], (*fates)[i], now);
}

void machine::parked(int partition, const std::optional<std::vector<eventstore::park_fate>>& fates,
                     moment now) {
    at(partition).writing = false;
    auto letters = std::exchange(at(partition).parking, {});
    for (std::size_t i = 0; i < letters.size(); ++i) {
        auto& [l, command] = letters[i];
        --l->elsewhere;
        if (!fates)
            reply_unavailable(*l, std::move(command), now);
        else
            settle_parked(*l, std::move(command), (*fates)[i], now);
        resume(*l);
    }
}

void machine::failure_recorded(int partition, bool was_recorded, moment now) {
    auto& part = at(partition);
    part.writing = false;
    auto failed = std::move(part.failed.front());
    part.failed.pop_front();
    --failed.of->elsewhere;
    if (was_recorded)
        reply(*failed.of, std::move(failed.command), std::move(failed.result), now);
    else
        reply_unavailable(*failed.of, std::move(failed.command), now);
    resume(*failed.of);
}

void machine::tick(moment now) {
    while (!aside_.empty() && aside_.begin()->first <= now.steady) {
        auto [l, command] = std::move(aside_.begin()->second);
        aside_.erase(aside_.begin());
        --l->elsewhere;
        if (l->chain.empty()) l->known.reset(); // a later attempt starts from a fresh read
        make_ready(*l, std::move(command));
        resume(*l);
    }
}

void machine::start_work(moment now) {
    for (int p = 0; p < static_cast<int>(partitions_.size()); ++p)
        pump(p, now);
}

// ---- outputs

std::vector<action> machine::take_actions() { return std::exchange(actions_, {}); }

std::optional<std::chrono::microseconds> machine::wake_at() const {
    if (aside_.empty()) return std::nullopt;
    return aside_.begin()->first;
}

// ---- lanes

lane& machine::lane_of(const domain::envelope& command) {
    if (const auto found = lanes_.find(command.who); found != lanes_.end()) return found->second;
    auto& l = new_lane(command.who);
    l.who = command.who;
    l.partition = eventstore::partition_of(command.who.guild, static_cast<int>(partitions_.size()));
    l.known = cache_.find(command.who);
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
    if (!is_new) {
        holder->second->followers.push_back(std::move(command));
        return;
    }
    make_ready(l, std::move(command));
    list(l);
}

/// Lists a lane where its next step is due, unless something of it is under way. One whose budget
/// is running goes before those that have not begun: the length of the queue is not its fault.
void machine::list(lane& l) {
    if (l.ready.empty() || !l.chain.empty() || l.listed || l.loading) return;
    auto& part = at(l.partition);
    (l.known ? l.listed : l.loading) = true;
    auto& line = l.known ? part.ready : part.to_load;
    l.ready.front()->started ? line.push_front(&l) : line.push_back(&l);
}

/// What follows once something of a lane has ended. The lane may be gone afterwards.
void machine::resume(lane& l) {
    list(l);
    if (!l.idle() || l.listed || l.loading) return;
    if (l.known) cache_.put(l.who, *l.known);
    auto idle = lanes_.extract(l.who);
    if (spare_lanes_.size() < limits_.batch_steps_max) spare_lanes_.push_back(std::move(idle));
}

// ---- who goes next

void machine::pump(int partition, moment now) {
    if (!at(partition).writing) start_write(partition, now);
    if (at(partition).loading.empty()) start_load(partition); // which a write may have asked for
}

void machine::start_load(int partition) {
    auto& part = at(partition);
    while (!part.to_load.empty() && part.loading.size() < limits_.load_members_max) {
        part.loading.push_back(part.to_load.front());
        part.to_load.pop_front();
    }
    if (!part.loading.empty()) actions_.push_back(load_heads{partition, members_of(part.loading)});
}

void machine::start_write(int partition, moment now) {
    auto& part = at(partition);
    part.writing =
        start_park(partition) || start_failure_record(partition) || start_reservation(partition);
    if (part.writing) return;
    start_append(partition, now);
    if (!part.writing) // those whose time was over
        part.writing = start_park(partition) || start_failure_record(partition);
}

bool machine::start_park(int partition) {
    auto& part = at(partition);
    park_commands park{partition, {}};
    while (!part.to_park.empty() && park.commands.size() < limits_.park_commands_max) {
        auto letter = std::move(part.to_park.front());
        part.to_park.pop_front();
        park.commands.push_back({letter.command->command, letter.command->attempts,
                                 std::string(retry_budget_spent), letter.command->submission});
        part.parking.push_back(std::move(letter));
    }
    if (park.commands.empty()) return false;
    actions_.push_back(std::move(park));
    return true;
}

bool machine::start_failure_record(int partition) {
    auto& part = at(partition);
    if (part.failed.empty()) return false;
    const auto& failed = part.failed.front();
    const auto& redriven = *failed.command->redriven;
    actions_.push_back(record_failure{partition,
                                      redriven.id,
                                      {.by = redriven.by,
                                       .reason = redriven.reason,
                                       .code = failed.result.code,
                                       .attempts = failed.command->attempts}});
    return true;
}

bool machine::start_reservation(int partition) {
    auto& part = at(partition);
    const auto wants = [&](const lane* l) { return wants_reservation(*l, limits_.tries); };
    if (std::ranges::none_of(part.ready, wants)) return false;
    const auto others = std::stable_partition(part.ready.begin(), part.ready.end(), wants);
    part.reserved.assign(part.ready.begin(), others);
    actions_.push_back(reserve_tail{partition, members_of(part.reserved)});
    ++figures_.reservations;
    return true;
}

void machine::start_append(int partition, moment now) {
    auto& part = at(partition);
    append_chains write{partition, {}};
    write.chains.reserve(std::min(part.ready.size(), limits_.batch_steps_max));
    std::size_t steps = 0;
    while (!part.ready.empty() && steps < limits_.batch_steps_max) {
        auto& l = *part.ready.front();
        part.ready.pop_front();
        l.listed = false;
        drop_expired(l, now);
        if (l.ready.empty() || !l.known) {
            resume(l);
            continue;
        }
        write.chains.push_back(build_chain(l, limits_.batch_steps_max - steps));
        steps += l.chain.size();
        for (auto& f : l.chain)
            if (!f.command->started) f.command->started = now.steady;
        part.appending.push_back(&l);
    }
    part.writing = !write.chains.empty();
    if (part.writing) {
        ++figures_.appends;
        figures_.appended_chains += write.chains.size();
        actions_.push_back(std::move(write));
    } else if (std::exchange(part.reserving, false)) {
        actions_.push_back(release_tail{partition});
    }
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
        if (!is_over(command))
            make_ready(l, std::move(command));
        else if (command->started)
            spend(l, std::move(command), now);
        else
            reply_unavailable(l, std::move(command), now);
    }
}

/// The log could not be reached: whatever waited on it is told so.
void machine::drop_all(const std::vector<lane*>& lanes, moment now) {
    for (auto* l : lanes) {
        l->known.reset();
        auto chain = std::exchange(l->chain, {});
        auto ready = chain.empty() ? std::exchange(l->ready, {}) : std::deque<entry_ptr>{};
        for (auto& f : chain)
            reply_unavailable(*l, std::move(f.command), now);
        for (auto& command : ready)
            reply_unavailable(*l, std::move(command), now);
        resume(*l);
    }
}

} // namespace datadrop::processor
