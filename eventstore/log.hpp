#pragma once
// The log: the one interface through which members' events and dead letters are written and read.
// Behind it stand PostgreSQL (postgres/) and memory (memory/), which one behaviour suite holds to
// the same words.
//
// A `log` object is one connection's worth: it blocks, and is used by one thread at a time. Several
// may work on one log; what they write is ordered by each partition's tail.
//
// Failures: every call may throw `unavailable` (the log cannot be reached, or the fate of a write
// could not be settled in time; sending the same again is safe).

#include "domain/dead_letter.hpp"
#include "domain/ids.hpp"
#include "eventstore/answers.hpp"
#include "eventstore/append_pipe.hpp"
#include "eventstore/event_filter.hpp"
#include "eventstore/position.hpp"
#include "eventstore/stored_event.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

namespace datadrop::eventstore {

struct unavailable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class log {
  public:
    virtual ~log() = default;

    /// How many partitions the log has; fixed when it was made.
    virtual int partitions() const = 0;

    /// Connects unless it is connected, and sees that it could write now. Throws unavailable,
    /// saying what is missing: a connection, rights, a database that takes writes.
    virtual void require_writable() = 0;

    // Writing. All members of a call belong to `partition`.

    /// The members as committed now, and the tail of that moment.
    virtual members_seen load(partition_number partition,
                              std::span<const domain::member_id> members) = 0;

    /// Locks the partition's tail and reads the members under it: until the next `append` or
    /// `release` on this object nobody else writes to the partition. A writer that holds on for
    /// too long is cut off by the log: its append is then not_written.
    virtual members_seen reserve(partition_number partition,
                                 std::span<const domain::member_id> members) = 0;

    /// Gives a reservation back without writing; nothing without one.
    virtual void release() = 0;

    /// Writes the chains in one transaction (that of the reservation when there is one), each with
    /// its own fate. No two chains are of the same member. A chain with a redrive writes to the
    /// dead letter's stream too, and its fate is key_found when the letter is not parked any more,
    /// or changed since it was seen.
    ///
    /// The tail guard: every event of a partition moves its tail, so while that is the one that the
    /// caller expects, what it knows exactly is so, and is not looked up. When it is another one,
    /// what was written since is read by position, up to `followed_max` events: what is known of
    /// members who are not among them holds still, and the others are told. Whatever is not proven
    /// like that is looked up. Over a connection that the caller has not been told of yet nothing
    /// is expected. One append behind another: what was expected of the one ahead is seen to be so
    /// by its events, so none of the two may have a chain of a member whom the other has one of.
    [[nodiscard]] virtual append_result append(partition_number partition,
                                               std::optional<expectation> expected,
                                               std::span<const chain> chains) = 0;

    /// A tail that has moved by more is not followed.
    static constexpr std::int64_t followed_max = 1'000;

    /// For appends that are not waited for; null where each is answered at once.
    virtual append_pipe* pipe() { return nullptr; }

    [[nodiscard]] virtual std::vector<park_fate> park(partition_number partition,
                                                      std::span<const parking> commands) = 0;

    /// Writes RedriveFailed when the dead letter is parked, and as it was seen.
    [[nodiscard]] virtual remediation_fate record_failure(letter_seen letter,
                                                          const domain::redrive_failed& what) = 0;

    /// Writes CommandDiscarded when the dead letter is parked, and as it was seen, and erases the
    /// address it kept.
    [[nodiscard]] virtual remediation_fate discard(letter_seen letter,
                                                   const domain::command_discarded& what) = 0;

    // Reading.

    /// At most `limit` events of a partition behind a position, in order, none skipped ever.
    virtual std::vector<stored_event> read(partition_number partition, global_position after,
                                           std::size_t limit) = 0;

    /// How many events a scan looks at.
    static constexpr std::int64_t scan_length = 10'000;

    /// The event at a position of the partition (none at its beginning), and those that are wanted
    /// of the scan_length behind it, at most `limit` with the first. The last one looked at is
    /// there whatever it is, unless the limit was reached before: behind the last event that comes
    /// back nothing was left out.
    virtual std::vector<stored_event> scan(partition_number partition, global_position from,
                                           const event_filter& wanted, std::size_t limit) = 0;

    /// A member's events behind a version, in order.
    virtual std::vector<stored_membership_event>
    history(domain::member_id who, domain::stream_version after, std::size_t limit) = 0;

    /// All events of a dead letter in order; none when there is no such dead letter.
    virtual std::vector<stored_dead_letter_event> dead_letter(dead_letter_id id) = 0;

    /// The last position given in each partition.
    virtual cursor tails() = 0;
};

} // namespace datadrop::eventstore
