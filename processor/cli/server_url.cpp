#include "processor/cli/server_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>

namespace datadrop::processor::cli {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc{} || rest != end) return std::nullopt;
    return port;
}

} // namespace

std::optional<server_address> parse_server_url(std::string_view url) {
    const auto parsed = boost::urls::parse_uri(url);
    if (!parsed || parsed->scheme_id() != boost::urls::scheme::http) return std::nullopt;
    const bool more = parsed->has_userinfo() || parsed->has_query() || parsed->has_fragment() ||
                      (parsed->encoded_path() != "" && parsed->encoded_path() != "/");
    const std::string host = parsed->host_address();
    // No name of a host needs an escape, and what one may hide (a NUL) would lead to another host.
    const bool escaped = parsed->encoded_host().find('%') != std::string_view::npos;
    if (more || escaped || host.empty()) return std::nullopt;
    if (!parsed->has_port()) return server_address{.host = host};
    const auto port = parse_port(std::string(parsed->port()));
    if (!port || *port == 0) return std::nullopt;
    return server_address{.host = host, .port = *port};
}

std::optional<server_address> parse_listen_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    auto host = text.substr(0, colon);
    const auto port = parse_port(text.substr(colon + 1));
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (!port || host.empty() || (!bracketed && host.find(':') != std::string_view::npos))
        return std::nullopt;
    return server_address{.host = std::string(host), .port = *port};
}

std::string to_text(const server_address& address) {
    const bool is_v6 = address.host.find(':') != std::string::npos;
    return (is_v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

} // namespace datadrop::processor::cli
