#include "processor/http/message.hpp"

#include <boost/json/serialize.hpp>

#include <utility>

namespace datadrop::processor::http {

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

} // namespace datadrop::processor::http
