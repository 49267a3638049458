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
    const auto [at, is_new] = members_.push_front({who, head});
    if (!is_new) {
        members_.modify(at, [&](entry& e) { e.head = head; });
        members_.relocate(members_.begin(), at);
    }
    if (members_.size() > members_max_) members_.pop_back();
}

} // namespace datadrop::processor
