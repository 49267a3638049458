#include "processor/trials/bench/loads/http_load.hpp"

#include "processor/cli/failures.hpp"
#include "processor/cli/server_link.hpp"
#include "processor/trials/bench/loads/http_load_wire.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include <thread>

namespace datadrop::processor::trials::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto answer_time_max = 60s;
constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

/// How commands travel in one of the two formats.
struct format {
    std::string_view content_type;
    void (*write)(std::string&, const load_writing&, std::span<const load_command>, request_form);
    std::optional<load_answers> (*read)(std::string_view);
};
constexpr format as_json{"application/json", write_json, read_json};
constexpr format as_flatbuffers{"application/x-flatbuffers", write_flatbuffers, read_flatbuffers};

struct received {
    http::status status{};
    std::string body;
};

/// When requests are due; of a closed loop at once.
class schedule {
  public:
    explicit schedule(const load_spec& spec)
        : interval_(spec.commands_a_second == 0 ? 0
                                                : spec.commands_a_request / spec.commands_a_second),
          start_(steady_clock::now()) {}

    steady_time next() {
        if (interval_.count() == 0) return steady_clock::now();
        return start_ + std::chrono::duration_cast<steady_clock::duration>(interval_ * taken_++);
    }

  private:
    std::chrono::duration<double> interval_;
    steady_time start_;
    std::int64_t taken_ = 0;
};

/// What all connections share; used on their one thread.
struct all_connections {
    const load_writing& written;
    load_book& book;
    format bytes;
    const load_place& at;
    std::string head; // of every request, up to the length
    asio::io_context& io;
    schedule times;
};

asio::awaitable<void> pause_until(steady_time due) {
    if (due <= steady_clock::now()) co_return;
    asio::steady_timer clock(co_await asio::this_coro::executor, due);
    co_await clock.async_wait(asio::use_awaitable);
}

class connection {
  public:
    explicit connection(all_connections& client)
        : client_(client), link_(client.io, client.at.ca_file) {}

    /// Nothing when the connection broke.
    asio::awaitable<std::optional<received>> exchange(std::string_view body) {
        request_ = client_.head;
        fmt::format_to(std::back_inserter(request_), "{}\r\n\r\n{}", body.size(), body);
        if (!link_.is_open()) co_await open();
        auto answer = co_await send_and_receive();
        if (!answer || !keeps_) link_.close();
        co_return answer;
    }

  private:
    asio::awaitable<void> open() {
        buffer_.clear();
        try {
            co_await link_.open(client_.at.server, answer_time_max);
        } catch (const boost::system::system_error& e) {
            throw cli::unreachable("the server cannot be reached: " + e.code().message());
        }
    }

    asio::awaitable<std::optional<received>> send_and_receive() {
        link_.expires_after(answer_time_max);
        const auto [unsent, sent] = co_await link_.use([this](auto& stream) {
            return asio::async_write(stream, asio::buffer(request_), no_throw);
        });
        if (unsent) co_return std::nullopt;
        http::response_parser<http::string_body> parser;
        const auto [error, read] = co_await link_.use(
            [&](auto& stream) { return http::async_read(stream, buffer_, parser, no_throw); });
        if (error) co_return std::nullopt;
        auto& message = parser.get();
        keeps_ = message.keep_alive();
        co_return received{.status = message.result(), .body = std::move(message.body())};
    }

    all_connections& client_;
    cli::server_link link_;
    beast::flat_buffer buffer_;
    std::string request_;
    bool keeps_ = false;
};

load_answers all(std::size_t commands, outcome_kind kind) {
    return load_answers(commands, load_answer{.kind = kind});
}

/// One answer a command, whatever came of the request. Throws `refused` for what cannot be.
load_answers answers_in(const all_connections& client, const std::optional<received>& got,
                        std::size_t commands) {
    if (!got) return all(commands, outcome_kind::unavailable);
    if (auto told = client.bytes.read(got->body); told && told->size() == commands)
        return *std::move(told);
    if (got->status == http::status::too_many_requests)
        return all(commands, outcome_kind::overloaded);
    if (got->status == http::status::service_unavailable)
        return all(commands, outcome_kind::unavailable);
    throw cli::refused(fmt::format("the server answered {}: {}", static_cast<unsigned>(got->status),
                                   got->body.substr(0, 500)));
}

void take_commands(all_connections& client, std::vector<load_command>& commands) {
    commands.clear();
    while (commands.size() < static_cast<std::size_t>(client.written.spec().commands_a_request)) {
        const auto next = client.book.next();
        if (!next) break;
        commands.push_back(*next);
    }
}

asio::awaitable<void> send_in_turn(all_connections& client) {
    connection to_server(client);
    const auto form =
        client.written.spec().commands_a_request == 1 ? request_form::single : request_form::array;
    std::vector<load_command> commands;
    std::string body;
    while (true) {
        const auto due = client.times.next();
        co_await pause_until(due);
        take_commands(client, commands);
        if (commands.empty()) co_return;
        const sending when{.due = due, .sent = steady_clock::now()};
        body.clear();
        client.bytes.write(body, client.written, commands, form);
        const auto told = answers_in(client, co_await to_server.exchange(body), commands.size());
        for (std::size_t i = 0; i < commands.size(); ++i)
            client.book.answered(commands[i], told[i], when);
    }
}

std::string head_of(const format& bytes, const cli::server_address& server,
                    const std::string& token) {
    return fmt::format("POST /v1/commands HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n"
                       "Content-Type: {}\r\nContent-Length: ",
                       to_text(server), token, bytes.content_type);
}

} // namespace

void run_http_load(const load_writing& written, load_book& book, load_course& course,
                   const load_place& at) {
    asio::io_context io(1);
    const auto& bytes = written.spec().kind == load_kind::http_json ? as_json : as_flatbuffers;
    course.get_ready();
    all_connections client{.written = written,
                           .book = book,
                           .bytes = bytes,
                           .at = at,
                           .head = head_of(bytes, at.server.at, at.token),
                           .io = io,
                           .times = schedule(written.spec())};
    auto work = asio::make_work_guard(io); // the loops come after the thread
    const std::jthread sender([&io] { io.run(); });
    course.run(io, [&client] { return send_in_turn(client); });
    work.reset();
}

} // namespace datadrop::processor::trials::bench
