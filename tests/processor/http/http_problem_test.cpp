// Problems as they stand on the wire.

#include "processor/http/problem.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace datadrop;
using namespace datadrop::processor::http;

TEST_SUITE("http_problem") {
    TEST_CASE("a problem has type, title, status, detail and code") {
        const auto answer = to_response({problem_code::invalid_field, "reason is too long"});
        CHECK_EQ(answer.result_int(), 400);
        CHECK_EQ(answer[field::content_type], "application/problem+json");
        CHECK_EQ(answer.body(), R"({"type":"urn:datadrop:problem:invalid_field",)"
                                R"("title":"A field's value is invalid","status":400,)"
                                R"("detail":"reason is too long","code":"invalid_field"})");
    }

    TEST_CASE("a problem without a sentence of its own says its title") {
        const auto answer = to_response({problem_code::internal_error});
        CHECK_EQ(boost::json::parse(answer.body()).at("detail").as_string(),
                 "Something went wrong here");
        CHECK_EQ(answer.result_int(), 500);
    }

    TEST_CASE("codes are distinct") {
        std::set<std::string_view> names;
        const auto count = static_cast<int>(problem_code::internal_error) + 1;
        for (int i = 0; i < count; ++i)
            names.insert(name_of(static_cast<problem_code>(i)));
        CHECK_EQ(names.size(), static_cast<std::size_t>(count));
    }

    TEST_CASE("who is to come again is told when") {
        CHECK_EQ(to_response({problem_code::database_unavailable})[field::retry_after], "1");
        CHECK_EQ(make_response(status::too_many_requests, json_type, "{}")[field::retry_after],
                 "1");
        CHECK_EQ(to_response({problem_code::forbidden}).count(field::retry_after), 0);
    }
}

TEST_SUITE("http_message") {
    TEST_CASE("a head has its status, its fields and a blank line") {
        auto answer = make_response(status::ok, json_type, "{}");
        answer.prepare_payload();
        CHECK_EQ(head_text(answer), "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                    "Cache-Control: no-store\r\nContent-Length: 2\r\n\r\n");
        answer.version(10);
        CHECK_EQ(head_text(answer).rfind("HTTP/1.0 200 OK\r\n", 0), 0);
    }
}
