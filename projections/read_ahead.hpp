#pragma once
// A long stretch of the log in pages, read ahead on two threads with a session each: sending a page
// is most of the work, and the server can do it for two at once while a third is folded. Used by
// one thread.

#include "projections/log_events.hpp"

#include <array>
#include <future>
#include <memory>

namespace datadrop::projections {

/// No server's limit for a statement is felt, progress is seen to move, and a page is not so long
/// that the threads wait for each other at the end.
inline constexpr std::int64_t page_events_usual = 20'000;

class read_ahead {
  public:
    /// Connects. Throws connection_lost, statement_refused.
    read_ahead(const eventstore::postgres::session::options& o, event_range range,
               std::int64_t page_events = page_events_usual);

    /// The next page, in order; there is one as long as the range is not at its end. Blocks. Throws
    /// as read_page.
    log_page next();
    bool is_at_end() const { return range_.after == range_.end; }
    /// The last position of the page that `next` gave.
    eventstore::global_position position() const { return range_.after; }

  private:
    struct page_reader {
        std::unique_ptr<eventstore::postgres::session> db;
        event_range range;
        std::future<log_page> page; // going first, it waits for its thread
    };
    void start(page_reader& one);

    eventstore::postgres::session::options options_;
    std::int64_t page_events_;
    event_range range_;                     // what `next` has not given yet
    eventstore::global_position asked_for_; // up to here pages are under way
    std::array<page_reader, 2> readers_;
    std::size_t turn_ = 0;
};

} // namespace datadrop::projections
