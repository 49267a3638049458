#pragma once
// The heads of the members that were worked on last: a bounded LRU. A hint only: the database is
// always the judge. One thread at a time.

#include "eventstore/log.hpp"

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>

#include <cstddef>
#include <optional>

namespace datadrop::processor {

class head_cache {
  public:
    explicit head_cache(std::size_t members_max) : members_max_(members_max) {}

    /// Nothing when the member is not in it; finding makes it the youngest.
    std::optional<eventstore::head> find(domain::member_id who);
    void put(domain::member_id who, const eventstore::head& head);
    std::size_t size() const { return members_.size(); }

  private:
    struct known_head {
        domain::member_id who;
        eventstore::head head;
    };
    using container = boost::multi_index_container<
        known_head,
        boost::multi_index::indexed_by<
            boost::multi_index::sequenced<>,
            boost::multi_index::hashed_unique<
                boost::multi_index::member<known_head, domain::member_id, &known_head::who>,
                std::hash<domain::member_id>>>>;

    std::size_t members_max_;
    container members_; // youngest first
};

} // namespace datadrop::processor
