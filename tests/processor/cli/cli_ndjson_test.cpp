#include "processor/cli/ndjson.hpp"
#include "processor/cli/sse_parser.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <vector>

namespace {

using namespace datadrop::processor::cli;

std::vector<input_line> lines_of(const std::string& input) {
    std::istringstream in(input);
    line_reader reader(in);
    std::vector<input_line> lines;
    while (auto line = reader.next())
        lines.push_back(std::move(*line));
    return lines;
}

TEST_SUITE_BEGIN("cli ndjson");

TEST_CASE("ndjson: lines come in order, as they stood there, the last one without its end too") {
    const auto lines = lines_of("{\"a\":1}\n{ \"b\" : 2 }\r\n{}");
    REQUIRE(lines.size() == 3);
    CHECK(lines[1].text == "{ \"b\" : 2 }\r");
    for (const auto& line : lines)
        CHECK(line.unreadable == "");
}

TEST_CASE("ndjson: blank lines are passed over, and count") {
    const auto lines = lines_of("\n \t\r\n{}\n\n");
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].number == 3);
}

TEST_CASE("ndjson: a byte order mark at the start is passed over, and nowhere else") {
    const auto lines = lines_of("\xEF\xBB\xBF{\"a\":1}\r\n\xEF\xBB\xBF{}\n");
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].text == "{\"a\":1}\r");
    CHECK(lines[0].unreadable == "");
    CHECK(lines[1].unreadable != "");
    CHECK(lines_of("\xEF\xBB\xBF\r\n").empty());
    CHECK(lines_of(std::string("\xFF\xFE{\0}\0\n\0", 8))[0].unreadable.find("UTF-8") !=
          std::string::npos);
}

TEST_CASE("ndjson: a line that cannot be read names its number, and the others go on") {
    for (const std::string bad : {"{\"a\": broken", "{\"a\":1,}", "{\"a\":\"\xff\"}", "{} {}",
                                  "{\"a\":1,\"a\":2}", "[1]", "7", "\"text\""}) {
        const auto lines = lines_of("{}\n" + bad + "\n{}\n");
        REQUIRE(lines.size() == 3);
        CHECK(lines[1].unreadable.starts_with("line 2 "));
        CHECK(lines[2].unreadable == "");
    }
    CHECK(lines_of(std::string("{\"a\":\"\0\"}\n", 10))[0].unreadable != "");
}

TEST_CASE("ndjson: a line over the limit is unreadable, at the limit it is not") {
    const auto padded = [](std::size_t bytes) { return "{}" + std::string(bytes - 2, ' '); };
    const auto lines =
        lines_of(padded(line_bytes_max) + "\n" + padded(line_bytes_max + 1) + "\n{}");
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].unreadable == "");
    CHECK(lines[1].unreadable == "line 2 is over 65536 bytes");
    CHECK(lines[1].text.size() <= line_bytes_max);
    CHECK(lines[2].unreadable == "");
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("cli sse");

TEST_CASE("sse: events are complete however their bytes are cut") {
    const std::string bytes =
        ": hello\n\nretry: 1500\nretry: soon\n\nid: 7\nevent: MemberJoined\ndata: {\"a\":1}\n\n"
        "id: 8\r\ndata: x\r\ndata: y\r\n\r\n";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        std::vector<sse_event> seen;
        sse_parser parser([&](const sse_event& event) { seen.push_back(event); });
        for (std::size_t at = 0; at < bytes.size(); at += piece)
            parser.feed(std::string_view(bytes).substr(at, piece));
        CHECK(seen ==
              std::vector<sse_event>{{"MemberJoined", "{\"a\":1}", "7"}, {"", "x\ny", "8"}});
        CHECK(parser.last_id() == "8");
        CHECK(parser.retry() == std::chrono::milliseconds(1500));
    }
}

TEST_CASE("sse: an event that the connection cut off is neither shown nor taken for the last") {
    std::vector<std::string> seen;
    sse_parser parser([&](const sse_event& event) { seen.push_back(event.data); });
    parser.feed("id: 7\ndata: one\n\nid: 8\ndata: two\nda");
    parser.restart();
    CHECK(parser.last_id() == "7");
    parser.feed("id: 8\ndata: two\n\n");
    CHECK(seen == std::vector<std::string>{"one", "two"});
}

TEST_CASE("sse: an id without data moves the place to go on from") {
    sse_parser parser([](const sse_event&) { FAIL("there was no data"); });
    parser.feed("id: 41\n\n");
    CHECK(parser.last_id() == "41");
}

TEST_SUITE_END();

} // namespace
