#pragma once
// Addresses as an operator writes them: the server's URL, and where `serve` listens. Pure values.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace datadrop::processor::cli {

inline constexpr std::uint16_t default_port = 8132;

struct server_address {
    std::string host; // a name or an address, IPv6 without brackets
    std::uint16_t port = default_port;
    bool operator==(const server_address&) const = default;
};

enum class protocol : std::uint8_t { http, https };

struct server_url {
    protocol speaks = protocol::http;
    server_address at{};
    std::string path{}; // in front of every route, percent-encoded; empty, or /a/b
    bool operator==(const server_url&) const = default;
};

/// `http://HOST[:PORT][/PATH]` or the same with https, whose port is 443 unless said; nothing for
/// any other text.
std::optional<server_url> parse_server_url(std::string_view url);

/// `HOST:PORT`, IPv6 in brackets; port 0 is allowed. Nothing for any other text.
std::optional<server_address> parse_listen_address(std::string_view text);

/// `HOST:PORT`, an IPv6 address in brackets.
std::string to_text(const server_address& address);
/// As parse_server_url takes it.
std::string to_text(const server_url& url);

} // namespace datadrop::processor::cli
