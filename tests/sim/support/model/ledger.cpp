#include "tests/sim/support/model/ledger.hpp"

#include "tests/sim/support/model/rules.hpp"

#include <variant>

namespace datadrop::sim::model {
namespace {

using domain::number_of;
using eventstore::number_of;

} // namespace

ledger::ledger(environment& shared)
    : shared_(shared), sequences_(static_cast<std::size_t>(shared.chosen.partitions)) {}

ledger::news ledger::read(eventstore::log& log) {
    news fresh;
    for (const auto p : eventstore::all_partitions(shared_.chosen.partitions)) {
        const auto seen = eventstore::position_at(p, sequences_[index_of(p)]);
        for (const auto& e : log.read(p, seen, 10'000))
            std::visit([&](const auto& one) { take(one, fresh); }, e);
    }
    for (const auto* w : fresh.written) {
        const auto* parked = letter_of({w->event.who, w->event.idempotency_key});
        demand(parked == nullptr || parked->redriven, "a key is never both parked and written",
               "key {} of user {} is in the stream and in a dead letter", w->event.idempotency_key,
               number_of(w->event.who.user));
    }
    return fresh;
}

void ledger::check_position(eventstore::partition_number partition,
                            eventstore::global_position position) {
    auto& last = sequences_[index_of(partition)];
    demand(position == eventstore::position_at(partition, last + 1), "positions run without a gap",
           "position {} came after {} of partition {}", number_of(position), last,
           number_of(partition));
    ++last;
}

std::vector<standing>& ledger::standings_of(domain::member_id who) {
    auto& heads = members_[who];
    if (heads.empty()) heads.push_back({});
    return heads;
}

void ledger::check_event(const standing& before,
                         const eventstore::stored_membership_event& e) const {
    demand(number_of(e.version) == before.version + 1, "versions run without a gap",
           "version {} of user {} came after {}", number_of(e.version), number_of(e.who.user),
           before.version);
    demand(e.what.from == before.current, "each event starts where the last ended",
           "version {} of user {} starts at {}, and the member stood at {}", number_of(e.version),
           number_of(e.who.user), name_of(e.what.from), name_of(before.current));
    domain::envelope asked;
    asked.kind = command_of(e.what.kind);
    asked.data = e.what.data;
    asked.actor = e.actor;
    const auto ruled = rule(before.current, before.has_email, before.lifecycle, asked);
    demand(ruled.to == std::optional(e.what.to), "every transition is an allowed one",
           "{} from {} to {}", name_of(e.what.kind), name_of(before.current), name_of(e.what.to));
}

void ledger::take(const eventstore::stored_membership_event& e, news& fresh) {
    check_position(partition_of(e.position), e.position);
    auto& heads = standings_of(e.who);
    check_event(heads.back(), e);
    const auto now = shared_.time.now();
    heads.back().during.to = now;
    heads.push_back(
        {.version = number_of(e.version),
         .current = e.what.to,
         .has_email = has_email_after(heads.back().has_email, command_of(e.what.kind), e.what.data),
         .lifecycle = lifecycle_after(heads.back().lifecycle, command_of(e.what.kind)),
         .during = {.from = now}});
    const auto [at, is_new] = written_.emplace(member_key{e.who, e.idempotency_key},
                                               written_event{.event = e, .at = now});
    demand(is_new, "a key is written once", "key {} of user {} is written again", e.idempotency_key,
           number_of(e.who.user));
    shared_.seen.saw(sight::event_written);
    fresh.written.push_back(&at->second);
}

void ledger::take(const eventstore::stored_dead_letter_event& e, news& fresh) {
    check_position(partition_of(e.position), e.position);
    if (std::holds_alternative<domain::command_parked>(e.what)) return take_parked(e, fresh);
    const auto found = letters_.find(e.letter);
    demand(found != letters_.end(), "a remedy belongs to a dead letter", "there is no letter {}",
           number_of(e.letter));
    take_remedy(found->second, e.what, fresh);
}

void ledger::take_parked(const eventstore::stored_dead_letter_event& e, news& fresh) {
    const auto& what = std::get<domain::command_parked>(e.what);
    const member_key key{e.who, what.command.idempotency_key};
    demand(written(key) == nullptr, "a key is never both parked and written",
           "key {} of user {} was written, and is parked now", key.key, number_of(key.who.user));
    demand(parked_.emplace(key, e.letter).second, "a key is parked once",
           "key {} of user {} is parked again", key.key, number_of(key.who.user));
    const auto at = letters_.emplace(
        e.letter,
        letter{.id = e.letter, .who = e.who, .parked = what, .open = {.from = shared_.time.now()}});
    shared_.seen.saw(sight::command_parked);
    fresh.parked.push_back(&at.first->second);
}

void ledger::take_remedy(letter& l, const domain::dead_letter_event& what, news& fresh) {
    demand(l.open.to == never, "a closed dead letter stays closed", "letter {} was closed before",
           number_of(l.id));
    if (const auto* failed = std::get_if<domain::redrive_failed>(&what)) {
        l.failures.push_back(*failed);
        shared_.seen.saw(sight::redrive_failed);
        fresh.failed.push_back(&l);
        return;
    }
    l.open.to = shared_.time.now();
    if (const auto* discarded = std::get_if<domain::command_discarded>(&what)) {
        l.discarded = *discarded;
        shared_.seen.saw(sight::letter_discarded);
        return;
    }
    l.redriven = std::get<domain::command_redriven>(what);
    shared_.seen.saw(sight::redrive_accepted);
    demand(written({l.who, l.parked.command.idempotency_key}) != nullptr,
           "a redriven command is written", "letter {} is redriven without an event",
           number_of(l.id));
}

const written_event* ledger::written(const member_key& key) const {
    const auto found = written_.find(key);
    return found == written_.end() ? nullptr : &found->second;
}

const letter* ledger::letter_of(const member_key& key) const {
    const auto found = parked_.find(key);
    return found == parked_.end() ? nullptr : &letters_.at(found->second);
}

const standing* ledger::at_version(domain::member_id who, std::int64_t version) const {
    static const standing nobody{};
    const auto found = members_.find(who);
    if (found == members_.end()) return version == 0 ? &nobody : nullptr;
    const auto& heads = found->second;
    if (version < 0 || version >= static_cast<std::int64_t>(heads.size())) return nullptr;
    return &heads[static_cast<std::size_t>(version)];
}

span_of_time ledger::when(domain::member_id who, std::int64_t version,
                          domain::state current) const {
    const auto* head = at_version(who, version);
    if (head == nullptr || head->current != current) return {.from = never, .to = microseconds(-1)};
    return head->during;
}

void ledger::check_end(eventstore::log& log) const {
    const auto tails = log.tails();
    for (const auto p : eventstore::all_partitions(shared_.chosen.partitions))
        demand(tails.at(p) == eventstore::position_at(p, sequences_[index_of(p)]),
               "positions run without a gap", "partition {} ends at {}, and {} events were seen",
               number_of(p), number_of(tails.at(p)), sequences_[index_of(p)]);
    for (const auto& [who, heads] : members_) {
        const auto p = eventstore::partition_of(who.guild, shared_.chosen.partitions);
        const auto said = log.load(p, {{who}}).heads.front();
        const auto& last = heads.back();
        demand(number_of(said.version) == last.version && said.member.current == last.current &&
                   said.member.has_email == last.has_email,
               "a member is the fold of its events",
               "user {} stands at {} v{}, the log says {} v{}", number_of(who.user),
               name_of(last.current), last.version, name_of(said.member.current),
               number_of(said.version));
    }
}

} // namespace datadrop::sim::model
