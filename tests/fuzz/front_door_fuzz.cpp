// The bytes of a connection, through the real session on a log in memory: whatever comes, the
// answers are well-formed HTTP, none of them says that something went wrong here, a refusal is a
// proper problem, and no answer repeats the token.
#include "processor/http/message.hpp"
#include "tests/fuzz/support/front_door.hpp"
#include "tests/fuzz/support/problems.hpp"
#include "tests/fuzz/support/target.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>

namespace datadrop::test {
namespace {

namespace beast = boost::beast::http;
namespace http = processor::http;

void check_answer(const http::response& answer) {
    require(answer.result() != http::status::internal_server_error, "nothing goes wrong here");
    if (answer[http::field::content_type] == http::problem_type)
        require_problem_body(answer.body());
    else
        require(answer.result_int() < 400 || answer[http::field::content_type] == http::json_type ||
                    answer[http::field::content_type] == http::flatbuffers_type,
                "a refusal says why");
}

/// Takes one answer off. One without a length ends with the connection.
void take_answer(std::string_view& received) {
    beast::response_parser<beast::string_body> parser;
    parser.eager(true);
    boost::system::error_code ec;
    while (!parser.is_done() && !received.empty() && !ec)
        received.remove_prefix(
            parser.put(boost::asio::buffer(received.data(), received.size()), ec));
    if (ec == beast::error::need_more) ec = {};
    if (!ec && !parser.is_done()) parser.put_eof(ec);
    require(!ec && parser.is_done(), "an answer is well-formed HTTP");
    check_answer(parser.get());
}

void fuzz_front_door(std::string_view sent) {
    const auto received = converse(sent);
    require_untold(front_door_token, sent, received);
    // The answer to HEAD has no body, whatever its header says: who reads it must know.
    if (sent.find("HEAD") != sent.npos) return;
    for (std::string_view rest = received; !rest.empty();)
        take_answer(rest);
}

const fuzz_target front_door("front_door", fuzz_front_door);

} // namespace
} // namespace datadrop::test
