#include "tests/sim/support/model/submissions.hpp"

#include <algorithm>

namespace datadrop::sim::model {

asked_command& submissions::add(asked_command s) {
    const auto earlier = of(s.key());
    s.follows = std::ranges::any_of(earlier, [&](const auto* other) {
        return other->process == s.process && !other->answered;
    });
    by_key_[s.key()].push_back(s.ticket);
    return all_.emplace(s.ticket, std::move(s)).first->second;
}

void submissions::forget(processor::ticket t) {
    const auto found = all_.find(t);
    std::erase(by_key_[found->second.key()], t);
    all_.erase(found);
}

std::vector<const asked_command*> submissions::of(const member_key& key) const {
    std::vector<const asked_command*> found;
    const auto tickets = by_key_.find(key);
    if (tickets == by_key_.end()) return found;
    for (const auto t : tickets->second)
        found.push_back(&all_.at(t));
    return found;
}

} // namespace datadrop::sim::model
