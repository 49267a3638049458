#include "processor/http/server_certificate.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <sys/stat.h>

namespace datadrop::processor::http {

namespace {

namespace ssl = boost::asio::ssl;
using std::filesystem::path;
using key_ptr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using bio_ptr = std::unique_ptr<BIO, decltype(&BIO_free)>;

constexpr std::size_t file_bytes_max = 1024 * 1024;

/// The reason of what OpenSSL refused last, in its words.
std::string openssl_reason() {
    const auto* const reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return reason == nullptr ? "no reason was given" : reason;
}

std::string text_of(const path& file, std::string_view what) {
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    std::string text(file_bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (!in.is_open() || in.bad() || (text.empty() && errno != 0))
        throw std::runtime_error{fmt::format("the {} file \"{}\" cannot be read: {}", what,
                                             file.string(), std::strerror(errno))};
    if (text.size() > file_bytes_max)
        throw std::runtime_error{fmt::format("the {} file \"{}\" is larger than {} bytes: it is "
                                             "another file",
                                             what, file.string(), file_bytes_max)};
    return text;
}

// ---- how TLS is spoken

/// A client that wants only what is not spoken here is told so now, and not by nonsense later.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned offered_length, void*) {
    static constexpr unsigned char http_1_1[] = "\x08http/1.1";
    auto* found = const_cast<unsigned char*>(*chosen);
    const int what = SSL_select_next_proto(&found, length, http_1_1, sizeof http_1_1 - 1, offered,
                                           offered_length);
    if (what != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

std::unique_ptr<ssl::context> new_context() {
    auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
    auto* const handle = context->native_handle();
    SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
    // The server chooses, and takes ChaCha20 for a client without AES in hardware.
    SSL_CTX_set_options(handle, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                    SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_alpn_select_cb(handle, choose_protocol, nullptr);
    return context;
}

// ---- the certificate

void take_certificate(ssl::context& into, const path& file) {
    const auto text = text_of(file, "certificate");
    boost::system::error_code failed;
    into.use_certificate_chain(boost::asio::buffer(text), failed);
    if (!failed) return;
    throw std::runtime_error{
        fmt::format("the certificate file \"{}\" holds none that can be used: {}; it has to be PEM "
                    "(-----BEGIN CERTIFICATE-----), the server's own first",
                    file.string(), failed.message())};
}

std::chrono::sys_seconds time_of(const ASN1_TIME* time) {
    std::tm parts{};
    ASN1_TIME_to_tm(time, &parts);
    return std::chrono::sys_seconds{std::chrono::seconds{::timegm(&parts)}};
}

std::string subject_of(const X509* certificate) {
    const bio_ptr out{BIO_new(BIO_s_mem()), BIO_free};
    X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE);
    char* text = nullptr;
    const auto length = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

/// A server that does not start would be worse for its clients than one that some refuse.
void log_what_it_is(const X509* certificate, const path& file) {
    const auto begin = time_of(X509_get0_notBefore(certificate));
    const auto end = time_of(X509_get0_notAfter(certificate));
    const auto now = std::chrono::system_clock::now();
    const auto name =
        fmt::format("the certificate \"{}\" in \"{}\"", subject_of(certificate), file.string());
    if (end <= now)
        spdlog::warn("{} ended on {:%FT%TZ}: clients that check it refuse this server; put a new "
                     "one there, then send SIGHUP",
                     name, end);
    else if (begin > now)
        spdlog::warn("{} begins on {:%FT%TZ} only: clients that check it refuse this server until "
                     "then; is the clock right?",
                     name, begin);
    else
        spdlog::info("new connections are shown {}, which ends on {:%FT%TZ}", name, end);
}

// ---- its key

/// Nobody is there to be asked, and a passphrase kept beside the key would guard nothing.
int note_that_asked(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

key_ptr key_in(const path& file) {
    const auto text = text_of(file, "key");
    const bio_ptr in{BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
    bool encrypted = false;
    key_ptr key{PEM_read_bio_PrivateKey(in.get(), nullptr, note_that_asked, &encrypted),
                EVP_PKEY_free};
    if (key) return key;
    const auto why = openssl_reason();
    if (encrypted)
        throw std::runtime_error{
            fmt::format("the key in \"{0}\" is encrypted: make one that is not, `openssl pkey -in "
                        "{0} -out FILE`, readable by the server alone",
                        file.string())};
    throw std::runtime_error{fmt::format("the key file \"{}\" holds no private key: {}; it has to "
                                         "be PEM (-----BEGIN PRIVATE KEY-----)",
                                         file.string(), why)};
}

void take_key(ssl::context& into, const certificate_files& files) {
    const auto key = key_in(files.key);
    auto* const handle = into.native_handle();
    if (X509_check_private_key(SSL_CTX_get0_certificate(handle), key.get()) != 1) {
        ERR_clear_error();
        throw std::runtime_error{
            fmt::format("the key in \"{}\" is not that of the certificate in \"{}\": name the pair "
                        "that was made together",
                        files.key.string(), files.certificate.string())};
    }
    if (SSL_CTX_use_PrivateKey(handle, key.get()) != 1)
        throw std::runtime_error{fmt::format("the key in \"{}\" cannot be used: {}",
                                             files.key.string(), openssl_reason())};
}

void warn_of_readers(const path& key) {
    struct stat found{};
    if (::stat(key.c_str(), &found) == 0 && (found.st_mode & S_IROTH) != 0)
        spdlog::warn("everybody on this machine can read the key file \"{0}\": `chmod o= {0}`",
                     key.string());
}

} // namespace

server_certificate::server_certificate(certificate_files files)
    : files_(std::move(files)), now_(load(files_)) {}

void server_certificate::reload() { now_ = load(files_); }

server_certificate::loaded server_certificate::load(const certificate_files& files) {
    auto context = new_context();
    take_certificate(*context, files.certificate);
    take_key(*context, files);
    const auto* const certificate = SSL_CTX_get0_certificate(context->native_handle());
    log_what_it_is(certificate, files.certificate);
    warn_of_readers(files.key);
    return {std::move(context), time_of(X509_get0_notAfter(certificate))};
}

} // namespace datadrop::processor::http
