// GET /v1/events: where a feed begins, and whether there is room for one more.

#include "processor/http/feed.hpp"
#include "processor/http/limits.hpp"
#include "processor/http/routes.hpp"

#include <memory>
#include <utility>

namespace datadrop::processor::http {

namespace {

/// A feed's place among feeds_max, held as long as it runs.
class feed_place {
  public:
    explicit feed_place(server_context& server) : server_(server) { ++server_.feeds; }
    ~feed_place() { --server_.feeds; }
    feed_place(const feed_place&) = delete;
    feed_place& operator=(const feed_place&) = delete;

  private:
    server_context& server_;
};

problem no_cursor(std::string_view field) {
    return {problem_code::invalid_parameter,
            std::string{field} + " must be the id of an event of this log, 0 or latest"};
}

reply feed_from(server_context& server, eventstore::cursor start) {
    if (server.feeds >= feeds_max)
        return problem{problem_code::too_many_feeds, "end a feed that is not needed any more"};
    reply answer{make_response(status::ok, event_stream_type, {})};
    answer.body = [&server, start = std::move(start), place = std::make_shared<feed_place>(server)](
                      auto& stream) { return run_feed(server, start, stream); };
    return answer;
}

} // namespace

reply_later get_events(const call& asked) {
    auto& server = asked.server;
    const query parameters{asked.where, {"after"}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    // A browser that reconnects repeats the first request and adds how far it came.
    const std::string_view last_id = asked.message["Last-Event-ID"];
    const auto text = last_id.empty() ? parameters.text("after").value_or("0") : last_id;
    if (text == "latest")
        co_return feed_from(server,
                            co_await server.behind.read([](reader& r) { return r.log.tails(); }));
    auto start = eventstore::cursor::parse(text, server.behind.partitions());
    if (!start) co_return no_cursor(last_id.empty() ? "after" : "Last-Event-ID");
    co_return feed_from(server, *std::move(start));
}

} // namespace datadrop::processor::http
