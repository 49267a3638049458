// A server behind a proxy, as clients meet it: TLS in front, and a path of its own. The proxy is
// Debian's nginx, its certificate that of an authority made here.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>

#include <fstream>

namespace datadrop::test {
namespace {

port_number free_port() {
    boost::asio::io_context io;
    boost::asio::ip::tcp::acceptor taken(io, {boost::asio::ip::address_v4::loopback(), 0});
    return taken.local_endpoint().port();
}

void openssl(arguments words) {
    const auto made = run(words, {.input = {}, .variables = {}, .program = "openssl"});
    if (made.exit_code != 0) throw std::runtime_error("openssl: " + made.err);
}

/// nginx in front of a server, under the path /datadrop: in TLS as "localhost", and plain.
class proxy {
  public:
    explicit proxy(const server& behind) {
        const auto file = [this](const char* name) { return (folder_.path() / name).string(); };
        const arguments key{
            "req",   "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-days", "2"};
        auto ca = key;
        ca.insert(ca.end(),
                  {"-subj", "/CN=an authority", "-keyout", file("ca.key"), "-out", file("ca.pem")});
        openssl(ca);
        auto site = key;
        site.insert(site.end(), {"-subj", "/CN=localhost", "-addext",
                                 "subjectAltName=DNS:localhost", "-CA", file("ca.pem"), "-CAkey",
                                 file("ca.key"), "-keyout", file("key"), "-out", file("pem")});
        openssl(site);
        std::ofstream(file("conf")) << configuration(behind);
        nginx_ = std::make_unique<process>(
            arguments{"-p", folder_.path().string(), "-e", "stderr", "-c", file("conf")},
            environment{}, "nginx");
        if (!eventually([this] { return answers(); }))
            throw std::runtime_error("nginx does not listen:\n" + nginx_->err());
    }

    std::string secure(const std::string& host = "localhost") const {
        return fmt::format("https://{}:{}/datadrop", host, tls_port_);
    }
    std::string plain() const { return fmt::format("http://127.0.0.1:{}/datadrop/", port_); }
    std::string authority() const { return (folder_.path() / "ca.pem").string(); }

  private:
    std::string configuration(const server& behind) const {
        return fmt::format(R"(daemon off; master_process off; pid {0}/pid; error_log stderr;
events {{}}
http {{ access_log off; client_body_temp_path {0}/body; proxy_temp_path {0}/proxy;
  fastcgi_temp_path {0}/f; uwsgi_temp_path {0}/u; scgi_temp_path {0}/s;
  server {{ listen 127.0.0.1:{1} ssl; listen 127.0.0.1:{2};
    ssl_certificate {0}/pem; ssl_certificate_key {0}/key;
    location /datadrop/ {{ proxy_pass {3}/; proxy_http_version 1.1; }} }} }}
)",
                           folder_.path().string(), tls_port_, port_, behind.url());
    }
    bool answers() const {
        try {
            return connection(port_).get("/datadrop/healthz").status == 200;
        } catch (const std::exception&) {
            return false;
        }
    }

    temporary_folder folder_;
    port_number tls_port_ = free_port();
    port_number port_ = free_port();
    std::unique_ptr<process> nginx_;
};

const arguments list{"dead-letter", "list"};
const std::string nobody; // no authority but the system's

/// `datadrop words…` as an operator, through what stands at the URL.
program_result run_at(const std::string& url, const std::string& trusting, const arguments& words) {
    environment variables{{"DATADROP_SERVER", url},
                          {"DATADROP_TOKEN", shared_world().operator_one}};
    if (!trusting.empty()) variables["SSL_CERT_FILE"] = trusting;
    return run(words, {.input = {}, .variables = variables});
}

} // namespace

TEST_CASE("cli: a server is reached by https and by a path in front") {
    const auto& at = shared_world();
    const proxy front(at.front);
    for (const auto& url : {front.secure(), front.plain()}) {
        CAPTURE(url);
        const auto who = somebody();
        const auto joined = run_at(url, front.authority(),
                                   words_of("submit --guild " + who.guild + " --user " + who.user +
                                            " --command Join --format json"));
        CAPTURE(joined.err);
        CHECK(contains(joined.out, R"("outcome":"accepted")"));
        CHECK(joined.exit_code == 0);
        const auto told =
            run_at(url, front.authority(), {"member", "history", who.guild, who.user});
        CHECK(contains(told.out, "MemberJoined"));
    }
    CHECK(run_at(front.plain() + "elsewhere", front.authority(), list).exit_code == 1);
}

TEST_CASE(
    "cli: a server's certificate is checked: its authority, its name, and that there is one") {
    const auto& at = shared_world();
    const proxy front(at.front);
    const auto stranger = run_at(front.secure(), nobody, list);
    CHECK(stranger.exit_code == 3);
    CHECK_MESSAGE(contains(stranger.err, "is not trusted"), stranger.err);
    CHECK_MESSAGE(contains(stranger.err, "SSL_CERT_FILE"), stranger.err);
    const auto another = run_at(front.secure("127.0.0.1"), front.authority(), list);
    CHECK(another.exit_code == 3);
    CHECK_MESSAGE(contains(another.err, "IP address mismatch"), another.err);
    const auto no_tls =
        run_at("https://127.0.0.1:" + std::to_string(at.front.port()), front.authority(), list);
    CHECK(no_tls.exit_code == 3);
    CHECK_MESSAGE(contains(no_tls.err, "https://127.0.0.1"), no_tls.err);
}

} // namespace datadrop::test
