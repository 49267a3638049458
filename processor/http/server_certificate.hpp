#pragma once
// The certificate that the server shows, and how TLS is spoken with it: TLS 1.2 and 1.3 with the
// ciphers that OpenSSL (and the system's openssl.cnf) allows, HTTP/1.1 by ALPN. The files are PEM,
// the certificate's with those of the authorities between behind it.
//
// What deserves an operator's eye, such as an end that has passed, is logged when it is read.
//
// One thread.

#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <filesystem>
#include <memory>

namespace datadrop::processor::http {

struct certificate_files {
    std::filesystem::path certificate;
    std::filesystem::path key;
    bool operator==(const certificate_files&) const = default;
};

class server_certificate {
  public:
    /// Reads the files. Throws std::runtime_error, naming the file and what to do: one cannot be
    /// read or is no PEM, the key is encrypted or is not the certificate's, either is too weak.
    explicit server_certificate(certificate_files files);

    /// Reads them again, for connections that come from now on. Throws as the constructor does, and
    /// then all stays as it was.
    void reload();

    /// For a new connection, which keeps of it what it needs.
    boost::asio::ssl::context& context() const { return *now_.context; }

    /// The certificate's end.
    std::chrono::sys_seconds not_after() const { return now_.not_after; }

  private:
    struct loaded {
        std::unique_ptr<boost::asio::ssl::context> context;
        std::chrono::sys_seconds not_after;
    };
    static loaded load(const certificate_files& files);

    certificate_files files_;
    loaded now_;
};

} // namespace datadrop::processor::http
