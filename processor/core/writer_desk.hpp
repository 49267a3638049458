#pragma once
// Who of the writers gets which call of the log next. A writer is a connection that appends: it
// does one thing at a time, but for a second append behind one that was sent ahead, and one that
// holds a partition's tail does nothing but what ends that.
// No threads: whoever runs the calls asks what to start, and tells what has ended.
//
// Thread rule: none inside; one thread at a time.

#include "processor/core/log_calls.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

namespace datadrop::processor {

/// See whether the log can be written. The machine is not told.
struct look {};

using job = std::variant<log_call, look>;

class writer_desk {
  public:
    struct assignment {
        std::size_t writer; // from 0
        job what;
    };

    explicit writer_desk(int writers);

    /// Queues a call.
    void add(log_call call);

    /// Each writer is to look once, as soon as it has nothing else to do.
    void ask_looks();

    /// What is to be started now, until there is nothing: looks first, then calls, the oldest
    /// first. Its writer is busy until it has ended.
    [[nodiscard]] std::optional<assignment> next_assignment();

    /// The append that the writer was given was sent without a wait for its answer: until that has
    /// come, or the connection is lost, another of the partition may be sent behind it.
    void sent_ahead(std::size_t writer);
    void lost(std::size_t writer);

    /// What was begun first ends first.
    void ended(std::size_t writer, const call_result& result);
    void looked(std::size_t writer);

    /// No call waits for a writer.
    bool is_clear() const { return calls_.empty(); }

  private:
    struct seat {          // of a writer
        int under_way = 0; // jobs
        bool look_due = false;
        std::optional<eventstore::partition_number>
            reserved{}; // the partition whose tail it holds, or is about to
        std::optional<eventstore::partition_number> appends{}; // to this partition
        bool sends_ahead = false;                              // another may go behind
        bool is_free() const { return under_way == 0 && !reserved; }
    };

    seat* free_writer();
    seat* holder_of(eventstore::partition_number partition);
    seat* writer_for(const log_call& call, bool is_oldest);
    void expect_nothing();
    assignment assign(seat& w, job what);

    std::vector<seat> writers_;
    std::deque<log_call> calls_;
};

} // namespace datadrop::processor
