#include "processor/core/known_tail.hpp"

namespace datadrop::processor {

void known_tail::begin_era() {
    at_.reset();
    now_ = era{static_cast<std::uint64_t>(now_) + 1};
}

/// Two connections that tell of two histories are both doubted.
bool known_tail::is_of_now(const std::optional<eventstore::log_point>& at, era asked) {
    if (at && at_ && at->history != at_->history) begin_era();
    return asked == now_;
}

/// A look is of its own moment, which is no earlier than the tail that was known when it was asked
/// for. The first begins an era: others that are under way were asked for before any was known.
era known_tail::learn(const eventstore::members_seen& seen, era asked) {
    if (!is_of_now(seen.at, asked) || !seen.at) return era::none;
    if (!at_) {
        begin_era();
        at_ = seen.at;
    }
    return now_;
}

/// The tail is known where the append left it. What it does not tell of the others leaves a gap,
/// and then what it found itself is all that is known.
era known_tail::learn(const eventstore::append_result& told, era asked) {
    if (!is_of_now(told.at, asked)) return era::none;
    if (!told.at) return now_;
    if (!told.followed) begin_era();
    at_ = told.at;
    return now_;
}

} // namespace datadrop::processor
