#include "projections/read_ahead.hpp"

#include "projections/lasting_session.hpp"

#include <algorithm>

namespace datadrop::projections {
namespace {

/// No server's limit for a statement is felt, progress is seen to move, and a page is not so long
/// that the threads wait for each other at the end.
constexpr std::int64_t page_events_max = 20'000;

} // namespace

read_ahead::read_ahead(const eventstore::postgres::session::options& o, event_range range)
    : options_(o), range_(range), asked_for_(range.after) {
    for (auto& one : readers_)
        start(one);
}

log_page read_ahead::next() {
    auto& one = readers_[turn_];
    turn_ = (turn_ + 1) % readers_.size();
    auto page = one.page.get();
    range_.after = one.range.end;
    start(one);
    return page;
}

void read_ahead::start(page_reader& one) {
    if (asked_for_ == range_.end) return;
    const auto left = number_of(range_.end) - number_of(asked_for_);
    one.range = {.after = asked_for_,
                 .end = eventstore::global_position{number_of(asked_for_) +
                                                    std::min(left, page_events_max)}};
    asked_for_ = one.range.end;
    one.page = std::async(std::launch::async, [this, &one] {
        if (!one.db) {
            one.db = std::make_unique<eventstore::postgres::session>(options_);
            prepare_session(*one.db);
        }
        return read_page(*one.db, one.range);
    });
}

} // namespace datadrop::projections
