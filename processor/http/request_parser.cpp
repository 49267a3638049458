#include "processor/http/request_parser.hpp"

#include "processor/http/http_limits.hpp"

#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace datadrop::processor::http {

namespace {

using error = boost::beast::http::error;
using boost::system::error_code;

// The length of a chunk with the line ends around it. A word of an extension in a short one goes
// uncounted: none of them is kept.
constexpr std::size_t chunk_line_bytes = 12;

/// A field goes on in the next line. Beast takes a field off only when it has seen the next line's
/// first byte, so a fold is never cut in two.
bool is_folded(std::string_view lines) {
    return lines.find("\n ") != lines.npos || lines.find("\n\t") != lines.npos;
}

} // namespace

bool announced_body::too_large() const { return length.value_or(0) > body_bytes_max; }

request_parser::request_parser() {
    parser_.header_limit(header_bytes_max);
    // The limit of bodies is the gate's to look after: a larger one is refused after all that comes
    // before it in the order of refusals.
    parser_.body_limit(boost::none);
}

error_code request_parser::take_header(boost::beast::flat_buffer& from) {
    error_code ec;
    while (!ec && !parser_.is_header_done()) {
        if (from.size() == 0) return error::need_more;
        const std::string_view lines{static_cast<const char*>(from.data().data()), from.size()};
        const auto taken = parser_.put(from.data(), ec);
        if (is_folded(lines.substr(0, taken))) ec = error::bad_obs_fold;
        header_bytes_ += taken;
        from.consume(taken);
        const auto begun = ec == error::need_more ? from.size() : 0;
        if (header_bytes_ + begun > header_bytes_max) ec = error::header_limit;
    }
    return ec;
}

error_code request_parser::take_body(boost::beast::flat_buffer& from) {
    // Once: Beast counts what it took down from there.
    if (!std::exchange(in_body_, true)) parser_.body_limit(body_bytes_max);
    auto& body = parser_.get().body();
    error_code ec;
    while (!ec && !parser_.is_done()) {
        if (from.size() == 0) return error::need_more;
        const auto before = body.size();
        const auto taken = parser_.put(from.data(), ec);
        from.consume(taken);
        const auto line = taken - (body.size() - before);
        if (!keeps_body_) body.clear();
        extra_bytes_ += line - std::min(line, chunk_line_bytes);
        const auto begun = ec == error::need_more ? from.size() : 0;
        if (extra_bytes_ + begun > header_bytes_max) ec = error::buffer_overflow;
    }
    return ec;
}

error_code request_parser::end() {
    error_code ec;
    parser_.put_eof(ec);
    return ec;
}

announced_body request_parser::announced() const {
    announced_body body{.chunked = parser_.chunked()};
    if (const auto length = parser_.content_length()) body.length = *length;
    return body;
}

} // namespace datadrop::processor::http
