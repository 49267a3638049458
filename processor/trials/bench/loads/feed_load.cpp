#include "processor/trials/bench/loads/feed_load.hpp"

#include "processor/cli/failures.hpp"
#include "processor/trials/bench/loads/feed_events.hpp"
#include "processor/trials/bench/loads/server_addresses.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <fmt/format.h>

#include <limits>
#include <memory>
#include <thread>
#include <vector>

namespace datadrop::processor::trials::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr auto silence_max = 60s;
constexpr std::size_t piece_bytes = 64 * 1024;
constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

/// What all readers share; used on their one thread.
struct all_readers {
    load_book& book;
    asio::ip::tcp::resolver::results_type server;
    std::string request;
    std::int64_t events_left; // 0: no number, but by the clock
    bool over = false;
};

/// By the steady clock.
steady_time moment_of(domain::timestamp recorded_at) {
    const auto now = steady_clock::now();
    const auto age = system_clock::now() - recorded_at;
    return age.count() > 0 ? now - std::chrono::duration_cast<steady_clock::duration>(age) : now;
}

class reader {
  public:
    reader(all_readers& all, const asio::any_io_executor& executor)
        : all_(all), stream_(executor), piece_(piece_bytes) {}

    /// Until the feed is given.
    asio::awaitable<void> begin() {
        parser_.body_limit(std::numeric_limits<std::uint64_t>::max());
        stream_.expires_after(silence_max);
        const auto [no_way, at] = co_await stream_.async_connect(all_.server, no_throw);
        if (no_way) throw cli::unreachable("the server cannot be reached: " + no_way.message());
        const auto [unsent, sent] =
            co_await asio::async_write(stream_, asio::buffer(all_.request), no_throw);
        require_none(unsent);
        const auto [unread, read] =
            co_await http::async_read_header(stream_, buffer_, parser_, no_throw);
        require_none(unread);
        if (parser_.get().result() != http::status::ok)
            throw cli::refused(fmt::format("the feed was refused with status {}",
                                           static_cast<unsigned>(parser_.get().result_int())));
    }

    asio::awaitable<void> read_on() {
        while (!all_.over && !enough_) {
            const auto text = co_await next_piece();
            events_.feed(text, [this](auto recorded_at) { count(recorded_at); });
        }
    }

    void close() { stream_.close(); }

  private:
    /// Empty when the load is over.
    asio::awaitable<std::string_view> next_piece() {
        auto& body = parser_.get().body();
        body.data = piece_.data();
        body.size = piece_.size();
        stream_.expires_after(silence_max);
        const auto [error, read] =
            co_await http::async_read_some(stream_, buffer_, parser_, no_throw);
        if (all_.over) co_return std::string_view();
        if (error != http::error::need_buffer) require_none(error);
        if (parser_.is_done()) throw cli::refused("the server ended the feed");
        co_return std::string_view(piece_.data(), piece_.size() - body.size);
    }

    void count(std::optional<domain::timestamp> recorded_at) {
        if (enough_) return;
        const auto event = all_.book.next();
        enough_ = !event || all_.events_left == 1;
        if (!event) return;
        const bool by_clock = all_.events_left-- <= 0;
        const auto due = by_clock && recorded_at ? moment_of(*recorded_at) : steady_clock::now();
        all_.book.answered(*event, {.kind = outcome_kind::accepted, .attempts = 1},
                           {.due = due, .sent = due});
    }

    void require_none(const boost::system::error_code& error) const {
        if (error && !all_.over) throw cli::refused("the feed was lost: " + error.message());
    }

    all_readers& all_;
    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    http::response_parser<http::buffer_body> parser_;
    std::vector<char> piece_;
    feed_events events_;
    bool enough_ = false;
};

std::string request_for(const load_spec& spec, const cli::server_address& server,
                        const std::string& token) {
    return fmt::format(
        "GET /v1/events?after={} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n"
        "Accept: text/event-stream\r\n\r\n",
        spec.commands_max > 0 ? "0" : "latest", to_text(server), token);
}

using all_of_them = std::vector<std::unique_ptr<reader>>;

asio::awaitable<void> begin_each(all_of_them& readers) {
    for (const auto& one : readers)
        co_await one->begin();
}

/// On the calling thread, before the clock begins.
all_of_them begun(asio::io_context& io, all_readers& all, int count) {
    all_of_them readers;
    for (int i = 0; i < count; ++i)
        readers.push_back(std::make_unique<reader>(all, io.get_executor()));
    auto done = asio::co_spawn(io, begin_each(readers), asio::use_future);
    io.run();
    io.restart();
    done.get();
    return readers;
}

} // namespace

void run_feed_load(const load_spec& spec, load_book& book, load_course& course,
                   const cli::server_address& server, const std::string& token) {
    asio::io_context io(1);
    all_readers all{.book = book,
                    .server = addresses_of(io, server),
                    .request = request_for(spec, server, token),
                    .events_left = spec.commands_max};
    auto readers = begun(io, all, spec.in_flight);
    course.get_ready();
    const auto end = [&] { // those that wait for more are woken
        all.over = true;
        for (const auto& one : readers)
            one->close();
    };
    auto work = asio::make_work_guard(io); // the loops come after the thread
    const std::jthread reading([&io] { io.run(); });
    auto next = readers.begin();
    course.run(io, [&next] { return (*next++)->read_on(); }, [&] { asio::post(io, end); });
    work.reset();
}

} // namespace datadrop::processor::trials::bench
