#pragma once
// How long the database took for each kind of call that a server makes of it, and how many calls it
// did not answer. Every thread.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace datadrop::processor {

enum class call_kind : std::uint8_t {
    load,           // of members' heads
    reserve,        // of a partition's end
    release,        // of a reservation
    append,         // of events, or the check of a head
    park,           // of dead letters
    record_failure, // of a redrive
    write_check,    // whether a writer could write
    read,           // for a reader: members, histories, feeds, dead letters
    project,        // a projector's step
    watch,          // a look at the log's end
};

// clang-format off
constexpr std::string_view name_of(call_kind value) {
    using enum call_kind;
    switch (value) {
    case load:            return "load";
    case reserve:         return "reserve";
    case release:         return "release";
    case append:          return "append";
    case park:            return "park";
    case record_failure:  return "record_failure";
    case write_check:     return "write_check";
    case read:            return "read";
    case project:         return "project";
    case watch:           return "watch";
    }
    return {};
}
// clang-format on

inline constexpr std::size_t call_kinds = 10;

/// Seconds, upper bounds; one more has all that is longer.
inline constexpr std::array<double, 10> call_buckets{0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                     0.025,  0.1,   0.25,   1,     2.5};

struct call_figures {
    std::array<std::uint64_t, call_buckets.size() + 1> counts{}; // by bucket
    double seconds = 0;                                          // together
    std::uint64_t errors = 0;
};

class call_meter {
  public:
    /// Runs a call and counts it; what it throws is an error, and passes.
    template <typename Call>
    auto timed(call_kind kind, Call&& call) {
        const measure running(*this, kind);
        return std::forward<Call>(call)();
    }

    /// Counts one that nobody waited for. What failed took its time, too: a database that hangs
    /// shows in both.
    void add(call_kind kind, std::chrono::nanoseconds taken, bool failed);

    call_figures of(call_kind kind) const;

  private:
    class measure {
      public:
        measure(call_meter& meter, call_kind kind);
        ~measure();
        measure(const measure&) = delete;
        measure& operator=(const measure&) = delete;

      private:
        call_meter& meter_;
        const call_kind kind_;
        const int thrown_before_;
        const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    };
    struct counters {
        std::array<std::atomic<std::uint64_t>, call_buckets.size() + 1> counts{};
        std::atomic<std::int64_t> nanoseconds = 0;
        std::atomic<std::uint64_t> errors = 0;
    };

    std::array<counters, call_kinds> all_{};
};

} // namespace datadrop::processor
