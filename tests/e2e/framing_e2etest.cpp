// Where a request ends: what leaves a doubt about it, has no end, or is coded, is refused.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <fstream>

namespace datadrop::test {
namespace {

using namespace std::string_literals;

std::string join() { return json::serialize(command(somebody(), "Join")); }

/// A request that is refused with this status, and is the last one of its connection.
void check_last(const std::string& bytes, int status) {
    const auto& at = shared_world();
    const auto head = log_head(at);
    CAPTURE(bytes.substr(0, 200));
    auto client = at.front.connect(at.bot);
    client.write(bytes + "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = client.read();
    REQUIRE(answer);
    CHECK(answer->status == status);
    CHECK(answer->header("date") != "");
    CHECK(!answer->kept);
    CHECK(!client.read());
    CHECK(log_head(at) == head);
}

/// What the process holds in memory.
long resident_kib(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    for (std::string word; file >> word;)
        if (word == "VmRSS:") return file >> word ? std::stol(word) : 0;
    return 0;
}

std::string raw_post(const std::string& token, const std::string& headers,
                     const std::string& body) {
    return "POST /v1/commands HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token +
           "\r\nContent-Type: application/json\r\n" + headers + "\r\n" + body;
}

const std::string chunked = "Transfer-Encoding: chunked\r\n";

std::string length_of(const std::string& body) {
    return "Content-Length: " + std::to_string(body.size()) + "\r\n";
}

std::string chunk_of(const std::string& body) {
    return fmt::format("{:x}\r\n{}\r\n", body.size(), body);
}

} // namespace

TEST_CASE("framing: a request whose end or host is in doubt is 400, and the last one") {
    const auto& at = shared_world();
    const auto body = join(), length = length_of(body), chunk = chunk_of(body);
    for (const auto* encoding : {"gzip", "identity", "gzip, chunked", "chunked, chunked", ""}) {
        const auto field = "Transfer-Encoding: "s + encoding + "\r\n";
        check_last(raw_post(at.bot, field, ""), 400);
        check_last(raw_post(at.bot, field + length, body), 400);
    }
    check_last(raw_post(at.bot, "Transfer-Encoding:\r\n chunked\r\n", chunk + "0\r\n\r\n"), 400);
    check_last(raw_post(at.bot, length + length, body), 400);
    check_last(raw_post(at.bot, "Host: y\r\n" + length, body), 400);
    for (const auto* host : {"", "Host:\r\n", "Host: a b\r\n", "Host: a/b\r\n"})
        check_last("GET /healthz HTTP/1.1\r\n"s + host + "\r\n", 400);
    for (const auto* verb : {"redrive", "discard"})
        check_last("POST /v1/dead-letters/7/"s + verb + " HTTP/1.1\r\n\r\n", 400);
    const std::string much(20'000, 'x');
    check_last(raw_post(at.bot, chunked, "2;" + much + "\r\n{}\r\n0\r\n\r\n"), 400);
    check_last(raw_post(at.bot, chunked, chunk + "0\r\nX: " + much + "\r\n\r\n"), 400);
}

TEST_CASE("framing: without a body, of HTTP/1.0, and with an extension and a trailer: served") {
    const auto& at = shared_world();
    CHECK(at.front.connect().send({.target = "/healthz"}).kept);
    auto old = at.front.connect();
    old.write("GET /healthz HTTP/1.0\r\n\r\n");
    CHECK(old.read()->status == 200);
    auto plain = at.front.connect(at.bot);
    auto chunk = chunk_of(join());
    chunk.insert(chunk.find('\r'), ";a=b");
    plain.write(raw_post(at.bot, chunked, chunk + "0\r\nX: y\r\n\r\n"));
    CHECK(plain.read()->field("outcome") == "accepted");
}

TEST_CASE("framing: a line without an end is not kept, whoever sends it") {
    auto& at = shared_world();
    constexpr std::size_t endless = 64 << 20;
    const std::string piece(1 << 16, 'x');
    const auto before = resident_kib(at.front.program().pid());
    for (const auto& begin :
         {raw_post("nobody", "Transfer-Encoding: chunked\r\n", "2;"),
          raw_post("nobody", "Transfer-Encoding: chunked\r\n", "0\r\nX: "),
          "GET /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2;"s}) {
        auto client = at.front.connect();
        client.write(begin);
        std::size_t sent = 0;
        try {
            for (; sent < endless; sent += piece.size())
                client.write(piece);
        } catch (const std::exception&) {
            CHECK(sent < endless);
        }
        CHECK(resident_kib(at.front.program().pid()) - before < 8 * 1024);
    }
}

TEST_CASE("framing: a body with a content coding is 415, and its connection goes on") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    for (const auto* coding : {"gzip", "br", "identity", ""}) {
        const auto answer = bot.send({.method = "POST",
                                      .target = "/v1/commands",
                                      .body = join(),
                                      .headers = {{"Content-Encoding", coding}}});
        CHECK(answer.status == 415);
        CHECK(answer.field("code") == "unsupported_media_type");
        CHECK(answer.header("accept-encoding") == "identity");
        REQUIRE(answer.kept);
    }
    CHECK(bot.send({.target = "/healthz", .headers = {{"Content-Encoding", "gzip"}}}).status ==
          200);
}

} // namespace datadrop::test
