#include "eventstore/memory/memory_log.hpp"

#include "eventstore/chain.hpp"
#include "eventstore/memory/store.hpp"

#include <algorithm>
#include <utility>

namespace datadrop::eventstore::memory {
namespace {

class memory_log final : public log {
  public:
    explicit memory_log(std::shared_ptr<store> shared) : store_(std::move(shared)) {}
    ~memory_log() override { memory_log::release(); }

    int partitions() const override { return store_->size(); }

    members_seen load(partition_number number,
                      std::span<const domain::member_id> members) override {
        auto& p = store_->at(number);
        const std::scoped_lock lock(p.mutex);
        return told(p.look_at(members, store_->end_of(number).tail));
    }

    members_seen reserve(partition_number number,
                         std::span<const domain::member_id> members) override {
        release(); // at most one at a time, as a session has one transaction
        const auto turn = take_turn(number);
        auto& p = store_->at(number);
        p.reserved_by = this;
        reserved_ = number;
        return told(p.look_at(members, store_->end_of(number).tail));
    }

    void release() override {
        if (!reserved_) return;
        const auto turn = take_turn(*reserved_);
        give_back();
    }

    append_result append(partition_number number, std::optional<expectation> expected,
                         std::span<const chain> chains) override {
        // One lock for all of them, and the chains one after the other: each is judged on what the
        // one before has left, as under PostgreSQL's lock.
        const auto turn = take_turn(number);
        if (is_new_) expected.reset();
        auto since = store_->look_behind(number, expected);
        append_result result{.followed = since.told};
        for (const auto& c : chains)
            result.fates.push_back(append(number, c, proven(c, since)));
        result.moved = std::move(since.moved);
        result.at = store_->end_of(number);
        give_back();
        return told(std::move(result));
    }

    std::vector<park_fate> park(partition_number number,
                                std::span<const parking> commands) override {
        const auto turn = take_turn(number);
        std::vector<park_fate> fates;
        for (const auto& one : commands)
            fates.push_back(park(number, one));
        return fates;
    }

    remediation_fate record_failure(letter_seen letter,
                                    const domain::redrive_failed& what) override {
        return remediate(letter, what, domain::remediation::redrive);
    }

    remediation_fate discard(letter_seen letter, const domain::command_discarded& what) override {
        return remediate(letter, what, domain::remediation::discard);
    }

    std::vector<stored_event> read(partition_number number, global_position after,
                                   std::size_t limit) override {
        auto& p = store_->at(number);
        const std::scoped_lock lock(p.mutex);
        // Sequences count from 1 without a gap, so the place behind one is its number.
        const auto first = std::min(static_cast<std::size_t>(sequence_of(after)), p.events.size());
        const auto begin = p.events.begin() + static_cast<std::ptrdiff_t>(first);
        const auto count = std::min(limit, p.events.size() - first);
        return {begin, begin + static_cast<std::ptrdiff_t>(count)};
    }

    std::vector<stored_event> scan(partition_number number, global_position from,
                                   const event_filter& wanted, std::size_t limit) override {
        auto& p = store_->at(number);
        const std::scoped_lock lock(p.mutex);
        const auto first = static_cast<std::size_t>(sequence_of(from));
        const auto last = std::min(first + static_cast<std::size_t>(scan_length), p.events.size());
        std::vector<stored_event> events;
        for (auto i = std::max<std::size_t>(first, 1); i <= last && events.size() < limit; ++i)
            if (i == first || i == last || wanted.wants(p.events[i - 1]))
                events.push_back(p.events[i - 1]);
        return events;
    }

    std::vector<stored_membership_event>
    history(domain::member_id who, domain::stream_version after, std::size_t limit) override {
        auto& p = store_->at(partition_of(who.guild, partitions()));
        const std::scoped_lock lock(p.mutex);
        std::vector<stored_membership_event> events;
        const auto stream = p.members.find(who);
        if (stream == p.members.end()) return events;
        // The same holds for the versions of a stream.
        const auto& positions = stream->second.events;
        for (auto i = static_cast<std::size_t>(number_of(after));
             i < positions.size() && events.size() < limit; ++i)
            events.push_back(std::get<stored_membership_event>(p.event_at(positions[i])));
        return events;
    }

    void require_writable() override {}

