#pragma once
// The log's last events, read once for all feeds that stand at its end: however many they are, an
// event costs the database one look, and its text is made once. Feeds that are further behind read
// for themselves until they are here. What is kept is bounded: a feed that falls out of it reads
// again.
//
// Looks run while there is a feed, and wake the feeds when there is something new, so seldom that
// waking them all leaves the thread to those who write.
//
// The events here are of the history that the last look found. When it is another one now, all of
// them are forgotten, and each feed finds out for itself when it looks up its cursor.
//
// One thread.

#include "processor/http/feed_events.hpp"
#include "processor/service/service.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

namespace datadrop::processor::http {

class live_events : public std::enable_shared_from_this<live_events> {
  public:
    explicit live_events(service& behind);

    /// A feed's place here. The looks begin with the first and end with the last.
    class stay {
      public:
        explicit stay(live_events& at);
        ~stay() { at_.stays_.erase(this); }
        stay(const stay&) = delete;
        stay& operator=(const stay&) = delete;

        /// Returns when there was something new since so many changes, at the time given, and when
        /// it is woken.
        boost::asio::awaitable<void> next_change(std::uint64_t since,
                                                 std::chrono::steady_clock::time_point end);
        void wake() { timer_.cancel(); }

      private:
        live_events& at_;
        boost::asio::steady_timer timer_;
    };

    /// How many stay.
    std::size_t feeds() const { return stays_.size(); }

    /// What is behind the cursor in a partition, as `tell` has it; nothing when that is not known
    /// here. An empty text: there is nothing for this reader.
    std::optional<std::string> tell_behind(eventstore::cursor& at,
                                           eventstore::partition_number partition,
                                           const eventstore::event_filter& wanted) const;

    /// How often there was something new.
    std::uint64_t changes() const { return changes_; }

  private:
    using clock = std::chrono::steady_clock;
    /// One behind the other, and their bytes.
    struct window {
        std::vector<feed_event> events;
        std::size_t bytes = 0;
    };
    /// From before the first event of each window to behind the last.
    struct extent {
        eventstore::cursor begin;
        eventstore::cursor end;
    };
    enum class found { something, nothing, no_database };

    boost::asio::awaitable<void> run(std::shared_ptr<live_events> self);
    boost::asio::awaitable<found> look();
    boost::asio::awaitable<void> begin();
    boost::asio::awaitable<bool> read_on();
    std::vector<eventstore::partition_number> worth_a_look();
    void keep(eventstore::partition_number partition, std::vector<feed_event> events);
    void forget();
    boost::asio::awaitable<void> pause(clock::duration time);

    service& behind_;
    std::unordered_set<stay*> stays_;
    bool running_ = false;
    std::optional<extent> known_;
    std::vector<window> windows_; // by partition
    clock::time_point proof_due_{};
    std::uint64_t changes_ = 0;
    boost::asio::steady_timer pause_;
};

} // namespace datadrop::processor::http
