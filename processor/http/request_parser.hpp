#pragma once
// Beast's parser of a request, with bounds for what it keeps or takes without one: a header that
// comes line by line, a line of a chunked body (its extensions, its trailers) that does not end.
// Line folding, which proxies read in different ways, is refused. No I/O; one thread.

#include "processor/http/message.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace datadrop::processor::http {

/// What the header says of the body that follows.
struct announced_body {
    std::optional<std::uint64_t> length{};
    bool chunked = false;

    bool any() const { return chunked || length.value_or(0) > 0; }
    bool too_large() const;
};

class request_parser {
  public:
    request_parser();

    /// Takes off the buffer what belongs to the header. Errors are those of Beast: need_more when
    /// the header is not whole yet, header_limit beyond header_bytes_max, bad_obs_fold.
    [[nodiscard]] boost::system::error_code take_header(boost::beast::flat_buffer& from);

    /// The same with the body behind it: body_limit beyond body_bytes_max, buffer_overflow when
    /// chunk extensions and trailers together are beyond header_bytes_max.
    [[nodiscard]] boost::system::error_code take_body(boost::beast::flat_buffer& from);

    /// Before take_body: the body is read for the sake of the next request, and not kept.
    void drop_body() { keeps_body_ = false; }

    /// Nothing will come any more: partial_message when the request is not whole.
    [[nodiscard]] boost::system::error_code end();

    const request& header() const { return parser_.get(); }
    announced_body announced() const;
    request release() { return parser_.release(); }

  private:
    boost::beast::http::request_parser<boost::beast::http::string_body> parser_;
    std::size_t header_bytes_ = 0; // taken
    std::size_t extra_bytes_ = 0;  // of a chunked body, beside its chunks and their lengths
    bool in_body_ = false;
    bool keeps_body_ = true;
};

} // namespace datadrop::processor::http
