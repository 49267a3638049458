#include "processor/core/head_cache.hpp"

namespace datadrop::processor {

std::optional<eventstore::head> head_cache::find(domain::member_id who) {
    const auto& by_member = members_.get<1>();
    const auto found = by_member.find(who);
    if (found == by_member.end()) return std::nullopt;
    members_.relocate(members_.begin(), members_.project<0>(found));
    return found->head;
}

void head_cache::put(domain::member_id who, const eventstore::head& head) {
    auto& by_member = members_.get<1>();
    if (const auto found = by_member.find(who); found != by_member.end()) {
        by_member.modify(found, [&](known_head& e) { e.head = head; });
        members_.relocate(members_.begin(), members_.project<0>(found));
        return;
    }
    members_.push_front({who, head});
    if (members_.size() > members_max_) members_.pop_back();
}

} // namespace datadrop::processor
