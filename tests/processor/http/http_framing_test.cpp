// Where a request ends, and what is kept of one that does not: headers that leave a doubt, and
// lines without an end.

#include "processor/http/framing.hpp"
#include "processor/http/http_limits.hpp"
#include "processor/http/request_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace datadrop::processor::http;

namespace {

using error = boost::beast::http::error;
using boost::system::error_code;

constexpr std::size_t endless = 4 * 1024 * 1024;

/// A request that comes in pieces, and the most bytes that waited in the buffer.
struct incoming {
    request_parser parser{};
    boost::beast::flat_buffer buffer{};
    error_code state = error::need_more;
    bool header_done = false;
    std::size_t waiting_max = 0;

    void take(std::string_view piece) {
        boost::asio::buffer_copy(buffer.prepare(piece.size()), boost::asio::buffer(piece));
        buffer.commit(piece.size());
        if (!header_done) {
            state = parser.take_header(buffer);
            header_done = !state;
        }
        if (header_done) state = parser.take_body(buffer);
        waiting_max = std::max(waiting_max, buffer.size());
    }

    /// Until the parser has had enough; the bytes sent.
    std::size_t take_again_and_again(const std::string& piece) {
        std::size_t sent = 0;
        for (; state == error::need_more && sent < endless; sent += piece.size())
            take(piece);
        return sent;
    }
};

error_code state_after(std::string_view all) {
    incoming request;
    request.take(all);
    return request.state;
}

const std::string chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string doubt(const std::string& fields, std::string_view version = "1.1") {
    incoming request;
    request.take("POST / HTTP/" + std::string{version} + "\r\n" + fields + "\r\n");
    if (!request.header_done) return request.state.message();
    return std::string{framing_doubt(request.parser.header()).value_or("none")};
}

struct endless_way {
    const char* begin;
    const char* again;
};

constexpr endless_way endless_ways[] = {
    {"2;", "a"},           {"2;a=\"", "b"},   {"0", "0"},    {"", "1;abcdefgh=i\r\n \r\n"},
    {"0\r\n", "X: y\r\n"}, {"0\r\nX: ", "y"}, {"0;a=", "b"},
};

} // namespace

TEST_SUITE("http_framing") {
    TEST_CASE("a length that two readers may read differently is a doubt") {
        for (const auto* fields :
             {"Transfer-Encoding: gzip\r\n", "Transfer-Encoding: identity\r\n",
              "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked, chunked\r\n",
              "Transfer-Encoding: chunked;q=1\r\n", "Transfer-Encoding:\r\n",
              "Transfer-Encoding: \"chunked\"\r\n", "Transfer-Encoding: xchunked\r\n",
              "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
              "Transfer-Encoding: identity\r\nContent-Length: 2\r\n",
              "Content-Length: 2\r\nTransfer-Encoding: identity\r\n",
              "Content-Length: 2\r\nContent-Length: 2\r\n", "Content-Length: 2, 2\r\n"}) {
            CAPTURE(fields);
            CHECK_NE(doubt(std::string{"Host: x\r\n"} + fields), "none");
        }
        for (const auto* fields :
             {"", "Content-Length: 0\r\n", "Content-Length: 2\r\n", "Content-Length:  2 \r\n",
              "Transfer-Encoding: chunked\r\n", "transfer-encoding: Chunked\r\n"})
            CHECK_EQ(doubt(std::string{"Host: x\r\n"} + fields), "none");
    }

    TEST_CASE("HTTP/1.1 names one host; HTTP/1.0 need not") {
        for (const auto* host : {"x", "x:80", "127.0.0.1:8132", "[::1]:8132", "a-b.example.org"})
            CHECK_EQ(doubt(std::string{"Host: "} + host + "\r\n"), "none");
        for (const auto* fields :
             {"", "Host:\r\n", "Host: :80\r\n", "Host: a b\r\n", "Host: a/b\r\n", "Host: a@b\r\n",
              "Host: a:b\r\n", "Host: a, b\r\n", "Host: a\r\nHost: a\r\n"}) {
            CAPTURE(fields);
            CHECK_NE(doubt(fields), "none");
        }
        CHECK_EQ(doubt("", "1.0"), "none");
        CHECK_NE(doubt("Host: a\r\nHost: b\r\n", "1.0"), "none");
        CHECK_NE(doubt("Transfer-Encoding: chunked\r\n", "1.0"), "none");
    }

    TEST_CASE("a folded field is refused, however it comes") {
        for (const std::string_view fields : {"Host: x\r\nX: a\r\n b\r\n", "Host:\r\n\tx\r\n"}) {
            const auto all = "GET / HTTP/1.1\r\n" + std::string{fields} + "\r\n";
            CHECK_EQ(state_after(all), error::bad_obs_fold);
            incoming bytes;
            for (std::size_t i = 0; i < all.size() && bytes.state == error::need_more; ++i)
                bytes.take(std::string_view{all}.substr(i, 1));
            CHECK_EQ(bytes.state, error::bad_obs_fold);
        }
    }
}

