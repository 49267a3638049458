#include "processor/http/client_stream.hpp"

#include "processor/http/http_limits.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <utility>

namespace datadrop::processor::http {

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

constexpr auto as_tuple = asio::as_tuple(use_awaitable);

} // namespace

struct client_stream::tls : asio::ssl::stream<tcp::socket&> {
    using asio::ssl::stream<tcp::socket&>::stream;
};

client_stream::client_stream(tcp::socket socket, asio::ssl::context* secure)
    : socket_(std::move(socket)) {
    socket_.non_blocking(true); // so that a write can be tried before it is waited for
    // What is written is whole. Kept back until the last one was acknowledged, an answer would wait
    // for the session tickets before it, and an event for the one before.
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    if (secure != nullptr) tls_ = std::make_unique<tls>(socket_, *secure);
}

client_stream::~client_stream() = default;

awaitable<error_code> client_stream::shake_hands() {
    error_code failed;
    co_await tls_->async_handshake(tls::server, asio::redirect_error(use_awaitable, failed));
    co_return failed;
}

void client_stream::go_on_in_the_clear() { tls_ = nullptr; }

awaitable<client_stream::bytes_read> client_stream::read_some(asio::mutable_buffer into) {
    if (tls_) return tls_->async_read_some(into, as_tuple);
    return read_raw(into);
}

awaitable<client_stream::bytes_read> client_stream::read_raw(asio::mutable_buffer into) {
    return socket_.async_read_some(into, as_tuple);
}

std::size_t client_stream::try_write(std::string_view text) {
    if (tls_) return 0; // half a record cannot be taken back
    error_code failed;
    const auto sent = socket_.write_some(asio::buffer(text), failed);
    if (failed && failed != asio::error::would_block) throw boost::system::system_error{failed};
    return sent;
}

awaitable<void> client_stream::write(std::string_view text) {
    expires_after(write_max);
    writing_ = true; // and stays so when it fails: nothing can follow
    if (tls_)
        co_await asio::async_write(*tls_, asio::buffer(text), use_awaitable);
    else
        co_await asio::async_write(socket_, asio::buffer(text), use_awaitable);
    writing_ = false;
    expires_never();
}

/// One that its client need not answer, where it costs no wait.
void client_stream::say_goodbye() {
    if (!tls_ || writing_ || !socket_.is_open() || !SSL_is_init_finished(tls_->native_handle()))
        return;
    SSL_set_shutdown(tls_->native_handle(), SSL_RECEIVED_SHUTDOWN);
    error_code ignored;
    tls_->shutdown(ignored);
}

void client_stream::end_writing(error_code& failed) {
    say_goodbye();
    socket_.shutdown(tcp::socket::shutdown_send, failed);
}

void client_stream::cancel() {
    error_code ignored;
    socket_.cancel(ignored);
}

void client_stream::close() {
    say_goodbye();
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
}

void client_stream::abort() {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
}

void client_stream::limit_unsent(int bytes) {
    error_code ignored;
    socket_.set_option(asio::socket_base::send_buffer_size(bytes), ignored);
}

bool spoke_http(error_code failure) {
    return failure.category() == asio::error::get_ssl_category() &&
           ERR_GET_REASON(static_cast<unsigned long>(failure.value())) == SSL_R_HTTP_REQUEST;
}

} // namespace datadrop::processor::http
