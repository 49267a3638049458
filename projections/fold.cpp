#include "projections/fold.hpp"

#include "projections/dead_letter_json.hpp"

#include <algorithm>
#include <span>

namespace datadrop::projections {
namespace {

using eventstore::global_position;

/// Not worth connecting for.
constexpr std::int64_t short_stretch_max = 10'000;

dead_letter_row row_of(std::span<const eventstore::stored_dead_letter_event> events,
                       const winners& won) {
    return {.id = events.front().letter,
            .shown = dead_letter_json(events, won),
            .position = events.back().position};
}

} // namespace

void fold::put(domain::member_id who, const domain::membership& before) {
    members_[who] = {.who = who,
                     .state = before.current,
                     .lifecycle = before.lifecycle,
                     .has_email = before.has_email};
}

void fold::put(const member_row& row) {
    auto& known = members_[row.who];
    if (known.position <= row.position) known = row;
}

void fold::put(letter_log before) {
    if (before.events.empty()) return;
    won_.merge(before.won);
    letters_[before.events.front().letter] = std::move(before.events);
}

void fold::apply(const log_page& events) {
    for (const auto& e : events.of_members)
        happened(e);
    for (const auto& e : events.of_letters)
        happened(e);
    won_.insert(events.won.begin(), events.won.end());
}

void fold::happened(const member_event& e) {
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

std::int64_t fold::members_until(global_position end) const {
    return std::ranges::count_if(members_,
                                 [&](const auto& each) { return each.second.position <= end; });
}

const member_row* fold::member(domain::member_id who) const {
    const auto found = members_.find(who);
    return found == members_.end() ? nullptr : &found->second;
}

std::vector<member_row> fold::members(global_position since) const {
    std::vector<member_row> rows;
    for (const auto& [who, row] : members_)
        if (row.position > since) rows.push_back(row);
    std::ranges::sort(rows, {}, &member_row::who);
    return rows;
}

std::vector<dead_letter_row> fold::letters(global_position since) const {
    std::vector<dead_letter_row> rows;
    for (const auto& [id, events] : letters_)
        if (events.back().position > since) rows.push_back(row_of(events, won_));
    return rows;
}

log_folder::log_folder(eventstore::postgres::session& from, eventstore::partition_number partition,
                       std::int64_t page_events)
    : db_(&from), partition_(partition), position_(eventstore::position_at(partition, 0)),
      page_events_(page_events) {}

void log_folder::go_on(fold so_far, global_position from) {
    fold_ = std::move(so_far);
    position_ = from;
}

void log_folder::advance_to(global_position end, const std::function<void()>& page_done) {
    end = std::min(end, log_end(*db_, partition_));
    if (position_ >= end) return;
    if (number_of(end) - number_of(position_) <= std::min(short_stretch_max, page_events_)) {
        fold_.apply(read_page(*db_, {.after = position_, .end = end}));
        position_ = end;
        return page_done();
    }
    read_ahead pages(db_->settings(), {.after = position_, .end = end}, page_events_);
    while (!pages.is_at_end()) {
        fold_.apply(pages.next());
        position_ = pages.position();
        page_done();
    }
}

} // namespace datadrop::projections
