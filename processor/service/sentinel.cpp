#include "processor/service/sentinel.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>

namespace datadrop::processor {
namespace {

using projections::projector;

/// Longer streams are left to `projection verify`: folding one would keep the projectors waiting.
constexpr std::int64_t events_max = 2'000;

/// In one snapshot, which keeps a rebuild from switching meanwhile.
constexpr std::size_t checked_at_once_max = 100;

/// Drawing looks at as many pages of the table as it draws members.
constexpr int drawn_seconds = 10;
constexpr int drawn_min = 20;

/// Rows that differ and were told of; beyond that some are told again.
constexpr std::size_t told_max = 10'000;

domain::timestamp now() {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
}

} // namespace

sentinel::sentinel(int rate, int partitions)
    : rate_(rate), partitions_(partitions), figures_{.rate = rate} {}

sentinel_figures sentinel::figures() const {
    const std::lock_guard lock(mutex_);
    return figures_;
}

void sentinel::step(projector::link& on) {
    const auto count = due();
    if (count == 0) return;
    try {
        check(on, count);
        troubles_.succeeded();
    } catch (const eventstore::unavailable&) {
        drawn_.clear(); // another session may lead to another history
    } catch (const std::exception& e) {
        troubles_.failed(e.what()); // such as an event that cannot be read, by its position
    }
}

/// What was missed while the projectors worked is not made up for beyond one snapshot's worth.
std::size_t sentinel::due() {
    const auto until = clock::now();
    due_ += rate_ * std::chrono::duration<double>(until - counted_to_).count();
    counted_to_ = until;
    due_ = std::min(due_, static_cast<double>(checked_at_once_max));
    const auto whole = static_cast<std::size_t>(due_);
    due_ -= static_cast<double>(whole);
    return whole;
}

void sentinel::check(projector::link& on, std::size_t count) {
    if (drawn_.empty()) draw(on);
    const auto some = static_cast<std::ptrdiff_t>(std::min(count, drawn_.size()));
    const std::vector<domain::member_id> members(drawn_.end() - some, drawn_.end());
    drawn_.erase(drawn_.end() - some, drawn_.end());
    note(members, projector::check_members(on, partition_, members, events_max));
}

void sentinel::draw(projector::link& on) {
    partition_ = eventstore::partition_number{(number_of(partition_) + 1) % partitions_};
    const auto count = static_cast<std::size_t>(std::max(drawn_min, rate_ * drawn_seconds));
    drawn_ = projector::draw_members(on, partition_, count);
}

void sentinel::note(const std::vector<domain::member_id>& members,
                    const projections::members_checked& found) {
    for (const auto& who : members) {
        const auto differs = [&](const auto& d) { return d.of == projections::row_owner(who); };
        const auto what = std::ranges::find_if(found.differences, differs);
        if (what == found.differences.end())
            told_.erase(who);
        else if (told_.insert(who).second)
            tell(*what);
    }
    if (told_.size() > told_max) told_.clear();
    const std::lock_guard lock(mutex_);
    figures_.checked += static_cast<std::uint64_t>(found.members);
}

void sentinel::tell(const projections::difference& what) {
    const auto first = first_event_of(what);
    spdlog::warn("the read model is not what the log says: {}, {}: {}{}; `datadrop projection "
                 "verify` lists all, `rebuild` mends them",
                 what.table, what.row, what_differs(what),
                 first ? fmt::format(" (since the event at {})", number_of(*first)) : "");
    const std::lock_guard lock(mutex_);
    ++figures_.differences;
    figures_.last_difference = what;
    figures_.last_at = now();
}

} // namespace datadrop::processor
