#pragma once
// The bytes of one client: a socket, as it is or in TLS, whose difference nobody above sees, and
// the time that the client has for what it does now. Lives on while an operation is under way:
// whoever starts one sees to that. At most one read and one write at a time. One thread.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>
#include <tuple>

namespace boost::asio::ssl {
class context;
}

namespace datadrop::processor::http {

class client_stream {
  public:
    using clock = std::chrono::steady_clock;
    using bytes_read = std::tuple<boost::system::error_code, std::size_t>;

    /// In TLS with a context, which is needed no longer than this call.
    client_stream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* secure);
    ~client_stream();

    boost::asio::any_io_executor get_executor() { return socket_.get_executor(); }

    bool is_secure() const { return tls_ != nullptr; }
    /// Before anything else of a secure one.
    boost::asio::awaitable<boost::system::error_code> shake_hands();
    /// After a handshake that failed because the client speaks HTTP, as it is: so is what follows.
    void go_on_in_the_clear();

    /// The end of the client's side is asio::error::eof; in TLS an end that it did not announce is
    /// another error, since what was read may be cut off.
    boost::asio::awaitable<bytes_read> read_some(boost::asio::mutable_buffer into);
    /// The same of the bytes on the wire, whatever they are: to drop them.
    boost::asio::awaitable<bytes_read> read_raw(boost::asio::mutable_buffer into);

    /// What the system takes at once, perhaps nothing. Throws boost::system::system_error.
    std::size_t try_write(std::string_view text);
    /// All of it, within write_max. Throws boost::system::system_error.
    boost::asio::awaitable<void> write(std::string_view text);
    /// A write waits for the client.
    bool is_writing() const { return writing_; }

    /// Tells the client that no more comes, and goes on reading.
    void end_writing(boost::system::error_code& failed);
    /// Ends a read that is under way.
    void cancel();
    /// Ends the connection; what was written still goes out.
    void close();
    /// The same, and what was written and not yet sent is dropped.
    void abort();
    bool is_open() const { return socket_.is_open(); }

    /// How much the system keeps of what was written.
    void limit_unsent(int bytes);

    // A timer for each operation would cost more than the operation: the server looks at all
    // connections now and then, and tells the session when one is late.
    void expires_after(clock::duration time) { deadline_ = clock::now() + time; }
    void expires_at(clock::time_point time) { deadline_ = time; }
    void expires_never() { deadline_ = clock::time_point::max(); }
    clock::time_point deadline() const { return deadline_; }
    bool is_late(clock::time_point now) const { return now > deadline_; }

  private:
    struct tls;

    void say_goodbye();

    boost::asio::ip::tcp::socket socket_;
    std::unique_ptr<tls> tls_; // none: the bytes as they are
    clock::time_point deadline_ = clock::time_point::max();
    bool writing_ = false;
};

/// Whether a handshake failed because the client sent a request without TLS.
bool spoke_http(boost::system::error_code handshake_failure);

} // namespace datadrop::processor::http
