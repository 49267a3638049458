#pragma once
// A connection to a server by its URL, in TLS where that says https: the certificate has to be of
// an authority that is trusted, and of this very host. Trusted are those of a file that is named,
// or else those of this machine (OpenSSL's default places; SSL_CERT_FILE and SSL_CERT_DIR name
// others). One thread.

#include "processor/cli/server_url.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>

namespace datadrop::processor::cli {

class server_link {
  public:
    /// `ca_file` has the authorities that are trusted, in PEM; none: those of this machine.
    server_link(boost::asio::io_context& io, std::optional<std::filesystem::path> ca_file)
        : io_(io), ca_file_(std::move(ca_file)) {}

    /// Connects within the time. Throws boost::system::system_error; `unreachable` when the server
    /// speaks no TLS or its certificate is not trusted, with the reason and the remedy; usage_error
    /// when the authorities cannot be read.
    boost::asio::awaitable<void> open(const server_url& to, std::chrono::seconds time_max);
    void close();
    bool is_open() const { return plain_ || secure_; }

    /// From now on, for what is started until the next call.
    void expires_after(std::chrono::seconds time) { tcp().expires_after(time); }

    /// `work(stream)` on the stream that is open.
    template <typename Work>
    auto use(Work work) {
        return secure_ ? work(*secure_) : work(*plain_);
    }

  private:
    using tcp_stream = boost::beast::tcp_stream;
    using tls_stream = boost::beast::ssl_stream<tcp_stream>;

    tcp_stream& tcp() { return secure_ ? secure_->next_layer() : *plain_; }
    boost::asio::awaitable<void> shake_hands(const server_url& with);

    boost::asio::io_context& io_;
    const std::optional<std::filesystem::path> ca_file_;
    std::optional<boost::asio::ssl::context> trust_{}; // read when it is needed
    std::optional<tcp_stream> plain_{};
    std::optional<tls_stream> secure_{};
};

} // namespace datadrop::processor::cli
