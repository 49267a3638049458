#include "processor/http/router.hpp"

#include <utility>

namespace datadrop::processor::http {

namespace {

/// The arguments when the segments fit a route's path.
std::optional<std::vector<std::string_view>> match(std::string_view path,
                                                   const std::vector<std::string>& segments) {
    std::vector<std::string_view> arguments;
    if (segments.empty() && path == "/") return arguments;
    // Segment by segment, as they were split before decoding: no text of a client is put together
    // with ours and taken apart again.
    for (const auto& segment : segments) {
        if (!path.starts_with('/')) return std::nullopt;
        path.remove_prefix(1);
        const auto expected = path.substr(0, path.find('/'));
        path.remove_prefix(expected.size());
        if (expected == "{}" && !segment.empty())
            arguments.emplace_back(segment);
        else if (expected != segment)
            return std::nullopt;
    }
    if (!path.empty()) return std::nullopt;
    return arguments;
}

void add_method(std::string& allow, verb method) {
    if (!allow.empty()) allow += ", ";
    allow += method == verb::get ? "GET, HEAD" : std::string{to_string(method)};
}

} // namespace

bool asks_for_person(const route& to) {
    return to.needs == eventstore::scope::operate && to.method == verb::post;
}

std::vector<status> answers_of(const route& to) {
    std::vector<status> all{to.success, status::bad_request, status::request_timeout};
    if (to.needs)
        all.insert(all.end(), {status::unauthorized, status::forbidden, status::service_unavailable,
                               status::internal_server_error});
    if (to.body != body_rule::none)
        all.insert(all.end(), {status::payload_too_large, status::unsupported_media_type});
    all.insert(all.end(), to.own_answers.begin(), to.own_answers.end());
    return all;
}

std::variant<route_match, path_unknown, method_refused>
find_route(std::span<const route> all, verb method, const std::vector<std::string>& segments) {
    const auto wanted = method == verb::head ? verb::get : method;
    std::string allow;
    // All of them are looked at: those of the right path and another method make up Allow.
    for (const auto& candidate : all) {
        auto arguments = match(candidate.path, segments);
        if (!arguments) continue;
        if (candidate.method == wanted) return route_match{&candidate, *std::move(arguments)};
        add_method(allow, candidate.method);
    }
    if (allow.empty()) return path_unknown{};
    return method_refused{std::move(allow)};
}

} // namespace datadrop::processor::http
