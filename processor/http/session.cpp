#include "processor/http/session.hpp"

#include "processor/http/limits.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/core/demangle.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <array>
#include <typeinfo>
#include <utility>

namespace datadrop::processor::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::awaitable;
using asio::use_awaitable;

namespace {

constexpr auto as_tuple = asio::as_tuple(use_awaitable);

bool expects_continue(const request& asked) {
    return asked.version() >= 11 && beast::iequals(asked[field::expect], "100-continue");
}

announced_body announced_by(const beast::http::request_parser<beast::http::string_body>& parser) {
    announced_body body{.chunked = parser.chunked()};
    if (const auto length = parser.content_length()) body.length = *length;
    return body;
}

/// What to say of a request that could not be read; nothing when nobody is there to hear it.
std::optional<problem> problem_of(boost::system::error_code why) {
    using error = beast::http::error;
    if (why == error::header_limit)
        return problem{problem_code::header_too_large,
                       fmt::format("a header has at most {} bytes", header_bytes_max)};
    if (why == error::body_limit)
        return problem{problem_code::body_too_large,
                       fmt::format("a body has at most {} bytes", body_bytes_max)};
    const auto end = make_error_code(error::end_of_stream);
    if (why == end || why.category() != end.category()) return std::nullopt;
    return problem{problem_code::malformed_request, why.message()};
}

} // namespace

session::session(asio::ip::tcp::socket socket, server_context& server)
    : stream_(std::move(socket)), server_(server) {
    stream_.socket().non_blocking(true);
}

awaitable<void> session::run() {
    try {
        while (!server_.stopping && co_await first_byte())
            if (co_await serve_request() == after::close) break;
    } catch (const boost::system::system_error&) {
        // The client went, or was too slow to take its answer: nobody is there to be told.
    }
    close();
}

void session::finish() {
    if (!answering_) close();
}

void session::close() {
    boost::system::error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    stream_.close();
}

/// False when there will be no further request.
awaitable<bool> session::first_byte() {
    if (buffer_.size() > 0) co_return true;
    constexpr std::size_t read_bytes = 4096;
    deadline_ = clock::now() + idle_max;
    const auto [ec, count] =
        co_await stream_.socket().async_read_some(buffer_.prepare(read_bytes), as_tuple);
    buffer_.commit(count);
    co_return !ec;
}

/// Reads and parses until there is enough of the request. Beast's own reads do the same and go
/// through the scheduler even when everything is there, as it mostly is.
awaitable<boost::system::error_code> session::read(parser& incoming, until enough) {
    constexpr std::size_t read_bytes = 32 * 1024;
    for (;;) {
        auto parsed = take(incoming, enough);
        if (parsed != beast::http::error::need_more) co_return parsed;
        const auto [ec, count] =
            co_await stream_.socket().async_read_some(buffer_.prepare(read_bytes), as_tuple);
        buffer_.commit(count);
        if (ec == asio::error::eof) {
            incoming.put_eof(parsed);
            co_return parsed;
        }
        if (ec) co_return ec;
    }
}

/// Parses what was read; need_more when there is not enough.
boost::system::error_code session::take(parser& incoming, until enough) {
    boost::system::error_code ec;
    while (!ec && !(incoming.*enough)()) {
        if (buffer_.size() == 0) return beast::http::error::need_more;
        buffer_.consume(incoming.put(buffer_.data(), ec));
    }
    return ec;
}

awaitable<session::after> session::serve_request() {
    parser incoming;
    incoming.header_limit(header_bytes_max);
    // The limit of bodies is the gate's to judge: a larger one is refused after all that comes
    // before it in the order of refusals.
    incoming.body_limit(boost::none);
    deadline_ = clock::now() + request_max;
    if (const auto ec = co_await read(incoming, &parser::is_header_done))
        co_return co_await refuse(ec);

    admission admitted{seen_};
    const auto body = announced_by(incoming);
    try {
        co_await admit(server_, incoming.get(), body, admitted);
    } catch (const eventstore::unavailable&) {
        admitted.refusal = to_response({problem_code::database_unavailable});
    }
    const bool unread = body.too_large() || (admitted.refusal && expects_continue(incoming.get()));
    if (!unread) co_return co_await read_body_and_answer(incoming, admitted);
    server_.counted.count_request(admitted.route_name(), incoming.get().method(),
                                  admitted.refusal->result());
    co_return co_await refuse_unread(*std::move(admitted.refusal), incoming.get().version());
}

