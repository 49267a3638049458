#pragma once
// One connection: requests in turn, each read whole, checked and answered before the next is
// looked at (so pipelined ones are answered in order). Lives as long as its coroutine. One thread.

#include "processor/http/client_stream.hpp"
#include "processor/http/gate.hpp"
#include "processor/http/message.hpp"
#include "processor/http/reply.hpp"
#include "processor/http/request_parser.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace datadrop::processor::http {

class http_session : public std::enable_shared_from_this<http_session> {
  public:
    using clock = client_stream::clock;

    /// In TLS when the server has a certificate.
    http_session(boost::asio::ip::tcp::socket socket, server_context& server);

    /// Until the client goes, is too slow, sends what is no HTTP, or the server stops.
    boost::asio::awaitable<void> run();

    /// Ends the connection: once the request that was read is answered, now when there is none.
    void finish();

    /// Ends the connection now, whatever is under way.
    void close();

    /// The client has used up the time for what it does now.
    bool is_late(clock::time_point now) const { return stream_.is_late(now); }

    /// Tells a client that is late with its request, and closes; closes at once otherwise.
    void time_out();

    /// What the connection is about, by how little is lost with it.
    enum class standing {
        idle,    // waits for a request, the first one's handshake too
        stalled, // waits for a client that has shown no token with this request
        served,
    };
    standing stands() const;
    /// When it began to be idle, or the request it is about.
    clock::time_point since() const { return since_; }

  private:
    enum class after { next_request, close };
    enum class phase {
        idle,
        reading, // a request
        at_gate, // its header is read
        held,    // its refusal is held back
        answering,
        lingering,
    };
    using take_part = boost::system::error_code (request_parser::*)(boost::beast::flat_buffer&);

    boost::asio::awaitable<bool> shake_hands();
    boost::asio::awaitable<bool> first_byte();
    boost::asio::awaitable<boost::system::error_code> read(request_parser& into, take_part take);
    boost::asio::awaitable<after> serve_request();
    boost::asio::awaitable<void> go_to_gate(const request_parser& incoming, passage& way);
    boost::asio::awaitable<void> hold_back(clock::duration time);
    boost::asio::awaitable<after> read_body_and_answer(request_parser& incoming, passage& way);
    boost::asio::awaitable<after> answer(const request& asked, passage& way);
    boost::asio::awaitable<reply> perform(const call& asked, const route& to);
    boost::asio::awaitable<after> refuse(boost::system::error_code why, std::string_view route);
    boost::asio::awaitable<after> refuse_unread(response refusal, unsigned version);

    boost::asio::awaitable<void> send(response message, verb method);
    boost::asio::awaitable<void> write(std::string text);
    boost::asio::awaitable<void> send_body(reply answer, const request& asked);
    boost::asio::awaitable<void> watch_for_end(std::function<void()> gone);
    boost::asio::awaitable<void> linger();

    const boost::asio::ip::address from_;
    client_stream stream_;
    boost::asio::steady_timer holding_{stream_.get_executor()};
    boost::beast::flat_buffer buffer_; // read and not yet parsed
    server_context& server_;
    shown_token seen_;
    clock::time_point since_ = clock::now();
    phase phase_ = phase::idle;
    bool silent_ = true;     // no request was begun yet
    bool trusted_ = false;   // a token came with this request
    bool timed_out_ = false; // with the request that is being read
};

} // namespace datadrop::processor::http
