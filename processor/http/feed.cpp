#include "processor/http/feed.hpp"

#include "eventstore/cursor_proof.hpp"
#include "eventstore/position_check.hpp"
#include "processor/http/http_limits.hpp"
#include "processor/http/member_json.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace datadrop::processor::http {

namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using clock = std::chrono::steady_clock;

std::string text_of(const eventstore::stored_membership_event& event, const std::string& id) {
    auto data = to_json(event);
    data["guild_id"] = std::to_string(domain::number_of(event.who.guild));
    data["user_id"] = std::to_string(domain::number_of(event.who.user));
    return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", id, name_of(event.what.kind),
                       boost::json::serialize(data));
}

std::string retry_line(std::chrono::milliseconds wait) {
    return fmt::format("retry: {}\n", wait.count());
}

awaitable<void> write(boost::beast::tcp_stream& stream, std::string text) {
    stream.expires_after(write_max);
    co_await asio::async_write(stream, asio::buffer(text), use_awaitable);
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

class running_feed {
  public:
    running_feed(server_context& server, feed_order order, boost::beast::tcp_stream& stream)
        : server_(server), at_(std::move(order.after)), stream_(stream),
          watch_(std::make_shared<token_watch>(server.behind, order.token, stream)),
          pause_(stream.get_executor()) {}
    ~running_feed() { watch_->end(); }
    running_feed(const running_feed&) = delete;
    running_feed& operator=(const running_feed&) = delete;

    awaitable<void> run() {
        asio::co_spawn(stream_.get_executor(), watch_->run(watch_), asio::detached);
        // First how long to wait when the feed is lost, which may be in a moment.
        co_await write(retry_line(feed_retry) + "\n");
        auto found = round::no_database;
        // Each round asks the log again: what moved meanwhile wakes it, and the wait has an end for
        // the sake of stopping, of the token and of the heartbeat.
        while (goes_on() && found != round::other_history) {
            found = co_await next_round();
            if (clock::now() - last_sign_ >= heartbeat) co_await write(": alive\n\n");
            if (found == round::nothing)
                co_await server_.behind.log_moves(at_, feed_wait_max);
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
        token_watch(service& behind, const eventstore::token_hash& token,
                    boost::beast::tcp_stream& stream)
            : behind_(behind), token_(token), stream_(&stream), look_(stream.get_executor()) {}

        bool in_force() const { return behind_.may_read(token_); }
        void end() {
            stream_ = nullptr;
            look_.cancel();
        }

        awaitable<void> run(std::shared_ptr<token_watch> self) {
            while (stream_ != nullptr) {
                if (writing && !self->in_force()) reset();
                co_await wait(look_, feed_wait_max);
            }
        }

        bool writing = false;

      private:
        /// What the system has of it and has not sent is dropped as well.
        void reset() {
            boost::system::error_code ignored;
            stream_->socket().set_option(asio::socket_base::linger(true, 0), ignored);
            stream_->close();
        }

        service& behind_;
        const eventstore::token_hash token_;
        boost::beast::tcp_stream* stream_; // none once the feed is over
        asio::steady_timer look_;
    };

    bool goes_on() const {
        return !server_.stopping && stream_.socket().is_open() && watch_->in_force();
    }

    awaitable<void> write(std::string text) {
        watch_->writing = true;
        co_await http::write(stream_, std::move(text));
        watch_->writing = false;
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

    /// One page of each partition in turn.
    awaitable<round> write_round() {
        auto found = round::nothing;
        // No partition's flood keeps the others waiting for longer than a page.
        for (const auto partition : eventstore::all_partitions(at_.partitions())) {
            if (!goes_on()) break;
            const auto page = co_await read([this, partition](eventstore::log& log) {
                return eventstore::read_on(log, at_, partition, feed_page_events);
            });
            if (!page) co_return round::no_database;
            if (!*page) co_return round::other_history;
            if (!(*page)->empty()) found = round::events;
            auto text = feed_text(**page, at_);
            if (!text.empty()) co_await write(std::move(text));
        }
        co_return found;
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
    boost::beast::tcp_stream& stream_;
    std::shared_ptr<token_watch> watch_;
    asio::steady_timer pause_;
    bool began_ = false;
    clock::time_point last_sign_ = clock::now();
};

} // namespace

boost::asio::awaitable<void> run_feed(server_context& server, feed_order order,
                                      boost::beast::tcp_stream& stream) {
    running_feed feed(server, std::move(order), stream);
    co_await feed.run();
}

boost::asio::awaitable<void> refuse_feed(boost::beast::tcp_stream& stream) {
    return write(stream, ": too many feeds are open\n" + retry_line(feed_full_retry) + "\n");
}

problem history_changed(const eventstore::cursor& head) {
    return {problem_code::history_changed,
            fmt::format("what this reader saw is not what the log holds: the database was restored "
                        "or failed over to an earlier moment; begin again with after=0, or behind "
                        "the log's end with after={}",
                        head.text()),
            head.text()};
}

std::string feed_text(std::span<const eventstore::stored_event> page, eventstore::cursor& at) {
    std::string text;
    for (const auto& event : page) {
        const auto* shown = std::get_if<eventstore::stored_membership_event>(&event);
        at.advance(std::visit([](const auto& e) { return e.position; }, event),
                   eventstore::check_of(event));
        if (shown != nullptr) text += text_of(*shown, at.text());
    }
    return text;
}

} // namespace datadrop::processor::http