awaitable<session::after> session::read_body_and_answer(parser& incoming, admission& admitted) {
    if (expects_continue(incoming.get())) {
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        co_await write(std::string{go_on});
        deadline_ = clock::now() + request_max;
    }
    incoming.body_limit(body_bytes_max);
    if (const auto ec = co_await read(incoming, &parser::is_done)) co_return co_await refuse(ec);
    const auto asked = incoming.release();
    deadline_ = clock::time_point::max();
    answering_ = true;
    const auto next = co_await answer(asked, admitted);
    answering_ = false;
    co_return next;
}

awaitable<session::after> session::answer(const request& asked, admission& admitted) {
    reply given{response{}};
    if (admitted.refusal) {
        given.message = *std::move(admitted.refusal);
    } else {
        const call what{server_, asked, admitted.where, std::move(admitted.arguments),
                        std::move(admitted.who)};
        given = co_await perform(what, *admitted.to);
    }
    server_.counted.count_request(admitted.route_name(), asked.method(), given.message.result());
    if (given.body) {
        co_await send_body(std::move(given), asked);
        co_return after::close;
    }
    const bool keep = asked.keep_alive() && !server_.stopping;
    given.message.version(asked.version());
    given.message.keep_alive(keep);
    co_await send(std::move(given.message), asked.method());
    co_return keep ? after::next_request : after::close;
}

awaitable<reply> session::perform(const call& asked, const route& to) {
    try {
        co_return co_await to.handler(asked);
    } catch (const eventstore::unavailable&) {
        co_return problem{problem_code::database_unavailable,
                          "the database cannot be reached; the same request is safe to send again"};
    } catch (const std::exception& e) {
        // Its text may hold what the client sent, so only its kind is told.
        spdlog::error("{} {}: unexpected {}", std::string_view{to_string(to.method)}, to.path,
                      boost::core::demangle(typeid(e).name()));
        co_return problem{problem_code::internal_error};
    }
}

awaitable<session::after> session::refuse(boost::system::error_code why) {
    const auto what = problem_of(why);
    if (!what) co_return after::close;
    server_.counted.count_request("unknown", verb::unknown, status_of(what->code));
    co_return co_await refuse_unread(to_response(*what), 11);
}

/// Answers a request that was not read to its end: there is no telling where the next one begins.
awaitable<session::after> session::refuse_unread(response refusal, unsigned version) {
    refusal.version(version);
    refusal.keep_alive(false);
    co_await send(std::move(refusal), verb::unknown);
    co_await linger();
    co_return after::close;
}

awaitable<void> session::send(response message, verb method) {
    message.prepare_payload();
    auto text = head_text(message);
    if (method != verb::head) text += message.body();
    return write(std::move(text));
}

/// A client that waits for its answer has room for it: mostly one call takes it all.
awaitable<void> session::write(std::string text) {
    boost::system::error_code ec;
    const auto sent = stream_.socket().write_some(asio::buffer(text), ec);
    if (ec && ec != asio::error::would_block) throw boost::system::system_error{ec};
    if (sent == text.size()) co_return;
    deadline_ = clock::now() + write_max;
    co_await asio::async_write(stream_.socket(), asio::buffer(text) + sent, use_awaitable);
}

/// A body without an end of its own: it ends with the connection.
awaitable<void> session::send_body(reply answer, const request& asked) {
    answer.message.version(asked.version());
    answer.message.keep_alive(false);
    co_await write(head_text(answer.message));
    if (asked.method() == verb::head) co_return;
    deadline_ = clock::time_point::max(); // the body looks after its own
    asio::co_spawn(stream_.get_executor(), watch_for_end(), asio::detached);
    try {
        co_await answer.body(stream_);
    } catch (const eventstore::unavailable&) {
        // The client resumes where the text ends.
    }
}

/// A client that only listens tells that it went by an end of its side.
awaitable<void> session::watch_for_end() {
    const auto self = shared_from_this();
    std::array<char, 512> ignored;
    for (;;) {
        const auto [ec, count] = co_await stream_.async_read_some(asio::buffer(ignored), as_tuple);
        if (ec) break;
    }
    close();
}

/// Closing with bytes unread would take the answer from the client: they are read and dropped,
/// for a while.
awaitable<void> session::linger() {
    boost::system::error_code failed;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, failed);
    deadline_ = clock::now() + linger_max;
    constexpr std::size_t read_bytes = 16 * 1024;
    buffer_.clear();
    while (!failed) {
        const auto [ec, count] =
            co_await stream_.socket().async_read_some(buffer_.prepare(read_bytes), as_tuple);
        failed = ec;
    }
}

} // namespace datadrop::processor::http
