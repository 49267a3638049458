#pragma once
// One connection: requests in turn, each read whole, judged and answered before the next is
// looked at (so pipelined ones are answered in order). Lives as long as its coroutine. One thread.

#include "processor/http/gate.hpp"
#include "processor/http/message.hpp"
#include "processor/http/reply.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>

#include <chrono>
#include <memory>

namespace datadrop::processor::http {

class session : public std::enable_shared_from_this<session> {
  public:
    using clock = std::chrono::steady_clock;

    session(boost::asio::ip::tcp::socket socket, server_context& server);

    /// Until the client goes, is too slow, sends what is no HTTP, or the server stops.
    boost::asio::awaitable<void> run();

    /// Ends the connection: once the request that was read is answered, now when there is none.
    void finish();

    /// Ends the connection now, whatever is under way.
    void close();

    /// The client has used up the time for what it does now. The server closes such a session when
    /// it looks: a timer for each read and write would cost more than the reads and writes.
    bool is_late(clock::time_point now) const { return now > deadline_; }

  private:
    enum class after { next_request, close };
    using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    using until = bool (parser::*)() const;

    boost::asio::awaitable<bool> first_byte();
    boost::asio::awaitable<boost::system::error_code> read(parser& incoming, until enough);
    boost::system::error_code take(parser& incoming, until enough);
    boost::asio::awaitable<after> serve_request();
    boost::asio::awaitable<after> read_body_and_answer(parser& incoming, admission& admitted);
    boost::asio::awaitable<after> answer(const request& asked, admission& admitted);
    boost::asio::awaitable<reply> perform(const call& asked, const route& to);
    boost::asio::awaitable<after> refuse(boost::system::error_code why);
    boost::asio::awaitable<after> refuse_unread(response refusal, unsigned version);

    boost::asio::awaitable<void> send(response message, verb method);
    boost::asio::awaitable<void> write(std::string text);
    boost::asio::awaitable<void> send_body(reply answer, const request& asked);
    boost::asio::awaitable<void> watch_for_end();
    boost::asio::awaitable<void> linger();

    boost::beast::tcp_stream stream_;
    boost::beast::flat_buffer buffer_; // read and not yet parsed
    server_context& server_;
    shown_token seen_;
    clock::time_point deadline_ = clock::time_point::max();
    bool answering_ = false; // from a request's last byte to its answer's
};

} // namespace datadrop::processor::http
