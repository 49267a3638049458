#pragma once
// A client that blocks, on a real socket, plain or in TLS with certificates of one authority.

#include "processor/http/server_certificate.hpp"
#include "tests/support/certificates.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace datadrop::test {

namespace http = processor::http;

/// Of every server that these clients speak to.
inline const authority& the_authority() {
    static const authority all;
    return all;
}
inline const http::server_certificate& the_certificate() {
    static const auto pair = the_authority().issue("server");
    static const http::server_certificate read{{pair.certificate, pair.key}};
    return read;
}

class client {
  private:
    template <typename Work>
    auto on_stream(Work work) {
        return tls_ ? work(*tls_) : work(*socket_);
    }
    template <typename Stream>
    std::string read_answer(Stream& from) {
        auto into = boost::asio::dynamic_buffer(received_);
        const auto head_end = boost::asio::read_until(from, into, "\r\n\r\n", end_);
        if (end_) return "";
        const auto head = received_.substr(0, head_end);
        const auto body = std::stoul(head.substr(head.find("Content-Length: ") + 16));
        const auto all = head_end + body;
        if (received_.size() < all)
            boost::asio::read(from, into, boost::asio::transfer_exactly(all - received_.size()));
        received_.erase(0, all);
        return head;
    }

  public:
    explicit client(std::uint16_t port) {
        socket_->connect({boost::asio::ip::address_v4::loopback(), port});
    }

    /// Trusts the authority.
    void shake_hands() {
        boost::asio::ssl::context trust{boost::asio::ssl::context::tls_client};
        trust.load_verify_file(the_authority().certificate().string());
        trust.set_verify_mode(boost::asio::ssl::verify_peer);
        tls_.emplace(*socket_, trust);
        tls_->handshake(boost::asio::ssl::stream_base::client);
    }
    /// Whether hands are shaken in this version and no other.
    bool speaks(int version) {
        boost::asio::ssl::context any{boost::asio::ssl::context::tls_client};
        SSL_CTX_set_security_level(any.native_handle(), 0); // the system may forbid old ones
        SSL_CTX_set_min_proto_version(any.native_handle(), version);
        SSL_CTX_set_max_proto_version(any.native_handle(), version);
        tls_.emplace(*socket_, any);
        boost::system::error_code failed;
        tls_->handshake(boost::asio::ssl::stream_base::client, failed);
        return !failed && SSL_version(tls_->native_handle()) == version;
    }

    void write(std::string_view bytes) {
        on_stream([&](auto& s) { return boost::asio::write(s, boost::asio::buffer(bytes)); });
    }
    /// The head of the next answer, and "" when the server ends the connection instead.
    std::string read() {
        return on_stream([this](auto& stream) { return read_answer(stream); });
    }
    std::string ask(std::string_view request) {
        write(request);
        return read();
    }
    /// How the reading ended.
    boost::system::error_code end() const { return end_; }

    bool is_open() {
        socket_->non_blocking(true);
        char byte = 0;
        boost::system::error_code ec;
        on_stream([&](auto& s) { return s.read_some(boost::asio::buffer(&byte, 1), ec); });
        socket_->non_blocking(false);
        return ec == boost::asio::error::would_block;
    }

    /// Tells that no more comes, and goes on reading.
    void say_goodbye() {
        boost::system::error_code ignored;
        SSL_set_shutdown(tls_->native_handle(), SSL_RECEIVED_SHUTDOWN); // waits for none
        tls_->shutdown(ignored);
        SSL_set_shutdown(tls_->native_handle(), SSL_SENT_SHUTDOWN);
    }
    void end_writing() { socket_->shutdown(boost::asio::ip::tcp::socket::shutdown_send); }

  private:
    std::unique_ptr<boost::asio::io_context> io_ = std::make_unique<boost::asio::io_context>(1);
    // Where it stays when the client is moved.
    std::unique_ptr<boost::asio::ip::tcp::socket> socket_ =
        std::make_unique<boost::asio::ip::tcp::socket>(*io_);
    std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_{};
    std::string received_{};
    boost::system::error_code end_{};
};

} // namespace datadrop::test
