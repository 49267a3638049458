#pragma once
// Brings the read model to where the log is, one partition at a time, by position: the rows and the
// checkpoint in one transaction. A member's last event says what domain::evolve made of the member
// when it was written, and is taken at its word by one statement; what no event says alone, such as
// a dead letter, is folded here. That the rows are the fold is proven elsewhere, by folding afresh
// (projections/rebuild.hpp, projections/member_check.hpp). One projector is active per partition,
// by a session's advisory lock; others stand by and take over when it goes.

#include "eventstore/log.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "projections/member_check.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace datadrop::projections {

class projector {
  public:
    /// What the projectors of one thread share, so that a process needs one connection however
    /// many partitions there are: the session that reads the log, writes and holds their locks.
    struct link;
    /// Connects at the first step, unless told to before.
    static std::shared_ptr<link> make_link(const eventstore::postgres::session::options& o);
    /// Throws eventstore::unavailable.
    static void connect(link& shared);

    /// On the same session, between the steps: as draw_members and check_members. Throw
    /// eventstore::unavailable, statement_refused, corrupt_event.
    static std::vector<domain::member_id>
    draw_members(link& shared, eventstore::partition_number partition, std::size_t count);
    static members_checked check_members(link& shared, eventstore::partition_number partition,
                                         std::span<const domain::member_id> members,
                                         std::int64_t events_max);

    /// Of one partition. Blocks; one thread at a time for all projectors of a link.
    projector(std::shared_ptr<link> shared, eventstore::partition_number partition);
    ~projector();

    enum class step_result : std::uint8_t {
        standing_by, // another process holds the partition
        caught_up,   // nothing new
        advanced,    // there was something to do: step again
    };

    /// One batch (at most 20,000 events). Throws eventstore::unavailable when the database cannot
    /// be reached (the lock is gone then, and the next step asks for it again) and
    /// statement_refused when it does not let us write. Nothing of the batch is written then,
    /// unless the connection broke at the very commit: the next step reads where it stands.
    step_result step();

    /// The checkpoint, as far as this object has written or seen it.
    eventstore::global_position position() const;

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace datadrop::projections
