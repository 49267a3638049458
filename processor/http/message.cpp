#include "processor/http/message.hpp"

#include "processor/http/date.hpp"
#include "processor/http/http_limits.hpp"

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <utility>

namespace datadrop::processor::http {

namespace beast = boost::beast;

response make_response(status code, std::string_view type, std::string body) {
    response answer{code, 11, std::move(body)};
    answer.set(field::content_type, type);
    // Members' states and answers to commands are nobody else's to keep.
    answer.set(field::cache_control, "no-store");
    if (code == status::too_many_requests || code == status::service_unavailable)
        answer.set(field::retry_after, "1");
    return answer;
}

response json_response(status code, const boost::json::value& body) {
    return make_response(code, json_type, boost::json::serialize(body));
}

void finish(response& answer, unsigned version, connection_use use) {
    static const auto told = fmt::format("timeout={}", idle_told.count());
    answer.version(version);
    answer.set(field::date, http_date_now());
    if (use == connection_use::closed) return answer.keep_alive(false);
    // Goes without saying in HTTP/1.1, but names the next field as one that proxies keep.
    answer.set(field::connection, "keep-alive");
    answer.set(field::keep_alive, told);
}

std::string head_text(const response& message) {
    std::string text;
    beast::http::response_serializer<beast::http::string_body> serializer{message};
    serializer.split(true); // the head in one piece, and then the body
    boost::system::error_code ec;
    serializer.next(ec, [&](boost::system::error_code&, const auto& buffers) {
        text.reserve(beast::buffer_bytes(buffers) + message.body().size()); // which mostly follows
        for (const auto piece : beast::buffers_range_ref(buffers))
            text.append(static_cast<const char*>(piece.data()), piece.size());
    });
    return text;
}

} // namespace datadrop::processor::http
