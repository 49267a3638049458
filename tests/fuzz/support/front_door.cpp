#include "tests/fuzz/support/front_door.hpp"

#include "processor/http/http_session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

namespace datadrop::test {
namespace {

namespace asio = boost::asio;
namespace http = processor::http;
using pipe = asio::local::stream_protocol::socket;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

/// The server may close before it has read everything.
asio::awaitable<void> send(pipe& client, std::string_view bytes) {
    co_await asio::async_write(client, asio::buffer(bytes), as_tuple);
    boost::system::error_code closed;
    client.shutdown(pipe::shutdown_send, closed);
}

asio::awaitable<void> receive(pipe& client, std::string& bytes) {
    co_await asio::async_read(client, asio::dynamic_buffer(bytes), as_tuple);
}

asio::awaitable<void> serve(asio::ip::tcp::socket socket, http::server_context& server) {
    const auto connection = std::make_shared<http::http_session>(std::move(socket), server);
    co_await connection->run();
}

} // namespace

std::string converse(std::string_view sent) {
    spdlog::set_level(spdlog::level::off);
    asio::io_context io{1};
    processor::service behind{io, {}};
    http::server_context server{behind};
    pipe client{io};
    pipe accepted{io};
    asio::local::connect_pair(client, accepted);
    // A session asks nothing of its socket that a pipe has not, and a pipe needs no port.
    asio::ip::tcp::socket socket{io, asio::ip::tcp::v4(), accepted.release()};

    std::string received;
    asio::co_spawn(io, serve(std::move(socket), server), asio::detached);
    asio::co_spawn(io, send(client, sent), asio::detached);
    asio::co_spawn(io, receive(client, received), asio::detached);
    io.run();
    return received;
}

} // namespace datadrop::test
