#include "tests/e2e/support/proxies.hpp"

#include "tests/e2e/support/tls.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace datadrop::test {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error(file.string() + " is not there: see ./dev's packages");
    return {std::istreambuf_iterator<char>(in), {}};
}

void replace(std::string& in, std::string_view old, std::string_view by) {
    for (auto at = in.find(old); at != std::string::npos; at = in.find(old, at + by.size()))
        in.replace(at, old.size(), by);
}

std::string address(port_number port) { return "127.0.0.1:" + std::to_string(port); }

/// To a server in TLS, the proxies are told to check it, which they do not by themselves.
std::string nginx_pass(port_number to) {
    if (!speaks_tls(to)) return "proxy_pass http://" + address(to) + ";";
    return "proxy_pass https://" + address(to) +
           "; proxy_ssl_verify on; proxy_ssl_name localhost; proxy_ssl_trusted_certificate " +
           the_authority().certificate().string() + ";";
}

std::string haproxy_server(port_number to) {
    if (!speaks_tls(to)) return address(to);
    return address(to) + " ssl verify required verifyhost localhost ca-file " +
           the_authority().certificate().string();
}

/// The package's own, with another site and with files in a folder of ours.
std::string nginx_settings(const fs::path& folder, port_number port, port_number to) {
    auto text = text_of("/etc/nginx/nginx.conf");
    std::string site;
    for (const std::string of : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        site += of + "_temp_path " + (folder / of).string() + ";\n";
    site += "server { listen " + address(port) + "; location / { " + nginx_pass(to) + " } }\n";
    replace(text, "/run/nginx.pid", (folder / "nginx.pid").string());
    replace(text, "/var/log/nginx", folder.string());
    replace(text, "include /etc/nginx/conf.d/*.conf;", "");
    replace(text, "include /etc/nginx/sites-enabled/*;", site);
    return text;
}

/// The package's defaults.
std::string haproxy_settings(port_number port, port_number to) {
    const auto text = text_of("/etc/haproxy/haproxy.cfg");
    const auto defaults = text.find("\ndefaults");
    if (defaults == std::string::npos) throw std::runtime_error("haproxy.cfg has no defaults");
    return text.substr(defaults) + "\nlisten door\n    bind " + address(port) +
           "\n    server datadrop " + haproxy_server(to) + "\n";
}

std::unique_ptr<process> start(proxy_kind which, const fs::path& folder, port_number port,
                               port_number to) {
    const auto file = (folder / "settings").string();
    if (which == proxy_kind::nginx) {
        std::ofstream(file) << nginx_settings(folder, port, to);
        // One process, so that none is left behind by a test that ends early.
        return std::make_unique<process>(arguments{"-c", file, "-e",
                                                   (folder / "error.log").string(), "-g",
                                                   "daemon off; master_process off;"},
                                         environment{}, "/usr/sbin/nginx");
    }
    std::ofstream(file) << haproxy_settings(port, to);
    return std::make_unique<process>(arguments{"-db", "-f", file}, environment{},
                                     "/usr/sbin/haproxy");
}

bool answers(port_number port) {
    try {
        return connection(port).get("/healthz").status == 200;
    } catch (const std::exception&) {
        return false;
    }
}

} // namespace

proxy::proxy(proxy_kind which, port_number to)
    : port_(free_port()), process_(start(which, folder_.path(), port_, to)) {
    if (!eventually([this] { return answers(port_); }))
        throw std::runtime_error("the proxy does not pass on: " + process_->err());
}

port_number free_port() {
    boost::asio::io_context io;
    namespace ip = boost::asio::ip;
    return ip::tcp::acceptor(io, {ip::address_v4::loopback(), 0}).local_endpoint().port();
}

} // namespace datadrop::test
