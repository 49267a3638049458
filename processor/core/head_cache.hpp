#pragma once
// The heads of the members that were worked on last: a bounded LRU. Each says how well it is known;
// the database is always the judge. One thread at a time.

#include "eventstore/log.hpp"
#include "processor/core/known_tail.hpp"

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>

#include <cstddef>
#include <optional>

namespace datadrop::processor {

class head_cache {
  public:
    struct entry {
        domain::member_id who;
        eventstore::head head;
        era exact_in{};
    };

    explicit head_cache(std::size_t members_max) : members_max_(members_max) {}

    /// Nothing when the member is not in it; finding makes it the youngest.
    const entry* find(domain::member_id who);
    void put(domain::member_id who, const eventstore::head& head, era exact_in = era::none);
    /// Others have written this of a member, or what leaves its head as it is but may have parked a
    /// key. Nothing for one who is not in it.
    void follow(const eventstore::moved_member& moved);
    void forget(domain::member_id who) { members_.get<1>().erase(who); }
    std::size_t size() const { return members_.size(); }

  private:
    using container = boost::multi_index_container<
        entry, boost::multi_index::indexed_by<
                   boost::multi_index::sequenced<>,
                   boost::multi_index::hashed_unique<
                       boost::multi_index::member<entry, domain::member_id, &entry::who>,
                       std::hash<domain::member_id>>>>;

    std::size_t members_max_;
    container members_; // youngest first
};

} // namespace datadrop::processor
