#include "projections/read_ahead.hpp"

#include "projections/lasting_session.hpp"
#include "projections/sql/statements.hpp"

#include <algorithm>

namespace datadrop::projections {
read_ahead::read_ahead(const eventstore::postgres::session::options& o, event_range range,
                       std::int64_t page_events)
    : options_(o), page_events_(page_events), range_(range), asked_for_(range.after) {
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
    one.range = {
        .after = asked_for_,
        .end = eventstore::global_position{number_of(asked_for_) + std::min(left, page_events_)}};
    asked_for_ = one.range.end;
    one.page = std::async(std::launch::async, [this, &one] {
        if (!one.db) {
            one.db = std::make_unique<eventstore::postgres::session>(options_);
            prepare_session(*one.db);
            one.db->run_script(sql::statements::read_in_order);
        }
        return read_page(*one.db, one.range);
    });
}

} // namespace datadrop::projections
