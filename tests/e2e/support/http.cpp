#include "tests/e2e/support/http.hpp"

#include "tests/e2e/support/exchanges.hpp"
#include "tests/e2e/support/tls.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <stdexcept>
#include <type_traits>

namespace datadrop::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

/// A socket whose operations end in time, used as if they blocked. In TLS where the port speaks it.
class timed_stream {
  public:
    explicit timed_stream(port_number port) : stream_(io_) {
        stream_.socket().connect({asio::ip::address_v4::loopback(), port});
        if (speaks_tls(port)) shake_hands();
    }

    /// Starts an operation, runs it to its end and gives its error. One that is not done in time is
    /// given up, and the stream stays as it is.
    template <typename Start>
    error_code run(std::chrono::milliseconds limit, Start start) {
        error_code result;
        asio::steady_timer patience(io_, limit);
        patience.async_wait([this](error_code cancelled) {
            if (!cancelled) stream_.cancel();
        });
        const auto done = [&](error_code error, std::size_t) {
            result = error;
            patience.cancel();
        };
        if (secure_)
            start(*secure_, done);
        else
            start(stream_, done);
        io_.restart();
        io_.run();
        return result;
    }

    void write(std::string_view bytes) {
        const auto error = run(std::chrono::seconds{30}, [&](auto& stream, auto done) {
            asio::async_write(stream, asio::buffer(bytes.data(), bytes.size()), done);
        });
        if (error) throw boost::system::system_error(error);
    }

    beast::flat_buffer& received() { return received_; }

  private:
    void shake_hands() {
        asio::ssl::context trust(asio::ssl::context::tls_client);
        trust.load_verify_file(the_authority().certificate().string());
        trust.set_verify_mode(asio::ssl::verify_peer);
        secure_.emplace(stream_, trust);
        const auto error = run(std::chrono::seconds{30}, [](auto& stream, auto done) {
            using tls = beast::ssl_stream<beast::tcp_stream&>;
            if constexpr (std::is_same_v<std::remove_cvref_t<decltype(stream)>, tls>)
                stream.async_handshake(tls::client, [done](error_code e) { done(e, 0); });
        });
        if (error) throw boost::system::system_error(error);
    }

    asio::io_context io_;
    beast::tcp_stream stream_;
    std::optional<beast::ssl_stream<beast::tcp_stream&>> secure_;
    beast::flat_buffer received_;
};

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

template <typename Message>
http_answer answer_of(const Message& message) {
    http_answer answer{.status = static_cast<int>(message.result_int()),
                       .kept = message.keep_alive()};
    for (const auto& field : message)
        answer.headers[lower(field.name_string())] = std::string(field.value());
    return answer;
}

bool means_closed(error_code error) {
    return error == http::error::end_of_stream || error == asio::error::connection_reset ||
           error == asio::error::broken_pipe || error == asio::error::eof ||
           error == asio::ssl::error::stream_truncated; // of a server that was killed
}

std::string header_line(std::string_view name, std::string_view value) {
    return std::string(name) + ": " + std::string(value) + "\r\n";
}

std::string request_text(const http_request& what, const std::string& token) {
    auto text =
        what.method + " " + what.target + " HTTP/1.1\r\n" + header_line("Host", "localhost");
    if (!token.empty()) text += header_line("Authorization", "Bearer " + token);
    for (const auto& [name, value] : what.headers)
        text += header_line(name, value);
    const bool has_body = !what.body.empty() || what.method == "POST";
    if (has_body && !what.type.empty()) text += header_line("Content-Type", what.type);
    if (has_body) text += header_line("Content-Length", std::to_string(what.body.size()));
    return text + "\r\n" + what.body;
}

} // namespace

std::string http_answer::header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
}

std::string http_answer::type() const {
    const auto value = header("content-type");
    return value.substr(0, value.find(';'));
}

boost::json::value http_answer::json() const { return boost::json::parse(body); }

std::string http_answer::field(std::string_view name) const {
    const auto value = json();
    const auto* const object = value.if_object();
    const auto* const found = object ? object->if_contains(name) : nullptr;
    if (!found) return {};
    return found->is_string() ? std::string(found->get_string()) : boost::json::serialize(*found);
}

struct connection::impl {
    impl(port_number port, std::string t) : stream(port), overhears(port), token(std::move(t)) {}
    timed_stream stream;
    eavesdropper overhears;
    std::string token;
};

connection::connection(port_number port, std::string token)
    : impl_(std::make_unique<impl>(port, std::move(token))) {}
connection::~connection() = default;
connection::connection(connection&&) noexcept = default;
connection& connection::operator=(connection&&) noexcept = default;

http_answer connection::send(const http_request& what) {
    write(bytes_of(what));
    auto answer = read();
    if (!answer) throw std::runtime_error(what.method + " " + what.target + " was not answered");
    return *std::move(answer);
}

