#include "eventstore/memory/memory_log.hpp"

#include "eventstore/chain.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace datadrop::eventstore::memory {
namespace {

struct used_key {
    global_position position{};
    std::int64_t lifecycle = 0; // after the event
    submission_number by{};
};

struct member_stream {
    head at;
    std::vector<global_position> events; // by version, from 1
    std::map<std::string, used_key, std::less<>> used_keys;
    std::map<std::string, dead_letter_id, std::less<>> parked_keys;
    std::optional<std::string> address;
};

struct letter {
    domain::member_id who;
    domain::dead_letter_status status{};
    std::vector<global_position> events{};
    std::optional<std::string> address{}; // waits for a redrive
    submission_number by{};               // that was parked
};

/// What is kept of a partition. Guarded by `mutex`; written to by whoever has the turn.
struct partition {
    std::mutex mutex;
    std::condition_variable turn_given_back;
    const log* reserved_by = nullptr;
    std::deque<stored_event> events; // by sequence, from 1
    std::unordered_map<domain::member_id, member_stream> members;
    std::map<dead_letter_id, letter> letters;

    const stored_event& event_at(global_position position) const {
        return events.at(static_cast<std::size_t>(sequence_of(position) - 1));
    }
    head head_of(domain::member_id who) const {
        const auto found = members.find(who);
        return found == members.end() ? head{} : found->second.at;
    }
};

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
    const auto& e = std::get<stored_dead_letter_event>(p.event_at(id));
    const auto& what = std::get<domain::command_parked>(e.what);
    const auto& parked_as = p.letters.at(id);
    return {.id = id,
            .status = parked_as.status,
            .command = what.command.kind,
            .data = what.command.data,
            .attempts = static_cast<int>(what.attempts.size()),
            .submission = parked_as.by};
}

/// Who holds a key, a letter that is being redriven aside.
std::optional<key_holder> holder_of(const partition& p, domain::member_id who,
                                    const std::string& key,
                                    const std::optional<redrive>& redriven = std::nullopt) {
    const auto stream = p.members.find(who);
    if (stream == p.members.end()) return std::nullopt;
    if (const auto used = stream->second.used_keys.find(key);
        used != stream->second.used_keys.end())
        return recorded_in(p, used->second);
    const auto parked_key = stream->second.parked_keys.find(key);
    if (parked_key == stream->second.parked_keys.end()) return std::nullopt;
    const auto holder = parked_in(p, parked_key->second);
    const bool own = redriven && redriven->id == holder.id;
    if (own && holder.status == domain::dead_letter_status::parked) return std::nullopt;
    return holder;
}

bool is_expected(const head& found, const head& expected) {
    return found.version == expected.version && found.member == expected.member;
}

/// A chain's fate, `appended` standing for one that is yet to be written.
chain_fate judge(const partition& p, const chain& c) {
    chain_fate result{.what = fate::appended, .found = p.head_of(c.who)};
    for (std::size_t i = 0; i < c.steps.size(); ++i) {
        const auto& s = c.steps[i];
        if (auto holder = holder_of(p, c.who, s.command->idempotency_key, s.redriven))
            result.keys.push_back({.step = i, .holder = std::move(*holder)});
    }
    if (!result.keys.empty())
        result.what = fate::key_found;
    else if (!is_expected(result.found, c.expected))
        result.what = fate::conflict;
    else if (count_events(c) == 0)
        result.what = fate::confirmed;
    return result;
}

} // namespace

class store {
  public:
    store(int partitions, std::function<domain::timestamp()> now)
        : now_(std::move(now)), partitions_(static_cast<std::size_t>(partitions)) {}

    int size() const { return static_cast<int>(partitions_.size()); }
    partition& at(int number) { return partitions_.at(static_cast<std::size_t>(number)); }

    std::optional<std::string> address_of(domain::member_id who) const {
        auto& p = partitions_.at(static_cast<std::size_t>(partition_of(who.guild, size())));
        const std::scoped_lock lock(p.mutex);
        const auto found = p.members.find(who);
        return found == p.members.end() ? std::nullopt : found->second.address;
    }

    // For whoever has the turn of the partition.

