#pragma once
// GET /v1/events on the wire: the log as server-sent events (WHATWG HTML, "Server-sent events").
// Each membership event is
//
//     id: the cursor behind it with its checks, for Last-Event-ID and `after`
//     event: its type
//     data: the history's fields with guild_id and user_id, as JSON
//
// and a comment every `heartbeat` without events, whatever the database does: readers give up for
// good at an answer that is not 200, so while it is away they wait. Events that are not wanted, and
// those of dead letters, move the cursor unseen: when it has moved so, a comment comes within
// `feed_id_max`. With it stands the cursor as an `id:` without data. Nothing is dispatched for
// that, and the last event id is another, so that a reader who wants little comes back to where the
// log was, and not to the last event that it wanted.
//
// At the log's end a feed tells what live_events has; further behind it reads for itself, each page
// with the event that the cursor stands at. When that is not the same any more, the feed ends with
// the event `history_changed`, its data the problem. Partitions take turns by the page; within each
// the order is the log's. Of one guild only its partition is read. The client's pace is the feed's:
// nothing is read ahead of what it took but the page that it is told of. One thread.

#include "eventstore/event_filter.hpp"
#include "eventstore/tokens.hpp"
#include "processor/http/reply.hpp"

#include <boost/asio/awaitable.hpp>

namespace datadrop::processor::http {

struct feed_order {
    eventstore::cursor after; // its checks are compared, those that it lacks looked up
    eventstore::event_filter wanted{};
    eventstore::token_hash token{}; // the feed ends with it
};

/// Writes events behind `after` until the client goes (then `here` is to be woken), its token is
/// revoked, the log turns out to have another history, or the server stops.
/// Throws boost::system::system_error when the client is slow.
boost::asio::awaitable<void> run_feed(server_context& server, feed_order order,
                                      live_events::stay& here, client_stream& stream);

/// What a reader is told whose cursor is not of this log's history.
problem history_changed(const eventstore::cursor& head);

/// Tells a reader that there is no room, in the one way that lets it come again, and ends.
boost::asio::awaitable<void> refuse_feed(client_stream& stream);

} // namespace datadrop::processor::http
