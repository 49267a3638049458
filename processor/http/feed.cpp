#include "processor/http/feed.hpp"

#include "processor/http/limits.hpp"
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

#include <chrono>
#include <memory>
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

/// A page of a partition. A reader that has just lost the database says so at once: the feeds that
/// wait for their turn would each wait for another connection that does not come.
std::vector<eventstore::stored_event> read_page(reader& from, int partition,
                                                eventstore::global_position after) {
    if (clock::now() - from.lost_at < feed_wait_max)
        throw eventstore::unavailable("the database was lost a moment ago");
    try {
        return from.log.read(partition, after, feed_page_events);
    } catch (const eventstore::unavailable&) {
        from.lost_at = clock::now();
        throw;
    }
}

class running_feed {
  public:
    running_feed(server_context& server, feed_order order, boost::beast::tcp_stream& stream)
        : server_(server), at_(std::move(order.after)), stream_(stream),
          guard_(std::make_shared<guard>(server.behind, order.token, stream)) {}
    ~running_feed() { guard_->end(); }
    running_feed(const running_feed&) = delete;
    running_feed& operator=(const running_feed&) = delete;

    awaitable<void> run() {
        asio::co_spawn(stream_.get_executor(), guard_->watch(guard_), asio::detached);
        // Where it begins: whoever is cut off before the first event goes on from there.
        co_await write(fmt::format("{}id: {}\n\n", retry_line(feed_retry), at_.text()));
        asio::steady_timer pause(stream_.get_executor());
        while (goes_on()) {
            const auto found = co_await write_round();
            if (found == round::events) continue;
            if (clock::now() - last_sign_ >= heartbeat) co_await write(": alive\n\n");
            if (found == round::nothing)
                co_await server_.behind.log_moves(at_, feed_wait_max);
            else
                co_await wait(pause, feed_wait_max);
        }
    }

  private:
    enum class round { events, nothing, no_database };

    /// A client that takes nothing keeps a write waiting, which is given up with its token.
    class guard {
      public:
        guard(service& behind, const eventstore::token_hash& token,
              boost::beast::tcp_stream& stream)
            : behind_(behind), token_(token), stream_(&stream), look_(stream.get_executor()) {}

        bool in_force() const { return behind_.may_read(token_); }
        void end() {
            stream_ = nullptr;
            look_.cancel();
        }

        awaitable<void> watch(std::shared_ptr<guard> self) {
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
        return !server_.stopping && stream_.socket().is_open() && guard_->in_force();
    }

    awaitable<void> write(std::string text) {
        guard_->writing = true;
        co_await http::write(stream_, std::move(text));
        guard_->writing = false;
        last_sign_ = clock::now();
    }

    /// One page of each partition in turn.
    awaitable<round> write_round() {
        auto found = round::nothing;
        for (int partition = 0; partition < at_.partitions() && goes_on(); ++partition) {
            const auto page = co_await read(partition);
            if (!page) co_return round::no_database;
            if (!page->empty()) found = round::events;
            auto text = feed_text(*page, at_);
            if (!text.empty()) co_await write(std::move(text));
        }
        co_return found;
    }

    /// Nothing when the database is away.
    awaitable<std::optional<std::vector<eventstore::stored_event>>> read(int partition) {
        try {
            co_return co_await server_.behind.read(
                [partition, after = at_.at(partition)](reader& r) {
                    return read_page(r, partition, after);
                });
        } catch (const eventstore::unavailable&) {
        }
        co_return std::nullopt;
    }

    server_context& server_;
    eventstore::cursor at_;
    boost::beast::tcp_stream& stream_;
    std::shared_ptr<guard> guard_;
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

std::string feed_text(std::span<const eventstore::stored_event> page, eventstore::cursor& at) {
    std::string text;
    for (const auto& event : page) {
        const auto* shown = std::get_if<eventstore::stored_membership_event>(&event);
        at.advance(std::visit([](const auto& e) { return e.position; }, event));
        if (shown != nullptr) text += text_of(*shown, at.text());
    }
    return text;
}

} // namespace datadrop::processor::http
