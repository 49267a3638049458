#include "processor/http/framing.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/url/authority_view.hpp>
#include <boost/url/parse.hpp>

namespace datadrop::processor::http {

namespace {

constexpr unsigned http_1_1 = 11;

/// Where the body ends must not hang on which of two fields, or which of two codings, is believed.
std::optional<std::string_view> doubt_in_encoding(const request_header& header) {
    const auto encodings = header.count(field::transfer_encoding);
    if (encodings == 0) return std::nullopt;
    if (encodings > 1 || !boost::beast::iequals(header[field::transfer_encoding], "chunked"))
        return "Transfer-Encoding must be chunked, or not there";
    if (header.version() < http_1_1) return "HTTP/1.0 knows no Transfer-Encoding";
    if (header.count(field::content_length) > 0)
        return "Transfer-Encoding and Content-Length exclude each other";
    return std::nullopt;
}

/// Not even the same length twice: some readers take the first, others the last.
std::optional<std::string_view> doubt_in_length(const request_header& header) {
    const auto lengths = header.count(field::content_length);
    const std::string_view length = header[field::content_length];
    if (lengths > 1 || length.find_first_not_of("0123456789") != length.npos)
        return "Content-Length must be one number";
    return std::nullopt;
}

/// Without a user: some readers take what stands before an @ for the host, some what stands behind.
bool is_host(std::string_view text) {
    const auto parsed = boost::urls::parse_authority(text);
    return parsed && !parsed->has_userinfo() && !parsed->encoded_host().empty();
}

/// HTTP/1.0 need not have one; what it has is held to the same.
std::optional<std::string_view> doubt_in_host(const request_header& header) {
    const auto hosts = header.count(field::host);
    if (hosts == 0 && header.version() < http_1_1) return std::nullopt;
    if (hosts != 1) return "Host must be there, and once";
    if (!is_host(header[field::host])) return "Host must be a host, with a port or without";
    return std::nullopt;
}

} // namespace

std::optional<std::string_view> framing_doubt(const request_header& header) {
    // The end of the body first: what is wrong with it may hide another request.
    if (const auto doubt = doubt_in_encoding(header)) return doubt;
    if (const auto doubt = doubt_in_length(header)) return doubt;
    return doubt_in_host(header);
}

} // namespace datadrop::processor::http