http_answer connection::post(const std::string& target, const boost::json::value& body) {
    return post_text(target, boost::json::serialize(body));
}

http_answer connection::post_text(const std::string& target, std::string body) {
    return send({.method = "POST", .target = target, .body = std::move(body)});
}

void connection::write(std::string_view bytes) {
    impl_->overhears.sent(bytes);
    impl_->stream.write(bytes);
}

std::optional<http_answer> connection::read(std::chrono::milliseconds limit) {
    http::response_parser<http::string_body> parser;
    parser.body_limit(64 * 1024 * 1024);
    parser.skip(impl_->overhears.expects_no_body());
    const auto error = impl_->stream.run(limit, [&](auto& stream, auto done) {
        http::async_read(stream, impl_->stream.received(), parser, done);
    });
    if (means_closed(error)) return std::nullopt;
    if (error) throw std::runtime_error("no answer: " + error.message());
    auto answer = answer_of(parser.get());
    answer.body = std::move(parser.get().body());
    impl_->overhears.answered(answer);
    return answer;
}

std::string connection::bytes_of(const http_request& what) const {
    return request_text(what, impl_->token);
}

struct feed::impl {
    explicit impl(port_number port) : stream(port), overhears(port) {}
    ~impl() {
        if (head.status != 200 || !kept) return; // what came instead was not read
        head.body = std::move(told);
        overhears.answered(head);
    }

    /// False at the feed's end.
    bool read_more(std::chrono::milliseconds limit);
    std::optional<feed_event> take();

    timed_stream stream;
    eavesdropper overhears;
    http::response_parser<http::buffer_body> parser;
    std::string text; // received and not yet taken
    std::string told; // all that was received, when it is kept
    bool kept = true;
    std::string last_id;
    http_answer head;
    std::optional<int> retry;
};

feed::feed(port_number port, const std::string& token, const options& o)
    : impl_(std::make_unique<impl>(port)) {
    impl_->kept = o.kept;
    http_request request{.target = "/v1/events", .headers = {{"Accept", "text/event-stream"}}};
    if (o.after) request.target += "?after=" + *o.after;
    if (!o.filter.empty()) request.target += (o.after ? "&" : "?") + o.filter;
    if (o.last_event_id) request.headers["Last-Event-ID"] = *o.last_event_id;
    const auto bytes = request_text(request, token);
    impl_->overhears.sent(bytes);
    impl_->stream.write(bytes);
    impl_->parser.body_limit(boost::none);
    const auto error = impl_->stream.run(std::chrono::seconds{10}, [&](auto& stream, auto done) {
        http::async_read_header(stream, impl_->stream.received(), impl_->parser, done);
    });
    if (error) throw std::runtime_error("no feed: " + error.message());
    auto& answer = impl_->head;
    answer = answer_of(impl_->parser.get());
    if (answer.status != 200 || answer.type() != "text/event-stream")
        throw std::runtime_error("no feed: " + std::to_string(answer.status));
}

feed::~feed() = default;

bool feed::impl::read_more(std::chrono::milliseconds limit) {
    std::array<char, 16 * 1024> piece;
    auto& body = parser.get().body();
    body.data = piece.data();
    body.size = piece.size();
    const auto error = stream.run(limit, [&](auto& s, auto done) {
        http::async_read_some(s, stream.received(), parser, done);
    });
    const std::string_view came(piece.data(), piece.size() - body.size);
    text += came;
    if (kept) told += came;
    if (means_closed(error) || parser.is_done()) return false;
    if (error && error != http::error::need_buffer)
        throw std::runtime_error("no event: " + error.message());
    return true;
}

/// The first whole event of the text, comments passed over.
std::optional<feed_event> feed::impl::take() {
    for (auto end = text.find("\n\n"); end != std::string::npos; end = text.find("\n\n")) {
        feed_event event;
        std::string block = text.substr(0, end + 1);
        text.erase(0, end + 2);
        while (!block.empty()) {
            const auto line = block.substr(0, block.find('\n'));
            block.erase(0, line.size() + 1);
            if (line.starts_with("id: ")) event.id = line.substr(4);
            if (line.starts_with("retry: ")) retry = std::stoi(line.substr(7));
            if (line.starts_with("event: ")) event.type = line.substr(7);
            if (line.starts_with("data: ")) event.data = boost::json::parse(line.substr(6));
        }
        if (!event.id.empty()) last_id = event.id;
        if (!event.data.is_null()) return event;
    }
    return std::nullopt;
}

std::optional<feed_event> feed::next(std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    for (;;) {
        if (auto event = impl_->take()) return event;
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        if (left.count() <= 0) throw std::runtime_error("no event came in time");
        if (!impl_->read_more(left)) return std::nullopt;
    }
}

const std::string& feed::last_id() const { return impl_->last_id; }
const http_answer& feed::head() const { return impl_->head; }
std::optional<int> feed::retry() const { return impl_->retry; }

} // namespace datadrop::test
