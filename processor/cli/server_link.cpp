#include "processor/cli/server_link.hpp"

#include "processor/cli/failures.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <string>

namespace datadrop::processor::cli {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::use_awaitable;

ssl::context system_trust() {
    ssl::context trust(ssl::context::tls_client);
    trust.set_default_verify_paths();
    trust.set_verify_mode(ssl::verify_peer);
    return trust;
}

bool is_address(const std::string& host) {
    boost::system::error_code none;
    asio::ip::make_address(host, none);
    return !none;
}

/// What the certificate must name; a host that is a name is asked for by it, too (SNI).
void expect(SSL* session, const std::string& host) {
    const bool told =
        is_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1
                         : SSL_set1_host(session, host.c_str()) == 1 &&
                               SSL_set_tlsext_host_name(session, host.c_str()) == 1;
    if (!told) throw unreachable("\"" + host + "\" is no host that a certificate can name");
}

} // namespace

asio::awaitable<void> server_link::open(const server_url& to, std::chrono::seconds time_max) {
    close();
    asio::ip::tcp::resolver resolver(io_);
    const auto found =
        co_await resolver.async_resolve(to.at.host, std::to_string(to.at.port), use_awaitable);
    if (to.speaks == protocol::https) {
        if (!trust_) trust_.emplace(system_trust());
        secure_.emplace(io_, *trust_);
    } else {
        plain_.emplace(io_);
    }
    expires_after(time_max);
    co_await tcp().async_connect(found, use_awaitable);
    tcp().socket().set_option(asio::ip::tcp::no_delay(true));
    if (secure_) co_await shake_hands(to);
}

void server_link::close() {
    secure_.reset();
    plain_.reset();
}

asio::awaitable<void> server_link::shake_hands(const server_url& with) {
    auto* const session = secure_->native_handle();
    expect(session, with.at.host);
    const auto [failed] =
        co_await secure_->async_handshake(ssl::stream_base::client, asio::as_tuple(use_awaitable));
    const auto verdict = SSL_get_verify_result(session);
    if (failed && verdict != X509_V_OK)
        throw unreachable("the certificate of " + to_text(with) +
                          " is not trusted: " + X509_verify_cert_error_string(verdict) +
                          "; an authority of your own is named by SSL_CERT_FILE");
    if (failed) throw boost::system::system_error(failed, "TLS");
}

} // namespace datadrop::processor::cli
