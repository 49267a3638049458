#include "tests/e2e/support/exchanges.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <set>
#include <utility>

namespace datadrop::test {
namespace {

namespace json = boost::json;
namespace http = boost::beast::http;

using request_parser = http::request_parser<http::string_body>;

/// The servers that are there, and the file.
class exchange_book {
  public:
    exchange_book() {
        if (const auto* path = std::getenv("DATADROP_EXCHANGES")) file_.open(path);
    }
    void opened(port_number port) {
        const std::scoped_lock lock(mutex_);
        servers_.insert(port);
    }
    void closed(port_number port) {
        const std::scoped_lock lock(mutex_);
        servers_.erase(port);
    }
    void write(port_number port, const json::object& exchange) {
        const std::scoped_lock lock(mutex_);
        if (file_.is_open() && servers_.contains(port)) file_ << json::serialize(exchange) << '\n';
    }

  private:
    std::mutex mutex_;
    std::set<port_number> servers_;
    std::ofstream file_;
};

exchange_book& the_book() {
    static exchange_book book;
    return book;
}

/// UTF-8 of the characters that have the bytes' numbers.
std::string a_character_a_byte(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80) text += static_cast<char>(0xC0 | (byte >> 6));
        text += byte < 0x80 ? c : static_cast<char>(0x80 | (byte & 0x3F));
    }
    return text;
}

json::object of_answer(const http_answer& answer) {
    json::object headers;
    for (const auto& [name, value] : answer.headers)
        headers[name] = a_character_a_byte(value);
    return {{"method", nullptr},
            {"target", nullptr},
            {"request", nullptr},
            {"status", answer.status},
            {"headers", std::move(headers)},
            {"body", a_character_a_byte(answer.body)}};
}

/// One request, off the front of what was sent.
void take_request(request_parser& into, std::string& sent) {
    into.eager(true);
    into.header_limit(64 * 1024);
    into.body_limit(64 << 20); // what announces more than there is memory is not read
    boost::system::error_code ec;
    while (!into.is_done() && !sent.empty() && !ec)
        sent.erase(0, into.put(boost::asio::buffer(sent), ec));
    // Behind what is no request, or none that was sent whole, no other one begins.
    if (!into.is_done()) sent.clear();
}

} // namespace

answering_server::answering_server(port_number port) : port_(port) { the_book().opened(port); }
answering_server::~answering_server() { the_book().closed(port_); }

void eavesdropper::sent(std::string_view bytes) {
    // What is longer was refused before its end: its beginning is enough.
    constexpr std::size_t kept_max = 8 << 20;
    sent_ += bytes.substr(0, kept_max - std::min(kept_max, sent_.size()));
}

void eavesdropper::answered(const http_answer& answer) {
    if (answer.status == 100) return; // its answer is yet to come
    request_parser request;
    take_request(request, sent_);
    auto exchange = of_answer(answer);
    if (request.is_header_done()) {
        exchange["method"] = request.get().method_string();
        exchange["target"] = a_character_a_byte(request.get().target());
    }
    if (request.is_done()) exchange["request"] = a_character_a_byte(request.get().body());
    the_book().write(port_, exchange);
}

} // namespace datadrop::test