    global_position next_position(int number) {
        return position_at(number, static_cast<std::int64_t>(at(number).events.size()) + 1);
    }

    void write(int number, const chain& c) {
        auto& stream = at(number).members[c.who];
        auto version = c.expected.version;
        auto member = c.expected.member;
        for (const auto& s : c.steps) {
            if (!s.event) continue;
            version = next(version);
            member = evolve(member, *s.event);
            write(number, stream, s, {.version = version, .member = member});
        }
        stream.at = c.after;
        if (const auto change = address_change(c)) stream.address = *change;
    }

    /// A letter's event; its first has the letter's id for a position.
    void write(int number, dead_letter_id id, domain::dead_letter_event what) {
        auto& p = at(number);
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

  private:
    void write(int number, member_stream& stream, const step& s, const head& after) {
        const auto& command = *s.command;
        const auto position = next_position(number);
        stream.events.push_back(position);
        stream.used_keys.emplace(command.idempotency_key,
                                 used_key{.position = position,
                                          .lifecycle = after.member.lifecycle,
                                          .by = s.submission});
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

    std::function<domain::timestamp()> now_;
    mutable std::deque<partition> partitions_; // each with a lock of its own
};

namespace {

class memory_log final : public log {
  public:
    explicit memory_log(std::shared_ptr<store> shared) : store_(std::move(shared)) {}
    ~memory_log() override { memory_log::release(); }

    int partitions() const override { return store_->size(); }

    std::vector<head> load(int number, std::span<const domain::member_id> members) override {
        auto& p = store_->at(number);
        const std::scoped_lock lock(p.mutex);
        return heads_in(p, members);
    }

    std::vector<head> reserve(int number, std::span<const domain::member_id> members) override {
        release();
        const auto turn = take_turn(number);
        auto& p = store_->at(number);
        p.reserved_by = this;
        reserved_ = number;
        return heads_in(p, members);
    }

    void release() override {
        if (!reserved_) return;
        const auto turn = take_turn(*reserved_);
        give_back();
    }

    std::vector<chain_fate> append(int number, std::span<const chain> chains) override {
        const auto turn = take_turn(number);
        std::vector<chain_fate> fates;
        for (const auto& c : chains)
            fates.push_back(append(number, c));
        give_back();
        return fates;
    }

    std::vector<park_fate> park(int number, std::span<const parking> commands) override {
        const auto turn = take_turn(number);
        std::vector<park_fate> fates;
        for (const auto& one : commands)
            fates.push_back(park(number, one));
        return fates;
    }

    remediation_fate record_failure(dead_letter_id id,
                                    const domain::redrive_failed& what) override {
        return remediate(id, what, domain::remediation::redrive);
    }

    remediation_fate discard(dead_letter_id id, const domain::command_discarded& what) override {
        return remediate(id, what, domain::remediation::discard);
    }

    std::vector<stored_event> read(int number, global_position after, std::size_t limit) override {
        auto& p = store_->at(number);
        const std::scoped_lock lock(p.mutex);
        const auto first = std::min(static_cast<std::size_t>(sequence_of(after)), p.events.size());
        const auto begin = p.events.begin() + static_cast<std::ptrdiff_t>(first);
        const auto count = std::min(limit, p.events.size() - first);
        return {begin, begin + static_cast<std::ptrdiff_t>(count)};
    }

    std::vector<stored_membership_event>
    history(domain::member_id who, domain::stream_version after, std::size_t limit) override {
        auto& p = store_->at(partition_of(who.guild, partitions()));
        const std::scoped_lock lock(p.mutex);
        std::vector<stored_membership_event> events;
        const auto stream = p.members.find(who);
        if (stream == p.members.end()) return events;
        const auto& positions = stream->second.events;
        for (auto i = static_cast<std::size_t>(number_of(after));
             i < positions.size() && events.size() < limit; ++i)
            events.push_back(std::get<stored_membership_event>(p.event_at(positions[i])));
        return events;
    }

    void require_writable() override {}

    std::vector<stored_dead_letter_event> dead_letter(dead_letter_id id) override {
        std::vector<stored_dead_letter_event> events;
        if (partition_of(id) >= partitions()) return events;
        auto& p = store_->at(partition_of(id));
        const std::scoped_lock lock(p.mutex);
        const auto found = p.letters.find(id);
        if (found == p.letters.end()) return events;
        for (const auto position : found->second.events)
            events.push_back(std::get<stored_dead_letter_event>(p.event_at(position)));
        return events;
    }

    cursor tails() override {
        cursor tails(partitions());
        for (int number = 0; number < partitions(); ++number) {
            auto& p = store_->at(number);
            const std::scoped_lock lock(p.mutex);
            tails.advance(position_at(number, static_cast<std::int64_t>(p.events.size())));
        }
        return tails;
    }

  private:
    /// Waits until nobody else has the partition reserved.
    std::unique_lock<std::mutex> take_turn(int number) {
        auto& p = store_->at(number);
        std::unique_lock lock(p.mutex);
        p.turn_given_back.wait(lock,
                               [&] { return p.reserved_by == nullptr || p.reserved_by == this; });
        return lock;
    }

    /// With the lock held.
    void give_back() {
        if (!reserved_) return;
        auto& p = store_->at(*std::exchange(reserved_, std::nullopt));
        p.reserved_by = nullptr;
        p.turn_given_back.notify_all();
    }

    static std::vector<head> heads_in(const partition& p,
                                      std::span<const domain::member_id> members) {
        std::vector<head> heads;
        for (const auto& who : members)
            heads.push_back(p.head_of(who));
        return heads;
    }

    chain_fate append(int number, const chain& c) {
        auto result = judge(store_->at(number), c);
        if (result.what != fate::appended) return result;
        result.first = store_->next_position(number);
        result.found = c.after;
        store_->write(number, c);
        if (const auto& redriven = c.steps.front().redriven) close_redriven(number, c, *redriven);
        return result;
    }

    /// The address that waited becomes the member's.
    void close_redriven(int number, const chain& c, const redrive& redriven) {
        auto& p = store_->at(number);
        if (auto waited = std::exchange(p.letters.at(redriven.id).address, std::nullopt))
            p.members.at(c.who).address = std::move(waited);
        store_->write(number, redriven.id,
                      domain::command_redriven{.by = redriven.by, .reason = redriven.reason});
    }

    park_fate park(int number, const parking& one) {
        auto& p = store_->at(number);
        const auto& command = *one.command;
        park_fate result{.holder = holder_of(p, command.who, command.idempotency_key),
                         .found = p.head_of(command.who)};
        if (result.holder) return result;
        result.id = store_->next_position(number);
        p.members[command.who].parked_keys.emplace(command.idempotency_key, result.id);
        p.letters.emplace(
            result.id,
            letter{.who = command.who, .address = command.address, .by = one.submission});
        domain::command_parked what{.command = command, .attempts = one.attempts, .code = one.code};
        what.command.address.reset();
        store_->write(number, result.id, std::move(what));
        return result;
    }

    remediation_fate remediate(dead_letter_id id, domain::dead_letter_event what,
                               domain::remediation asked) {
        const int number = partition_of(id);
        if (number >= partitions()) return remediation_fate::unknown;
        const auto turn = take_turn(number);
        auto& p = store_->at(number);
        const auto found = p.letters.find(id);
        if (found == p.letters.end()) return remediation_fate::unknown;
        const auto result = fate_of(found->second.status, asked);
        if (result != remediation_fate::done) return result;
        if (asked == domain::remediation::discard) found->second.address.reset();
        store_->write(number, id, std::move(what));
        return result;
    }

    std::shared_ptr<store> store_;
    std::optional<int> reserved_;
};

} // namespace

std::shared_ptr<store> make_store(int partitions, std::function<domain::timestamp()> now) {
    return std::make_shared<store>(partitions, std::move(now));
}

std::unique_ptr<log> open_log(std::shared_ptr<store> shared) {
    return std::make_unique<memory_log>(std::move(shared));
}

std::optional<std::string> address_of(const store& shared, domain::member_id who) {
    return shared.address_of(who);
}

} // namespace datadrop::eventstore::memory