TEST_SUITE("http_request_parser") {
    TEST_CASE("a header has an end, in one line or in many") {
        for (const auto* piece : {"x", "x: y\r\n", "x: y\r\nx"}) {
            incoming request;
            request.take("GET / HTTP/1.1\r\n");
            const auto sent = request.take_again_and_again(piece);
            CHECK_EQ(request.state, error::header_limit);
            CHECK_LE(sent, header_bytes_max + 16);
        }
        CHECK_EQ(state_after("GET /" + std::string(header_bytes_max - 40, 'x') +
                             " HTTP/1.1\r\nX: " + std::string(100, 'x') + "\r\n\r\n"),
                 error::header_limit);
        CHECK_EQ(
            state_after("GET /" + std::string(header_bytes_max - 40, 'x') + " HTTP/1.1\r\n\r\n"),
            error_code{});
    }

    TEST_CASE("a chunk extension and a trailer have an end") {
        for (const auto& [begin, again] : endless_ways) {
            CAPTURE(begin);
            CAPTURE(again);
            incoming request;
            request.take(chunked + begin);
            const auto sent = request.take_again_and_again(again);
            CHECK_EQ(request.state, error::buffer_overflow);
            CHECK_LE(sent, 20 * header_bytes_max);
            CHECK_LE(request.waiting_max, header_bytes_max + chunked.size() + 16);
        }
        // The same in one piece.
        const std::string much(header_bytes_max + 100, 'b');
        CHECK_EQ(state_after(chunked + "2;a=" + much + "\r\n{}\r\n0\r\n\r\n"),
                 error::buffer_overflow);
        CHECK_EQ(state_after(chunked + "2\r\n{}\r\n0\r\nX: " + much + "\r\n\r\n"),
                 error::buffer_overflow);
    }

    TEST_CASE("chunks as clients send them are taken, small ones too") {
        incoming request;
        request.take(chunked);
        for (int i = 0; i < 20'000; ++i)
            request.take("1\r\nx\r\n");
        request.take("5;name=\"a value\"\r\n12345\r\n0\r\nX-Checksum: 17\r\n\r\n");
        CHECK_EQ(request.state, error_code{});
        CHECK_EQ(request.parser.header().body().size(), 20'005);
    }

    TEST_CASE("a body's limit is that of all its pieces") {
        incoming request;
        request.take(chunked);
        const std::string kilobyte = "400\r\n" + std::string(1024, 'x') + "\r\n";
        const auto sent = request.take_again_and_again(kilobyte);
        CHECK_EQ(request.state, error::body_limit);
        CHECK_LE(sent, body_bytes_max + body_bytes_max / 100 + kilobyte.size());
    }

    TEST_CASE("a body that nobody wants is read to its end and not kept") {
        incoming request;
        request.parser.drop_body();
        request.take("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
        std::size_t kept = 0;
        while (request.state == error::need_more) {
            request.take(std::string(1000, 'x'));
            kept = std::max(kept, request.parser.header().body().size());
        }
        CHECK_EQ(request.state, error_code{});
        CHECK_EQ(kept, 0);
    }
}
