// GET /v1/events: where a feed begins, and whether there is room for one more.

#include "eventstore/cursor_proof.hpp"
#include "processor/http/auth.hpp"
#include "processor/http/feed.hpp"
#include "processor/http/http_limits.hpp"
#include "processor/http/routes.hpp"

#include <memory>
#include <utility>

namespace datadrop::processor::http {

namespace {

problem no_cursor(std::string_view field) {
    return {problem_code::invalid_parameter,
            std::string{field} + " must be the id of an event of this log, 0 or latest"};
}

/// Proxies that gather answers, as nginx does unless it is told otherwise, would keep the events.
response feed_head() {
    auto head = make_response(status::ok, event_stream_type, {});
    head.set("X-Accel-Buffering", "no");
    return head;
}

reply feed_from(const call& asked, eventstore::cursor start, eventstore::event_filter wanted) {
    auto& server = asked.server;
    reply answer{feed_head()};
    if (server.live->feeds() >= server.feeds_max) {
        server.counted.count_refused_feed();
        answer.body = refuse_feed;
        return answer;
    }
    const auto token = bearer_token(asked.message[field::authorization]).value_or("");
    const auto here = std::make_shared<live_events::stay>(*server.live);
    feed_order order{.after = std::move(start),
                     .wanted = std::move(wanted),
                     .token = eventstore::hash_token(token)};
    answer.body = [&server, order = std::move(order), here](auto& stream) {
        return run_feed(server, order, *here, stream);
    };
    answer.gone = [here] { here->wake(); };
    return answer;
}

/// What a look at the log gives, or what is done without one while the database is away.
template <typename Look, typename Result>
boost::asio::awaitable<Result> look(service& behind, Look what, Result otherwise) {
    try {
        co_return co_await behind.read([&what](reader& r) { return what(r.log); });
    } catch (const eventstore::unavailable&) {
        // Told as no status: the feed waits for it.
    }
    co_return otherwise;
}

/// A feed from there, or the problem of a cursor that is not of this log's history. While the
/// database is away that is found by the feed itself.
reply_later feed_behind(const call& asked, eventstore::cursor start,
                        eventstore::event_filter wanted) {
    auto& behind = asked.server.behind;
    const bool known = co_await look(
        behind, [&](eventstore::log& log) { return proven(log, start).has_value(); }, true);
    if (known) co_return feed_from(asked, std::move(start), std::move(wanted));
    co_return history_changed(co_await behind.read([](reader& r) { return proven_tails(r.log); }));
}

} // namespace

reply_later get_events(const call& asked) {
    auto& behind = asked.server.behind;
    query parameters{asked.where, {"after", "guild_id", "event"}};
    eventstore::event_filter wanted{.guild = parameters.guild(), .kinds = parameters.events()};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    // A browser that reconnects repeats the first request and adds how far it came.
    const std::string_view last_id = asked.message["Last-Event-ID"];
    const auto text = last_id.empty() ? parameters.text("after").value_or("0") : last_id;
    if (text == "latest") // while the database is away, where its log was seen to end
        co_return feed_from(asked,
                            co_await look(behind, eventstore::proven_tails, behind.tails_seen()),
                            std::move(wanted));
    auto start = eventstore::cursor::parse(text, behind.partitions());
    if (!start) co_return no_cursor(last_id.empty() ? "after" : "Last-Event-ID");
    co_return co_await feed_behind(asked, *std::move(start), std::move(wanted));
}

} // namespace datadrop::processor::http