    std::vector<stored_dead_letter_event> dead_letter(dead_letter_id id) override {
        std::vector<stored_dead_letter_event> events;
        if (number_of(partition_of(id)) >= partitions()) return events;
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
        for (const auto number : all_partitions(partitions())) {
            auto& p = store_->at(number);
            const std::scoped_lock lock(p.mutex);
            tails.advance(position_at(number, static_cast<std::int64_t>(p.events.size())));
        }
        return tails;
    }

  private:
    /// Waits until nobody else has the partition reserved.
    std::unique_lock<std::mutex> take_turn(partition_number number) {
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

    template <typename Answer>
    Answer told(Answer answer) {
        answer.over_new_connection = std::exchange(is_new_, false);
        return answer;
    }

    /// What the tail guard leaves of the knowledge that a chain was decided on.
    static knowledge proven(const chain& c, const written_since& since) {
        if (!since.told || is_redrive(c)) return knowledge::hint;
        const bool moved =
            std::ranges::find(since.moved, c.who, &moved_member::who) != since.moved.end();
        return moved ? knowledge::hint : c.known;
    }

    chain_fate append(partition_number number, const chain& c, knowledge by) {
        auto result = store_->at(number).judge(c, by);
        const auto& redriven = c.steps.front().redriven;
        if (redriven) result.has_parked_keys = true;
        if (result.what != fate::appended) return result;
        result.first = store_->next_position(number);
        result.found = c.after; // once it is written, the head is what it leaves
        store_->write(number, c);
        if (redriven) close_redriven(number, c, *redriven);
        return result;
    }

    /// The address that waited becomes the member's.
    void close_redriven(partition_number number, const chain& c, const redrive& redriven) {
        auto& p = store_->at(number);
        if (auto waited = std::exchange(p.letters.at(redriven.id).address, std::nullopt))
            p.members.at(c.who).address = std::move(waited);
        store_->write(number, redriven.id,
                      domain::command_redriven{.by = redriven.by, .reason = redriven.reason});
    }

    park_fate park(partition_number number, const parking& one) {
        auto& p = store_->at(number);
        const auto& command = *one.command;
        park_fate result{.holder = p.holder_of(command.who, command.idempotency_key),
                         .found = p.head_of(command.who)};
        if (result.holder) return result;
        // The key before the event: from here on nobody else can write or park it.
        result.id = store_->next_position(number);
        p.members[command.who].parked_keys.emplace(command.idempotency_key, result.id);
        p.letters.emplace(
            result.id,
            letter{.who = command.who, .address = command.address, .by = one.submission});
        // The address is kept apart, where it can be erased.
        domain::command_parked what{.command = command, .attempts = one.attempts, .code = one.code};
        what.command.address.reset();
        store_->write(number, result.id, std::move(what));
        return result;
    }

    remediation_fate remediate(letter_seen letter, domain::dead_letter_event what,
                               domain::remediation asked) {
        const auto id = letter.id;
        const auto number = partition_of(id);
        if (number_of(number) >= partitions()) return remediation_fate::unknown;
        const auto turn = take_turn(number);
        auto& p = store_->at(number);
        const auto found = p.letters.find(id);
        if (found == p.letters.end()) return remediation_fate::unknown;
        if (!found->second.is_as_seen(letter.seen)) return remediation_fate::changed;
        // `done` is what will have come of it: the letter is parked, and the step may be taken.
        const auto result = fate_of(found->second.status, asked);
        if (result != remediation_fate::done) return result;
        if (asked == domain::remediation::discard) found->second.address.reset();
        store_->write(number, id, std::move(what));
        return result;
    }

    std::shared_ptr<store> store_;
    std::optional<partition_number> reserved_;
    bool is_new_ = true; // the caller was not told of this connection yet
};

} // namespace

std::shared_ptr<store> make_store(int partitions, std::function<domain::timestamp()> now,
                                  std::int64_t followed_max) {
    return std::make_shared<store>(partitions, std::move(now), followed_max);
}

void restore(store& into, const store& backup) { into.restore(backup); }

std::unique_ptr<log> open_log(std::shared_ptr<store> shared) {
    return std::make_unique<memory_log>(std::move(shared));
}

std::optional<std::string> address_of(const store& shared, domain::member_id who) {
    const auto& p = shared.at(partition_of(who.guild, shared.size()));
    const std::scoped_lock lock(p.mutex);
    const auto found = p.members.find(who);
    return found == p.members.end() ? std::nullopt : found->second.address;
}

} // namespace datadrop::eventstore::memory
