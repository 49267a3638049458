#include "processor/http/http_session.hpp"

#include "processor/http/http_limits.hpp"
#include "processor/http/server_certificate.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
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

namespace {

asio::ssl::context* context_for_next(const server_context& server) {
    return server.certificate == nullptr ? nullptr : &server.certificate->context();
}

/// None of a client that has gone already.
asio::ip::address address_of(const asio::ip::tcp::socket& socket) {
    boost::system::error_code gone;
    return socket.remote_endpoint(gone).address();
}

/// The client holds its body back until it is told to go on.
bool expects_continue(const request_parser& incoming) {
    const auto& asked = incoming.header();
    return asked.version() >= 11 && incoming.announced().any() &&
           beast::iequals(asked[field::expect], "100-continue");
}

/// What to say of a request that could not be read; nothing when nobody is there to hear it.
std::optional<problem> problem_of(boost::system::error_code why) {
    using error = beast::http::error;
    if (why == asio::error::timed_out)
        return problem{problem_code::request_timeout,
                       fmt::format("a request is sent within {} s", request_max.count())};
    if (why == error::header_limit)
        return problem{problem_code::header_too_large,
                       fmt::format("a header has at most {} bytes", header_bytes_max)};
    if (why == error::body_limit)
        return problem{problem_code::body_too_large,
                       fmt::format("a body has at most {} bytes", body_bytes_max)};
    if (why == error::buffer_overflow)
        return problem{
            problem_code::malformed_request,
            fmt::format("chunk extensions and trailers have at most {} bytes", header_bytes_max)};
    const auto end = make_error_code(error::end_of_stream);
    if (why == end || why.category() != end.category()) return std::nullopt;
    return problem{problem_code::malformed_request, why.message()};
}

} // namespace

http_session::http_session(asio::ip::tcp::socket socket, server_context& server)
    : from_(address_of(socket)), stream_(std::move(socket), context_for_next(server)),
      server_(server) {}

awaitable<void> http_session::run() {
    try {
        bool goes_on = true;
        if (stream_.is_secure()) goes_on = co_await shake_hands();
        while (goes_on && !server_.stopping) {
            if (!co_await first_byte()) break;
            if (co_await serve_request() == after::close) break;
        }
    } catch (const boost::system::system_error&) {
        // The client went, or was too slow to take its answer: nobody is there to be told.
    }
    close();
}

void http_session::finish() {
    if (phase_ != phase::answering) close();
}

void http_session::close() {
    stream_.close();
    holding_.cancel();
}

void http_session::time_out() {
    if (phase_ != phase::reading) return close();
    timed_out_ = true;
    stream_.expires_never(); // the request; its refusal has a time of its own
    stream_.cancel();
}

http_session::standing http_session::stands() const {
    if (phase_ == phase::idle) return standing::idle;
    const bool waits = phase_ == phase::reading || phase_ == phase::held ||
                       phase_ == phase::lingering || stream_.is_writing();
    return waits && !trusted_ ? standing::stalled : standing::served;
}

/// False when there will be no request. Part of the silence before the first one.
awaitable<bool> http_session::shake_hands() {
    stream_.expires_after(silent_max);
    const auto failed = co_await stream_.shake_hands();
    if (!spoke_http(failed)) co_return !failed;
    stream_.go_on_in_the_clear();
    const problem what{problem_code::malformed_request, "this port speaks TLS: use https://"};
    co_await refuse_unread(to_response(what), 11);
    co_return false;
}

/// False when there will be no further request.
awaitable<bool> http_session::first_byte() {
    phase_ = phase::idle;
    trusted_ = false;
    if (!silent_) since_ = clock::now();
    if (buffer_.size() > 0) co_return true; // sent along with the last one
    constexpr std::size_t read_bytes = 4096;
    stream_.expires_at(since_ + (silent_ ? silent_max : idle_max));
    const auto [ec, count] = co_await stream_.read_some(buffer_.prepare(read_bytes));
    buffer_.commit(count);
    silent_ = false;
    co_return !ec;
}

/// Reads and parses until the part is whole. Beast's own reads do the same and go through the
/// scheduler even when everything is there, as it mostly is.
awaitable<boost::system::error_code> http_session::read(request_parser& into, take_part take) {
    constexpr std::size_t read_bytes = 32 * 1024;
    phase_ = phase::reading;
    for (;;) {
        const auto taken = (into.*take)(buffer_);
        if (taken != beast::http::error::need_more) co_return taken;
        const auto [ec, count] = co_await stream_.read_some(buffer_.prepare(read_bytes));
        buffer_.commit(count);
        if (timed_out_) co_return asio::error::timed_out;
        if (ec == asio::error::eof) co_return into.end();
        if (ec) co_return ec;
    }
}

awaitable<http_session::after> http_session::serve_request() {
    request_parser incoming;
    since_ = clock::now();
    stream_.expires_at(since_ + request_max);
    if (const auto ec = co_await read(incoming, &request_parser::take_header))
        co_return co_await refuse(ec, unknown_route);

    passage way{
        .seen = seen_, .from = from_, .claim_place = [this] { return server_.open.claim(*this); }};
    co_await go_to_gate(incoming, way);
    if (!way.ends_connection) co_return co_await read_body_and_answer(incoming, way);
    server_.counted.count_request(way.route_name(), incoming.header().method(),
                                  way.refusal->result());
    co_return co_await refuse_unread(*std::move(way.refusal), incoming.header().version());
}

