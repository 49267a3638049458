#pragma once
// The HTTP layer's words for Beast's types, and answers in JSON. Values; every thread.

#include <boost/beast/http/field.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace datadrop::processor::http {

using boost::beast::http::field;
using boost::beast::http::status;
using boost::beast::http::verb;
using request_header = boost::beast::http::request_header<>;
using request = boost::beast::http::request<boost::beast::http::string_body>;
using response = boost::beast::http::response<boost::beast::http::string_body>;

inline constexpr std::string_view json_type = "application/json";
inline constexpr std::string_view flatbuffers_type = "application/x-flatbuffers";
inline constexpr std::string_view problem_type = "application/problem+json";
inline constexpr std::string_view event_stream_type = "text/event-stream";
inline constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

/// An answer; 429 and 503 tell when to come again.
response make_response(status code, std::string_view type, std::string body);
response json_response(status code, const boost::json::value& body);

/// Whether the connection takes another request after an answer.
enum class connection_use { kept, closed };

/// Dates the answer and tells what becomes of the connection, in words of the request's version.
void finish(response& answer, unsigned version, connection_use use);

/// The status line and the fields of a message on the wire, with the blank line behind them.
std::string head_text(const response& message);

} // namespace datadrop::processor::http
