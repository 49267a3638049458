#include "processor/cli/http_client.hpp"

#include "processor/cli/failures.hpp"
#include "processor/cli/server_link.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>

#include <array>
#include <charconv>
#include <limits>

namespace datadrop::processor::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace std::chrono_literals;
using asio::use_awaitable;

constexpr auto connect_time_max = 5s;
constexpr auto answer_time_max = 60s;
constexpr std::uint64_t body_bytes_max = 256u << 20;

using request = http::request<http::string_body>;

std::chrono::seconds retry_after(std::string_view header) {
    int seconds = 1;
    std::from_chars(header.data(), header.data() + header.size(), seconds);
    return std::chrono::seconds(std::max(seconds, 0));
}

template <typename Message>
http_answer answer_of(Message& message) {
    return {.status = message.result_int(),
            .body = std::move(message.body()),
            .retry_after = retry_after(message[http::field::retry_after])};
}

} // namespace

struct http_client::impl {
    server_url server;
    std::string token;
    std::optional<std::filesystem::path> ca_file;
    asio::io_context io{1};
    server_link link{io, ca_file};
    beast::flat_buffer buffer{};

    /// Runs a coroutine to its end on this thread.
    template <typename Result>
    Result run(asio::awaitable<Result> work) {
        std::optional<Result> result;
        std::exception_ptr failure;
        asio::co_spawn(io, std::move(work), [&](std::exception_ptr e, Result r) {
            failure = e;
            result = std::move(r);
        });
        io.restart();
        io.run();
        if (failure) std::rethrow_exception(failure);
        return std::move(*result);
    }

    request make(http::verb verb, std::string_view target, std::string body) const {
        request r(verb, server.path + std::string(target), 11);
        r.set(http::field::host, to_text(server.at));
        r.set(http::field::user_agent, "datadrop/" DATADROP_VERSION);
        r.set(http::field::authorization, "Bearer " + token);
        if (verb == http::verb::post) r.set(http::field::content_type, "application/json");
        r.body() = std::move(body);
        r.prepare_payload();
        return r;
    }

    asio::awaitable<void> connect() {
        buffer.clear();
        co_await link.open(server, connect_time_max);
    }

    asio::awaitable<http_answer> exchange(const request& r) {
        if (!link.is_open()) co_await connect();
        link.expires_after(answer_time_max);
        co_await write(r);
        http::response_parser<http::string_body> parser;
        parser.body_limit(body_bytes_max);
        co_await link.use(
            [&](auto& stream) { return http::async_read(stream, buffer, parser, use_awaitable); });
        auto message = parser.release();
        if (!message.keep_alive()) link.close();
        co_return answer_of(message);
    }

    asio::awaitable<std::size_t> write(const request& r) {
        return link.use([&r](auto& stream) { return http::async_write(stream, r, use_awaitable); });
    }

    asio::awaitable<http_answer> exchange_again(request r) {
        for (bool kept = link.is_open();; kept = false) {
            try {
                co_return co_await exchange(r);
            } catch (const boost::system::system_error&) {
                link.close();
                if (!kept) throw;
            }
        }
    }

    /// Until the end of the body, or of the connection.
    asio::awaitable<void> read_pieces(http::response_parser<http::buffer_body>& parser,
                                      const std::function<void(std::string_view)>& take) {
        std::array<char, 8192> piece;
        while (!parser.is_done()) {
            parser.get().body().data = piece.data();
            parser.get().body().size = piece.size();
            link.expires_after(answer_time_max);
            const auto [error, bytes] = co_await link.use([&](auto& stream) {
                return http::async_read_some(stream, buffer, parser, asio::as_tuple(use_awaitable));
            });
            if (error && error != http::error::need_buffer) co_return;
            take({piece.data(), piece.size() - parser.get().body().size});
        }
    }

    asio::awaitable<stream_end>
    read_stream(request r, const std::function<void(std::string_view)>& take, http_answer& answer) {
        co_await connect();
        co_await write(r);
        http::response_parser<http::buffer_body> parser;
        parser.body_limit(std::numeric_limits<std::uint64_t>::max());
        co_await link.use([&](auto& stream) {
            return http::async_read_header(stream, buffer, parser, use_awaitable);
        });
        answer.status = parser.get().result_int();
        if (answer.status != 200) {
            co_await read_pieces(parser, [&](std::string_view t) { answer.body += t; });
            co_return stream_end::refused;
        }
        co_await read_pieces(parser, take);
        co_return stream_end::dropped;
    }

    template <typename Run>
    auto reaching(Run&& work) {
        try {
            return work();
        } catch (const boost::system::system_error& e) {
            link.close();
            const auto why = e.code() == beast::error::timeout ? std::string("no answer in time")
                                                               : e.code().message();
            throw unreachable("the server at " + to_text(server) + " cannot be reached: " + why +
                              "; is `datadrop serve` running there? (--server)");
        }
    }
};

http_client::http_client(server_url server, std::string token,
                         std::optional<std::filesystem::path> ca_file)
    : impl_(new impl{
          .server = std::move(server), .token = std::move(token), .ca_file = std::move(ca_file)}) {}
http_client::~http_client() = default;
http_client::http_client(http_client&&) noexcept = default;

http_answer http_client::get(std::string_view target) {
    return impl_->reaching([&] {
        return impl_->run(impl_->exchange_again(impl_->make(http::verb::get, target, {})));
    });
}

http_answer http_client::post(std::string_view target, std::string json) {
    return post(target, std::move(json), {});
}

http_answer http_client::post(std::string_view target, std::string json,
                              std::string_view if_match) {
    auto r = impl_->make(http::verb::post, target, std::move(json));
    if (!if_match.empty()) r.set(http::field::if_match, if_match);
    return impl_->reaching([&] { return impl_->run(impl_->exchange_again(std::move(r))); });
}

http_client::stream_end http_client::follow(std::string_view target,
                                            const std::function<void(std::string_view)>& take,
                                            http_answer& answer) {
    auto r = impl_->make(http::verb::get, target, {});
    r.set(http::field::accept, "text/event-stream");
    return impl_->reaching(
        [&] { return impl_->run(impl_->read_stream(std::move(r), take, answer)); });
}

http_client client_of(const settings& told) {
    if (!told.token)
        throw usage_error("no token was given: --token TOKEN or DATADROP_TOKEN; `datadrop token "
                          "create` makes one");
    return http_client(told.server, *told.token, told.ca_file);
}

boost::json::value json_of(const http_answer& answer) {
    if (!answer.ok()) throw_problem(answer);
    boost::system::error_code error;
    auto value = boost::json::parse(answer.body, error);
    if (error) throw refused("the server's answer is no JSON; is this a datadrop server?");
    return value;
}

std::string problem_text(const http_answer& answer) {
    boost::system::error_code error;
    const auto problem = boost::json::parse(answer.body, error);
    const auto status = "the server answered with status " + std::to_string(answer.status);
    if (error || !problem.is_object()) return status;
    const auto field = [&](std::string_view name) -> std::string {
        const auto* const found = problem.get_object().if_contains(name);
        return found && found->is_string() ? std::string(found->get_string()) : std::string();
    };
    const auto detail = field("detail").empty() ? field("title") : field("detail");
    const auto code = field("code");
    if (detail.empty()) return status + (code.empty() ? "" : ": " + code);
    return detail + (code.empty() ? "" : " (" + code + ")");
}

void throw_problem(const http_answer& answer) {
    if (answer.status == 503) throw unreachable(problem_text(answer));
    throw refused(problem_text(answer));
}

} // namespace datadrop::processor::cli
