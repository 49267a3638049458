#include "processor/cli/server_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>

namespace datadrop::processor::cli {
namespace {

constexpr std::uint16_t https_port = 443;

std::optional<protocol> protocol_of(const boost::urls::url_view& url) {
    if (url.scheme_id() == boost::urls::scheme::http) return protocol::http;
    if (url.scheme_id() == boost::urls::scheme::https) return protocol::https;
    return std::nullopt;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc{} || rest != end) return std::nullopt;
    return port;
}

} // namespace

std::optional<server_url> parse_server_url(std::string_view text) {
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed || !protocol_of(*parsed)) return std::nullopt;
    const bool more = parsed->has_userinfo() || parsed->has_query() || parsed->has_fragment();
    const std::string host = parsed->host_address();
    // No name of a host needs an escape, and what one may hide (a NUL) would lead to another host.
    const bool escaped = parsed->encoded_host().find('%') != std::string_view::npos;
    // The library takes for a path what follows a host without a slash, as a port whose colon is
    // missing does.
    const auto path = std::string(parsed->encoded_path());
    const bool torn = !path.empty() && !path.starts_with('/');
    if (more || escaped || torn || host.empty()) return std::nullopt;

    server_url url{.speaks = *protocol_of(*parsed), .at = {.host = host}};
    if (url.speaks == protocol::https) url.at.port = https_port;
    if (parsed->has_port()) {
        const auto port = parse_port(std::string(parsed->port()));
        if (!port || *port == 0) return std::nullopt;
        url.at.port = *port;
    }
    url.path = path;
    while (url.path.ends_with('/'))
        url.path.pop_back();
    return url;
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

std::string to_text(const server_url& url) {
    return (url.speaks == protocol::https ? "https://" : "http://") + to_text(url.at) + url.path;
}

} // namespace datadrop::processor::cli
