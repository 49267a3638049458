#include "processor/http/feed.hpp"

#include "processor/http/limits.hpp"
#include "processor/http/member_json.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <utility>

namespace datadrop::processor::http {

namespace {

using boost::asio::awaitable;
using boost::asio::use_awaitable;
using clock = std::chrono::steady_clock;

std::string text_of(const eventstore::stored_membership_event& event, const std::string& id) {
    auto data = to_json(event);
    data["guild_id"] = std::to_string(domain::number_of(event.who.guild));
    data["user_id"] = std::to_string(domain::number_of(event.who.user));
    return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", id, name_of(event.what.kind),
                       boost::json::serialize(data));
}

awaitable<void> write(boost::beast::tcp_stream& stream, std::string text) {
    stream.expires_after(write_max);
    co_await boost::asio::async_write(stream, boost::asio::buffer(text), use_awaitable);
}

/// One page of each partition in turn; true when there was anything.
awaitable<bool> write_round(server_context& server, eventstore::cursor& at,
                            boost::beast::tcp_stream& stream) {
    bool any = false;
    for (int partition = 0; partition < at.partitions() && !server.stopping; ++partition) {
        const auto after = at.at(partition);
        const auto page = co_await server.behind.read([partition, after](reader& r) {
            return r.log.read(partition, after, feed_page_events);
        });
        auto text = feed_text(page, at);
        any = any || !page.empty();
        if (!text.empty()) co_await write(stream, std::move(text));
    }
    co_return any;
}

} // namespace

boost::asio::awaitable<void> run_feed(server_context& server, eventstore::cursor after,
                                      boost::beast::tcp_stream& stream) {
    // Where it begins: whoever is cut off before the first event goes on from there.
    co_await write(stream, fmt::format("id: {}\n\n", after.text()));
    auto last_sign = clock::now();
    while (!server.stopping && stream.socket().is_open()) {
        if (co_await write_round(server, after, stream)) {
            last_sign = clock::now();
            continue;
        }
        if (clock::now() - last_sign >= heartbeat) {
            co_await write(stream, ": alive\n\n");
            last_sign = clock::now();
        }
        co_await server.behind.log_moves(after, feed_wait_max);
    }
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
