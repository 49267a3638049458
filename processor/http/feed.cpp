#include "processor/http/feed.hpp"

#include "eventstore/cursor_proof.hpp"
#include "processor/http/client_stream.hpp"
#include "processor/http/feed_events.hpp"
#include "processor/http/http_limits.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace datadrop::processor::http {

namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using clock = std::chrono::steady_clock;
using eventstore::partition_number;

std::string retry_line(std::chrono::milliseconds wait) {
    return fmt::format("retry: {}\n", wait.count());
}

awaitable<void> wait(asio::steady_timer& timer, clock::duration time) {
    timer.expires_after(time);
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(use_awaitable, cancelled));
}

/// A look into the log. A reader that has just lost the database says so at once: the feeds that
/// wait for their turn would each wait for another connection that does not come.
template <typename Look>
auto look(reader& into, Look&& what) {
    if (clock::now() - into.lost_at < feed_wait_max)
        throw eventstore::unavailable("the database was lost a moment ago");
    try {
        return what(into.log);
    } catch (const eventstore::unavailable&) {
        into.lost_at = clock::now();
        throw;
    }
}

/// Made on the reader's thread. Nothing when the cursor is not of this history.
std::optional<std::vector<feed_event>> page_behind(eventstore::log& from,
                                                   const eventstore::cursor& at,
                                                   partition_number partition,
                                                   const eventstore::event_filter& wanted) {
    const auto page = eventstore::read_on(from, at, partition, feed_page_events, wanted);
    if (!page) return std::nullopt;
    return feed_events(*page);
}

/// A guild lives in one partition.
std::vector<partition_number> partitions_of(const eventstore::event_filter& wanted, int count) {
    if (wanted.guild) return {eventstore::partition_of(*wanted.guild, count)};
    const auto all = eventstore::all_partitions(count);
    return {all.begin(), all.end()};
}

class running_feed {
  public:
    running_feed(server_context& server, feed_order order, live_events::stay& here,
                 client_stream& stream)
        : server_(server), at_(std::move(order.after)), wanted_(std::move(order.wanted)),
          partitions_(partitions_of(wanted_, at_.partitions())), here_(here), stream_(stream),
          watch_(std::make_shared<token_watch>(server.behind, order.token, stream)),
          pause_(stream.get_executor()) {}
    ~running_feed() { watch_->end(); }
    running_feed(const running_feed&) = delete;
    running_feed& operator=(const running_feed&) = delete;

    awaitable<void> run() {
        // The system would keep megabytes for each reader that does not keep up.
        stream_.limit_unsent(feed_socket_bytes);
        asio::co_spawn(stream_.get_executor(), watch_->run(watch_), asio::detached);
        // First how long to wait when the feed is lost, which may be in a moment.
        co_await write(retry_line(feed_retry) + "\n");
        auto found = round::no_database;
        // What came meanwhile wakes it, and the wait has an end for the sake of stopping, of the
        // token and of the heartbeat.
        while (goes_on() && found != round::other_history) {
            const auto changes = server_.live->changes();
            found = co_await next_round();
            if (owes_sign()) co_await write(sign());
            if (found == round::nothing)
                co_await here_.next_change(changes, clock::now() + feed_wait_max);
            else if (found == round::no_database)
                co_await wait(pause_, feed_wait_max);
        }
        if (found == round::other_history) co_await tell_of_change();
    }

  private:
    enum class round { events, nothing, no_database, other_history };

    /// A client that takes nothing keeps a write waiting, which is given up with its token.
    class token_watch {
      public:
        token_watch(service& behind, const eventstore::token_hash& token, client_stream& stream)
            : behind_(behind), token_(token), stream_(&stream), look_(stream.get_executor()) {}

        bool in_force() const { return behind_.may_read(token_); }
        void end() {
            stream_ = nullptr;
            look_.cancel();
        }

        awaitable<void> run(std::shared_ptr<token_watch> self) {
            while (stream_ != nullptr) {
                // What the system has of it and has not sent is dropped as well.
                if (stream_->is_writing() && !self->in_force()) stream_->abort();
                co_await wait(look_, feed_wait_max);
            }
        }

      private:
        service& behind_;
        const eventstore::token_hash token_;
        client_stream* stream_; // none once the feed is over
        asio::steady_timer look_;
    };

    bool goes_on() const { return !server_.stopping && stream_.is_open() && watch_->in_force(); }

