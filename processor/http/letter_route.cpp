#include "processor/http/letter_route.hpp"

#include "processor/http/http_limits.hpp"

namespace datadrop::processor::http {

std::optional<eventstore::dead_letter_id> parse_letter_id(const call& asked) {
    const auto id = eventstore::parse_position(asked.arguments[0]);
    if (!id || number_of(partition_of(*id)) >= asked.server.behind.partitions())
        return std::nullopt;
    return id;
}

problem unknown_letter() {
    return {problem_code::dead_letter_not_found, "no dead letter has this id"};
}

boost::asio::awaitable<void> catch_up(service& behind) {
    auto tails = co_await behind.read([](reader& r) { return r.log.tails(); });
    co_await behind.projection_reaches(std::move(tails), list_wait_max);
}

response letter_response(status code, const boost::json::object& record) {
    auto answer = json_response(code, record);
    answer.set(field::etag, std::string_view(record.at("etag").as_string()));
    return answer;
}

} // namespace datadrop::processor::http