/// The client's time stands still meanwhile: the database may be asked for its token.
awaitable<void> http_session::go_to_gate(const request_parser& incoming, passage& way) {
    const auto left = stream_.deadline() - clock::now();
    stream_.expires_never();
    phase_ = phase::at_gate;
    const auto body = incoming.announced();
    try {
        co_await pass_gate(server_, incoming.header(), body, way);
    } catch (const eventstore::unavailable&) {
        way.refusal = to_response({problem_code::database_unavailable});
    }
    trusted_ = way.is_trusted();
    if (way.hold > clock::duration::zero() && !server_.stopping) co_await hold_back(way.hold);
    // A body that is not wanted is not waited for when it is too large, or was not begun.
    if (body.too_large() || (way.refusal && expects_continue(incoming))) way.ends_connection = true;
    stream_.expires_after(left);
}

/// Meanwhile it has to go before others when places are wanted.
awaitable<void> http_session::hold_back(clock::duration time) {
    phase_ = phase::held;
    holding_.expires_after(time);
    co_await holding_.async_wait(asio::as_tuple(asio::use_awaitable));
}

awaitable<http_session::after> http_session::read_body_and_answer(request_parser& incoming,
                                                                  passage& way) {
    if (expects_continue(incoming)) {
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        co_await write(std::string{go_on});
        stream_.expires_after(request_max);
    }
    // A body that nobody wants is read all the same: the next request stands behind it.
    if (!way.wants_body()) incoming.drop_body();
    if (const auto ec = co_await read(incoming, &request_parser::take_body))
        co_return co_await refuse(ec, way.route_name());
    const auto asked = incoming.release();
    stream_.expires_never(); // the time from here on is the server's
    phase_ = phase::answering;
    co_return co_await answer(asked, way);
}

awaitable<http_session::after> http_session::answer(const request& asked, passage& way) {
    reply given{response{}};
    if (way.refusal) {
        given.message = *std::move(way.refusal);
    } else {
        const call what{server_, asked, way.where, std::move(way.arguments), std::move(way.who)};
        given = co_await perform(what, *way.to);
    }
    server_.counted.count_request(way.route_name(), asked.method(), given.message.result());
    if (given.body) {
        co_await send_body(std::move(given), asked);
        co_return after::close;
    }
    // A spare place is given up at once, for the next who asks how the server is.
    const bool keep = asked.keep_alive() && !server_.stopping && !server_.open.is_spare(*this);
    http::finish(given.message, asked.version(),
                 keep ? connection_use::kept : connection_use::closed);
    co_await send(std::move(given.message), asked.method());
    co_return keep ? after::next_request : after::close;
}

awaitable<reply> http_session::perform(const call& asked, const route& to) {
    try {
        co_return co_await to.handler(asked);
    } catch (const eventstore::unavailable&) {
        co_return problem{problem_code::database_unavailable,
                          "the database cannot be reached or does not answer in time; the same "
                          "request is safe to send again"};
    } catch (const std::exception& e) {
        // Its text may hold what the client sent, so only its kind is told.
        spdlog::error("{} {}: unexpected {}", std::string_view{to_string(to.method)}, to.path,
                      boost::core::demangle(typeid(e).name()));
        co_return problem{problem_code::internal_error};
    }
}

awaitable<http_session::after> http_session::refuse(boost::system::error_code why,
                                                    std::string_view route) {
    const auto what = problem_of(why);
    if (!what) co_return after::close; // it went, or closed between two requests
    server_.counted.count_request(route, verb::unknown, status_of(what->code));
    co_return co_await refuse_unread(to_response(*what), 11);
}

/// Answers a request that was not read to its end: there is no telling where the next one begins.
awaitable<http_session::after> http_session::refuse_unread(response refusal, unsigned version) {
    http::finish(refusal, version, connection_use::closed);
    co_await send(std::move(refusal), verb::unknown);
    co_await linger();
    co_return after::close;
}

awaitable<void> http_session::send(response message, verb method) {
    // What a client kept has a length of its own, and is not sent again.
    if (message.result() != status::not_modified) message.prepare_payload();
    auto text = head_text(message);
    if (method != verb::head) text += message.body();
    return write(std::move(text));
}

/// A client that waits for its answer has room for it: mostly one call takes it all.
awaitable<void> http_session::write(std::string text) {
    const std::string_view all = text;
    const auto sent = stream_.try_write(all);
    if (sent < all.size()) co_await stream_.write(all.substr(sent));
}

/// A body without an end of its own: it ends with the connection.
awaitable<void> http_session::send_body(reply answer, const request& asked) {
    http::finish(answer.message, asked.version(), connection_use::closed);
    co_await write(head_text(answer.message));
    if (asked.method() == verb::head) co_return;
    stream_.expires_never(); // but for what the body writes
    asio::co_spawn(stream_.get_executor(), watch_for_end(std::move(answer.gone)), asio::detached);
    try {
        co_await answer.body(stream_);
    } catch (const eventstore::unavailable&) {
        // The client resumes where the text ends.
    }
}

/// A client that only listens tells that it went by an end of its side.
awaitable<void> http_session::watch_for_end(std::function<void()> gone) {
    const auto self = shared_from_this();
    std::array<char, 512> ignored;
    for (;;) {
        const auto [ec, count] = co_await stream_.read_some(asio::buffer(ignored));
        if (ec) break;
    }
    close();
    if (gone) gone();
}

/// Closing with bytes unread would take the answer from the client: they are read and dropped,
/// for a while.
awaitable<void> http_session::linger() {
    boost::system::error_code failed;
    stream_.end_writing(failed);
    phase_ = phase::lingering;
    stream_.expires_after(linger_max);
    constexpr std::size_t read_bytes = 16 * 1024;
    buffer_.clear();
    while (!failed) {
        const auto [ec, count] = co_await stream_.read_raw(buffer_.prepare(read_bytes));
        failed = ec;
    }
}

} // namespace datadrop::processor::http