    awaitable<void> write(std::string text) {
        co_await stream_.write(text);
        last_sign_ = clock::now();
    }

    /// Tells where it begins: whoever is cut off before the first event goes on from there.
    awaitable<round> begin() {
        const auto from =
            co_await read([this](eventstore::log& log) { return eventstore::proven(log, at_); });
        if (!from) co_return round::no_database;
        if (!*from) co_return round::other_history;
        at_ = **from;
        began_ = true;
        co_await write(fmt::format("id: {}\n\n", at_.text()));
        co_return round::events;
    }

    awaitable<round> next_round() {
        if (began_) return write_round();
        return begin();
    }

    /// Of each partition in turn: no one's flood keeps the others waiting for longer than a page.
    awaitable<round> write_round() {
        auto found = round::nothing;
        for (const auto partition : partitions_) {
            if (!goes_on()) break;
            if (auto text = server_.live->tell_behind(at_, partition, wanted_)) {
                if (text->empty()) continue;
                found = round::events;
                co_await write(*std::move(text));
                continue;
            }
            const auto read = co_await write_page(partition);
            if (read == round::events) found = read;
            if (read == round::no_database || read == round::other_history) co_return read;
        }
        co_return found;
    }

    awaitable<round> write_page(partition_number partition) {
        const auto page = co_await read([this, partition](eventstore::log& log) {
            return page_behind(log, at_, partition, wanted_);
        });
        if (!page) co_return round::no_database;
        if (!*page) co_return round::other_history;
        for (std::span<const feed_event> rest = **page; !rest.empty() && goes_on();) {
            auto part = tell(rest, wanted_, feed_text_bytes, at_);
            rest = rest.subspan(part.taken);
            if (!part.text.empty()) co_await write(std::move(part.text));
        }
        co_return (*page)->empty() ? round::nothing : round::events;
    }

    bool owes_sign() const {
        const auto silent = clock::now() - last_sign_;
        return silent >= heartbeat || (silent >= feed_id_max && at_ != signed_at_);
    }

    std::string sign() {
        signed_at_ = at_;
        return began_ ? fmt::format(": alive\nid: {}\n\n", at_.text()) : ": alive\n\n";
    }

    awaitable<void> tell_of_change() {
        // The reader needs a place to go on from; while the database is away there is none to name.
        auto head = co_await read(eventstore::proven_tails);
        while (goes_on() && !head) {
            co_await wait(pause_, feed_wait_max);
            head = co_await read(eventstore::proven_tails);
        }
        if (!head) co_return;
        spdlog::warn("a feed at {} ends: the log's history is another one now, and ends at {}",
                     at_.text(), head->text());
        co_await write(fmt::format("event: history_changed\ndata: {}\n\n",
                                   boost::json::serialize(problem_json(history_changed(*head)))));
    }

    /// What a look at the log gives; nothing when the database is away.
    template <typename Look>
    auto read(Look what) -> awaitable<std::optional<std::invoke_result_t<Look, eventstore::log&>>> {
        try {
            co_return co_await server_.behind.read([&what](reader& r) { return look(r, what); });
        } catch (const eventstore::unavailable&) {
            // Looked for again when the wait is over.
        }
        co_return std::nullopt;
    }

    server_context& server_;
    eventstore::cursor at_;
    const eventstore::event_filter wanted_;
    const std::vector<partition_number> partitions_;
    live_events::stay& here_;
    client_stream& stream_;
    std::shared_ptr<token_watch> watch_;
    asio::steady_timer pause_;
    bool began_ = false;
    clock::time_point last_sign_ = clock::now();
    eventstore::cursor signed_at_ = at_; // where the last sign of life told that it is
};

} // namespace

boost::asio::awaitable<void> run_feed(server_context& server, feed_order order,
                                      live_events::stay& here, client_stream& stream) {
    running_feed feed(server, std::move(order), here, stream);
    co_await feed.run();
}

boost::asio::awaitable<void> refuse_feed(client_stream& stream) {
    const auto text = ": too many feeds are open\n" + retry_line(feed_full_retry) + "\n";
    co_await stream.write(text);
}

problem history_changed(const eventstore::cursor& head) {
    return {problem_code::history_changed,
            fmt::format("what this reader saw is not what the log holds: the database was restored "
                        "or failed over to an earlier moment; begin again with after=0, or behind "
                        "the log's end with after={}",
                        head.text()),
            head.text()};
}

} // namespace datadrop::processor::http
