// What the proxy understands of PostgreSQL's protocol.

#include "tests/faults/support/wire.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace datadrop::test {
namespace {

using namespace std::string_literals;

/// With its length as the protocol has it, for bodies below 252 bytes.
std::string message(const std::string& letter, const std::string& body) {
    return letter + "\0\0\0"s + static_cast<char>(body.size() + 4) + body;
}

const auto startup = message("", "\0\3\0\0user\0ada\0\0"s);

} // namespace

TEST_SUITE_BEGIN("wire");

TEST_CASE("a stream is cut into its messages, whatever pieces it comes in") {
    const auto stream = startup + message("Q", "COMMIT\0"s) + message("X", "");
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        message_splitter messages(message_splitter::from::client);
        std::vector<std::string> found;
        for (std::size_t at = 0; at < stream.size(); at += piece) {
            messages.feed(std::string_view(stream).substr(at, piece));
            while (const auto m = messages.next())
                found.push_back(m->bytes);
        }
        CHECK_EQ(found, (std::vector{startup, message("Q", "COMMIT\0"s), message("X", "")}));
    }
}

TEST_CASE("a server's first message has a letter as every other") {
    message_splitter messages(message_splitter::from::server);
    messages.feed(message("Z", "I"));
    const auto m = messages.next();
    REQUIRE(m);
    CHECK(ends_answer(*m));
}

TEST_CASE("what a message begins to run is known by its text or its name") {
    statement_reader reader;
    const auto begun = [&](const std::string& letter, const std::string& body) {
        return reader.begun_by({.type = letter[0], .bytes = message(letter, body)});
    };
    CHECK_EQ(begun("Q", "BEGIN\0"s), "BEGIN");
    CHECK_EQ(begun("P", "s1\0SELECT 1\0\0\0"s), std::nullopt);
    CHECK_EQ(begun("B", "\0s1\0\0\0\0\0\0\0"s), "SELECT 1");
    CHECK_EQ(begun("B", "\0s2\0\0\0\0\0\0\0"s), std::nullopt);
    CHECK_EQ(begun("P", "s1\0SELECT 2\0\0\0"s), std::nullopt);
    CHECK_EQ(begun("B", "\0s1\0\0\0\0\0\0\0"s), "SELECT 2");
    CHECK_EQ(begun("S", ""), std::nullopt);
}

TEST_SUITE_END();

} // namespace datadrop::test
