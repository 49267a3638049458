#pragma once
// Who of the writers gets which call of the log next. A writer is a connection that appends: it
// does one thing at a time, and one that holds a partition's tail does nothing but what ends that.
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

    /// What is to be started now: looks first, then calls, the oldest first. Its writers are busy
    /// until they have ended.
    [[nodiscard]] std::vector<assignment> take_assignments();

    void ended(std::size_t writer, const call_result& result);
    void looked(std::size_t writer);

    /// No call waits for a writer.
    bool is_clear() const { return calls_.empty(); }

  private:
    struct seat { // of a writer
        bool busy = false;
        bool look_due = false;
        std::optional<eventstore::partition_number>
            reserved{}; // the partition whose tail it holds, or is about to
        bool is_free() const { return !busy && !reserved; }
    };

    seat* free_writer();
    seat* holder_of(eventstore::partition_number partition);
    seat* writer_for(const log_call& call);
    void expect_nothing();
    assignment assign(seat& w, job what);

    std::vector<seat> writers_;
    std::deque<log_call> calls_;
};

} // namespace datadrop::processor
