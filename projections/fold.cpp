#include "projections/fold.hpp"

#include "projections/dead_letter_json.hpp"

#include <algorithm>

namespace datadrop::projections {
namespace {

constexpr std::int64_t batch_events_max = 5000;

dead_letter_row row_of(std::span<const eventstore::stored_dead_letter_event> events) {
    return {.id = events.front().letter,
            .shown = dead_letter_json(events),
            .position = events.back().position};
}

} // namespace

void touched_rows::add(std::span<const eventstore::stored_event> events) {
    for (const auto& e : events)
        if (const auto* of_member = std::get_if<eventstore::stored_membership_event>(&e))
            members.insert(of_member->who);
        else
            letters.insert(std::get<eventstore::stored_dead_letter_event>(e).letter);
}

void fold::put(std::vector<eventstore::stored_dead_letter_event> events) {
    if (!events.empty()) letters_[events.front().letter] = std::move(events);
}

void fold::apply(const eventstore::stored_event& e) {
    std::visit([this](const auto& what) { happened(what); }, e);
}

void fold::happened(const eventstore::stored_membership_event& e) {
    auto& row = members_[e.who];
    const auto after = evolve(domain::membership{.current = row.state,
                                                 .has_email = row.has_email,
                                                 .lifecycle = row.lifecycle},
                              e.what);
    row = {.who = e.who,
           .state = after.current,
           .version = e.version,
           .lifecycle = after.lifecycle,
           .has_email = after.has_email,
           .updated_at = e.recorded_at,
           .position = e.position};
}

void fold::happened(const eventstore::stored_dead_letter_event& e) {
    letters_[e.letter].push_back(e);
}

std::vector<member_row> fold::members() const {
    std::vector<member_row> rows;
    rows.reserve(members_.size());
    for (const auto& [who, row] : members_)
        rows.push_back(row);
    std::ranges::sort(rows, {}, &member_row::who);
    return rows;
}

std::vector<member_row> fold::members(const std::set<domain::member_id>& wanted) const {
    std::vector<member_row> rows;
    rows.reserve(wanted.size());
    for (const auto& who : wanted)
        rows.push_back(members_.at(who));
    return rows;
}

std::vector<dead_letter_row> fold::letters() const {
    std::vector<dead_letter_row> rows;
    rows.reserve(letters_.size());
    for (const auto& [id, events] : letters_)
        rows.push_back(row_of(events));
    return rows;
}

std::vector<dead_letter_row>
fold::letters(const std::set<eventstore::dead_letter_id>& wanted) const {
    std::vector<dead_letter_row> rows;
    rows.reserve(wanted.size());
    for (const auto id : wanted)
        rows.push_back(row_of(letters_.at(id)));
    return rows;
}

log_folder::log_folder(eventstore::log& from, int partition)
    : log_(&from), partition_(partition), position_(eventstore::position_at(partition, 0)) {}

void log_folder::advance_to(eventstore::global_position end, const batch_seen& seen) {
    while (position_ < end) {
        // Positions have no gaps, so that many events reach `end` and not one more.
        const auto left = number_of(end) - number_of(position_);
        const auto events = log_->read(partition_, position_,
                                       static_cast<std::size_t>(std::min(left, batch_events_max)));
        if (events.empty()) return;
        for (const auto& e : events)
            fold_.apply(e);
        position_ = std::visit([](const auto& e) { return e.position; }, events.back());
        seen(events);
    }
}

} // namespace datadrop::projections
