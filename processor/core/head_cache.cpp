#include "processor/core/head_cache.hpp"

namespace datadrop::processor {

const head_cache::entry* head_cache::find(domain::member_id who) {
    const auto& by_member = members_.get<1>();
    const auto found = by_member.find(who);
    if (found == by_member.end()) return nullptr;
    members_.relocate(members_.begin(), members_.project<0>(found));
    return &*found;
}

void head_cache::put(domain::member_id who, const eventstore::head& head, era exact_in) {
    auto& by_member = members_.get<1>();
    const entry known{.who = who, .head = head, .exact_in = exact_in};
    if (const auto found = by_member.find(who); found != by_member.end()) {
        by_member.replace(found, known);
        members_.relocate(members_.begin(), members_.project<0>(found));
        return;
    }
    members_.push_front(known);
    if (members_.size() > members_max_) members_.pop_back();
}

void head_cache::follow(const eventstore::moved_member& moved) {
    auto& by_member = members_.get<1>();
    const auto found = by_member.find(moved.who);
    if (found == by_member.end()) return;
    by_member.modify(found, [&](entry& e) {
        if (moved.now)
            e.head = *moved.now;
        else
            e.exact_in = era::none;
    });
}

} // namespace datadrop::processor
