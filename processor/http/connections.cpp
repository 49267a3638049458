#include "processor/http/connections.hpp"

#include "processor/http/http_session.hpp"

#include <algorithm>
#include <tuple>

namespace datadrop::processor::http {

namespace {

/// Smaller goes first.
auto rank(const http_session* who) { return std::tuple{who->stands(), who->since()}; }

} // namespace

void connections::enter(http_session& who) {
    if (ordinary_.size() < places_.ordinary || make_room()) {
        ordinary_.insert(&who);
        return;
    }
    // Nobody could go. A spare place is given nevertheless, since this may be a health check.
    if (spare_.size() >= places_.spare) close(*spare_.front());
    spare_.push_back(&who);
}

void connections::leave(http_session& who) {
    ordinary_.erase(&who);
    spare_.remove(&who);
}

bool connections::claim(http_session& who) {
    // It has shown what it wants, and others may have gone meanwhile.
    if (!is_spare(who)) return true;
    if (ordinary_.size() >= places_.ordinary && !make_room()) return false;
    spare_.remove(&who);
    ordinary_.insert(&who);
    return true;
}

bool connections::is_spare(const http_session& who) const {
    return std::ranges::find(spare_, &who) != spare_.end();
}

std::vector<http_session*> connections::all() const {
    std::vector<http_session*> found{ordinary_.begin(), ordinary_.end()};
    found.insert(found.end(), spare_.begin(), spare_.end());
    return found;
}

bool connections::make_room() {
    // One that is being served is never cut off for a newcomer.
    const auto first = std::ranges::min_element(ordinary_, {}, rank);
    if (first == ordinary_.end() || (*first)->stands() == http_session::standing::served)
        return false;
    close(**first);
    return true;
}

/// Its coroutine ends later, but what it held is free at once.
void connections::close(http_session& who) {
    ++closed_for_room_;
    leave(who);
    who.close();
}

} // namespace datadrop::processor::http
