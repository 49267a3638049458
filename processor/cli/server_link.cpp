#include "processor/cli/server_link.hpp"

#include "processor/cli/failures.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>

namespace datadrop::processor::cli {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::use_awaitable;

/// Other authorities are not trusted beside the one that was named.
ssl::context trust_in(const std::optional<std::filesystem::path>& ca_file) {
    ssl::context trust(ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(trust.native_handle(), TLS1_2_VERSION);
    trust.set_verify_mode(ssl::verify_peer);
    boost::system::error_code failed;
    if (ca_file)
        trust.load_verify_file(ca_file->string(), failed);
    else
        trust.set_default_verify_paths();
    if (failed)
        throw usage_error("--ca-file: \"" + ca_file->string() +
                          "\" holds no certificate that can be read (" + failed.message() +
                          "); it has to be PEM (-----BEGIN CERTIFICATE-----)");
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

std::string address_in(std::span<const unsigned char> bytes) {
    asio::ip::address_v4::bytes_type v4{};
    asio::ip::address_v6::bytes_type v6{};
    if (bytes.size() == v4.size()) {
        std::ranges::copy(bytes, v4.begin());
        return asio::ip::make_address_v4(v4).to_string();
    }
    if (bytes.size() != v6.size()) return {};
    std::ranges::copy(bytes, v6.begin());
    return asio::ip::make_address_v6(v6).to_string();
}

/// A host's name or address; "" for what is another kind of name.
std::string host_in(const GENERAL_NAME* name) {
    int kind = 0;
    const void* const value = GENERAL_NAME_get0_value(name, &kind);
    if (kind != GEN_DNS && kind != GEN_IPADD) return {};
    const auto* const text = static_cast<const ASN1_STRING*>(value);
    const std::span bytes{ASN1_STRING_get0_data(text),
                          static_cast<std::size_t>(ASN1_STRING_length(text))};
    return kind == GEN_DNS ? std::string(bytes.begin(), bytes.end()) : address_in(bytes);
}

/// The hosts that a certificate names, for a person: the first ones, in visible characters.
std::string hosts_of(const X509* certificate) {
    constexpr std::size_t text_max = 200;
    const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
        static_cast<GENERAL_NAMES*>(
            X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
        GENERAL_NAMES_free);
    std::string all;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()) && all.size() < text_max; ++i)
        if (const auto host = host_in(sk_GENERAL_NAME_value(names.get(), i)); !host.empty())
            all += (all.empty() ? "" : ", ") + host;
    std::erase_if(all, [](char c) { return c < ' ' || c > '~'; });
    return all.empty() ? "no host" : all.substr(0, text_max);
}

/// Why a certificate is not taken, and what to do.
std::string doubt(long verdict, const std::string& hosts) {
    switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return "it is of " + hosts + "; name the server as its certificate does (--server)";
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return "it has ended; the server needs a new one";
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "it begins later than now; is the clock of this machine right?";
    default:
        return std::string(X509_verify_cert_error_string(verdict)) +
               "; name the authority that signed it by --ca-file FILE";
    }
}

bool speaks_no_tls(boost::system::error_code failed) {
    return failed.category() == asio::error::get_ssl_category() &&
           ERR_GET_REASON(static_cast<unsigned long>(failed.value())) == SSL_R_WRONG_VERSION_NUMBER;
}

} // namespace

asio::awaitable<void> server_link::open(const server_url& to, std::chrono::seconds time_max) {
    close();
    asio::ip::tcp::resolver resolver(io_);
    const auto found =
        co_await resolver.async_resolve(to.at.host, std::to_string(to.at.port), use_awaitable);
    if (to.speaks == protocol::https) {
        if (!trust_) trust_.emplace(trust_in(ca_file_));
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
    const auto hosts = std::make_shared<std::string>(); // of a certificate that is not taken
    secure_->set_verify_callback([hosts](bool fits, ssl::verify_context& at) {
        if (!fits) *hosts = hosts_of(X509_STORE_CTX_get0_cert(at.native_handle()));
        return fits;
    });
    const auto [failed] =
        co_await secure_->async_handshake(ssl::stream_base::client, asio::as_tuple(use_awaitable));
    const auto verdict = SSL_get_verify_result(session);
    if (failed && verdict != X509_V_OK)
        throw unreachable("the certificate of " + to_text(with) +
                          " is not trusted: " + doubt(verdict, *hosts));
    if (speaks_no_tls(failed))
        throw unreachable("the server at " + to_text(with) +
                          " does not speak TLS there; is it http:// that is meant? (--server)");
    if (failed) throw boost::system::system_error(failed, "TLS");
}

} // namespace datadrop::processor::cli
