#pragma once
// Which handler a request goes to and what it needs to get there. Pure; every thread.

#include "eventstore/tokens.hpp"
#include "processor/http/message.hpp"
#include "processor/http/reply.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace datadrop::processor::http {

enum class body_rule {
    none,     // a body is read and ignored
    json,     // JSON, or no body at all
    commands, // JSON or FlatBuffers
};

struct route {
    verb method{};
    std::string_view path; // "{}" stands for any one segment
    std::optional<eventstore::scope> needs{};
    body_rule body = body_rule::none;
    boost::asio::awaitable<reply> (*handler)(const call&) = nullptr;
    std::span<const status> own_answers{}; // statuses beside those of answers_of()
    status success = status::ok;
};

/// What operators do, and not only look at, is done under the name of a person.
bool asks_for_person(const route& to);

/// Every status that a route answers with in the normal course of things, its refusals included.
std::vector<status> answers_of(const route& to);

struct route_match {
    const route* found = nullptr;
    std::vector<std::string_view> arguments; // into the segments
};

struct path_unknown {};
struct method_refused {
    std::string allow; // the methods of the path, for Allow
};

/// HEAD finds what GET finds.
std::variant<route_match, path_unknown, method_refused>
find_route(std::span<const route> all, verb method, const std::vector<std::string>& segments);

} // namespace datadrop::processor::http
