// What is read of a request: target, query, route, token, media type, operators' bodies.

#include "processor/http/auth.hpp"
#include "processor/http/gate.hpp"
#include "processor/http/http_limits.hpp"
#include "processor/http/if_match.hpp"
#include "processor/http/remediation_body.hpp"
#include "processor/http/request_target.hpp"
#include "processor/http/routes.hpp"
#include "processor/http/text.hpp"
#include "tests/processor/http/http_commands.hpp"
#include "tests/support/print.hpp"

#include <doctest/doctest.h>

using namespace datadrop;
using namespace datadrop::test;
using namespace datadrop::processor;
using namespace datadrop::processor::http;

namespace {

std::string limit_text(std::string_view text) {
    const auto where = *request_target::parse("/v1/members?limit=" + std::string{text});
    query asked{where, {"limit"}};
    const auto limit = asked.limit();
    return asked.first_problem() ? problem_text(*asked.first_problem()) : std::to_string(limit);
}

std::string query_text(std::string_view text) {
    const auto where = *request_target::parse(text);
    const query asked{where, {"guild_id", "state"}};
    return asked.first_problem() ? problem_text(*asked.first_problem()) : "fine";
}

std::string way(verb method, std::string_view path) {
    const auto where = *request_target::parse(path);
    const auto found = find_route(routes(), method, where.path);
    if (const auto* refused = std::get_if<method_refused>(&found)) return "405 " + refused->allow;
    const auto* match = std::get_if<route_match>(&found);
    return match == nullptr ? "404" : std::string{match->found->path};
}

checked<redrive_request> redrive(std::string_view body) {
    return parse_redrive(body, eventstore::dead_letter_id{5}, the_bot);
}

/// Whether the act may go on for a letter with the etag "7~ab"; "?" for a header that says nothing.
std::string held(std::vector<std::string> lines) {
    request message;
    for (auto& line : lines)
        message.insert(field::if_match, std::move(line));
    const auto wanted = if_match::parse(message);
    if (!wanted) return "?";
    if (wanted->takes_any()) return "any";
    return wanted->holds("\"7~ab\"") ? "held" : "changed";
}

} // namespace

TEST_SUITE("http_if_match") {
    TEST_CASE("without it, and with *, whatever is there will do") {
        CHECK_EQ(held({}), "any");
        CHECK_EQ(held({" * "}), "any");
    }

    TEST_CASE("one of the tags has to be the one, by the strong comparison") {
        CHECK_EQ(held({R"("7~ab")"}), "held");
        CHECK_EQ(held({R"("x", "7~ab")"}), "held");
        CHECK_EQ(held({R"( , "x,7~ab" ,"7~ab",)"}), "held");
        CHECK_EQ(held({R"("x")", R"("7~ab")"}), "held");
        for (const auto* other :
             {R"("7~a")", R"(W/"7~ab")", R"("x", W/"7~ab")", R"("7~ab,")", R"("")"})
            CHECK_EQ(held({other}), "changed");
    }

    TEST_CASE("what is no list of tags is no condition that could be met") {
        for (const auto* text :
             {"7~ab", R"("7~ab)", R"("x" "7~ab")", R"(w/"7~ab")", R"(*, "7~ab")", "W/"})
            CHECK_EQ(held({text}), "?");
    }
}

TEST_SUITE("http_target") {
    TEST_CASE("segments and parameters are decoded once") {
        const auto where = *request_target::parse("/v1/members/1%2F2?after=5%2C6&state=a%2520b");
        CHECK_EQ(where.path, std::vector<std::string>{"v1", "members", "1/2"});
        CHECK_EQ(where.parameters.at(0).second, "5,6");
        CHECK_EQ(where.parameters.at(1).second, "a%20b");
    }

    TEST_CASE("an absolute target is taken, what is no URL is not") {
        CHECK_EQ(request_target::parse("http://localhost:8132/healthz")->path.at(0), "healthz");
        for (const auto* text : {"", "*", "healthz", "/a b", "/%", "/%zz", "/\x01", "/é"})
            CHECK_FALSE(request_target::parse(text).has_value());
    }

    TEST_CASE("a parameter that is unknown or doubled is refused by name") {
        CHECK_EQ(query_text("/x?guild_id=1&state=Banned"), "fine");
        CHECK_EQ(query_text("/x?guild=1"), "unknown_parameter: the parameter \"guild\" is "
                                           "unknown; known are guild_id, state");
        CHECK_EQ(query_text("/x?state=a&state=b"),
                 "invalid_parameter: state is there more than once");
    }

    TEST_CASE("a limit is 1 to 1,000") {
        CHECK_EQ(limit_text("1"), "1");
        CHECK_EQ(limit_text("1000"), "1000");
        for (const auto* bad :
             {"", "0", "1001", "-1", "x", "1x", "01", "+1", "99999999999999999999"})
            CHECK(limit_text(bad).starts_with(
                "invalid_parameter: limit must be a whole number, 1 to 1000, not \""));
        const auto where = *request_target::parse("/v1/members");
        CHECK_EQ(query(where, {"limit"}).limit(), page_items_default);
    }

    TEST_CASE("types of events are names joined by commas, each counted once") {
        using domain::event_kind;
        const auto kinds = [](std::string_view text) {
            return query(*request_target::parse(text), {"event"}).events();
        };
        CHECK(kinds("/v1/events").empty());
        CHECK(kinds("/v1/events?event=MemberLeft,MemberJoined,MemberLeft") ==
              std::vector{event_kind::member_left, event_kind::member_joined});
        for (const auto* bad : {"", "memberleft", "MemberLeft,", "MemberLeft,Nothing"}) {
            const auto where = *request_target::parse("/v1/events?event=" + std::string(bad));
            query asked(where, {"event"});
            asked.events();
            REQUIRE(asked.first_problem().has_value());
            const auto text = std::string_view(bad);
            const auto wrong = text.substr(text.starts_with("MemberLeft,") ? 11 : 0);
            CHECK(asked.first_problem()->detail.ends_with("not \"" + std::string(wrong) + "\""));
        }
    }

    TEST_CASE("a page's end is found again, and nothing else is taken for one") {
        const domain::member_id last{domain::guild_id{5}, domain::user_id{9223372036854775807}};
        CHECK_EQ(parse_page_token(page_token(last)), std::optional{last});
        for (const auto* bad : {"", "5", "5:", ":5", "5:6:7", "0:1", "5:-6", "5: 6", "05:6"})
            CHECK_FALSE(parse_page_token(bad).has_value());
    }
}

TEST_SUITE("http_router") {
    TEST_CASE("a path leads to its route") {
        CHECK_EQ(way(verb::post, "/v1/commands"), "/v1/commands");
        CHECK_EQ(way(verb::get, "/v1/members?limit=5"), "/v1/members");
        CHECK_EQ(way(verb::get, "/v1/members/5/6"), "/v1/members/{}/{}");
        CHECK_EQ(way(verb::get, "/v1/members/5/6/history"), "/v1/members/{}/{}/history");
        CHECK_EQ(way(verb::head, "/healthz"), "/healthz");
        CHECK_EQ(way(verb::get, "/"), "/");
    }

    TEST_CASE("a path that is no route's is unknown") {
        for (const auto* path :
             {"//", "/v1", "/v1/", "/v1/nothing", "/v2/commands", "/v1/commands/", "/v1/commands/5",
              "/v1/members/1", "/v1/members/1/", "/v1/members/1/2/3", "//v1/commands",
              "/v1/members//2", "/V1/commands"})
            CHECK_EQ(way(verb::get, path), "404");
    }

    TEST_CASE("a wrong method names the right ones") {
        CHECK_EQ(way(verb::get, "/v1/commands"), "405 POST");
        CHECK_EQ(way(verb::head, "/v1/commands"), "405 POST");
        CHECK_EQ(way(verb::delete_, "/v1/dead-letters/x"), "405 GET, HEAD");
        CHECK_EQ(way(verb::get, "/v1/dead-letters/x/redrive"), "405 POST");
        CHECK_EQ(way(verb::post, "/healthz"), "405 GET, HEAD");
    }
}

TEST_SUITE("http_header") {
    TEST_CASE("only a Bearer token is a token") {
        CHECK_EQ(bearer_token("Bearer abc").value_or("none"), "abc");
        CHECK_EQ(bearer_token("bearer abc").value_or("none"), "abc");
        for (const auto* bad : {"", "Bearer", "Bearer ", "Basic abc", "abc", "Bearerabc"})
            CHECK_FALSE(bearer_token(bad).has_value());
    }

    TEST_CASE("the hash follows the token that is shown") {
        shown_token seen;
        for (const auto* token : {"abc", "abc", "abd", "abcd", "abc"})
            CHECK_EQ(seen.hash_of(token), eventstore::hash_token(token));
    }

    TEST_CASE("a media type is what stands before its parameters") {
        CHECK(names_type("application/json", json_type));
        CHECK(names_type(" Application/JSON\t; charset=utf-8", json_type));
        for (const auto* other : {"", " ", ";", "application/jsonx", "application /json"})
            CHECK_FALSE(names_type(other, json_type));
    }

    TEST_CASE("a body is too large beyond 1 MiB") {
        CHECK_FALSE(announced_body{.length = body_bytes_max}.too_large());
        CHECK(announced_body{.length = body_bytes_max + 1}.too_large());
        CHECK_FALSE(announced_body{.chunked = true}.too_large());
    }
}

TEST_SUITE("http_text") {
    TEST_CASE("characters are code points, and controls and broken UTF-8 are no text") {
        CHECK_EQ(count_characters(""), std::optional<std::size_t>{0});
        CHECK_EQ(count_characters("aé€😀"), std::optional<std::size_t>{4});
        CHECK_EQ(count_characters("a\n\tb\r", lines::several), std::optional<std::size_t>{5});
        CHECK_FALSE(count_characters("a\vb", lines::several).has_value());
        for (const std::string_view bad :
             {std::string_view{"a\0", 2}, std::string_view{"\n"}, std::string_view{"\x7F"},
              std::string_view{"\xC2\x80"}, std::string_view{"\x80"}, std::string_view{"\xC0\xAF"},
              std::string_view{"\xE0\x80\xAF"}, std::string_view{"\xED\xBF\xBF"},
              std::string_view{"\xF8\x88\x80\x80\x80"}, std::string_view{"\xE2\x82"}})
            CHECK_FALSE(count_characters(bad).has_value());
    }

    TEST_CASE("a long name is cut between characters") {
        CHECK_EQ(in_quotes("state"), "\"state\"");
        std::string name(63, 'x');
        CHECK_EQ(in_quotes(name + "éé"), '"' + name + "…\"");
    }

    TEST_CASE("a name that is no UTF-8 is not repeated into an answer, which has to be") {
        CHECK_EQ(in_quotes("a\xFF"), "\"…\"");
        CHECK_EQ(query_text("/x?%ff=1"), "unknown_parameter: the parameter \"…\" is unknown; "
                                         "known are guild_id, state");
    }
}

TEST_SUITE("http_remediation") {
    TEST_CASE("a redrive needs no word") {
        for (const auto* body : {"", "{}", R"({"reason":null})"}) {
            const auto asked = redrive(body);
            REQUIRE(asked.has_value());
            CHECK_FALSE(asked->reason.has_value());
            CHECK_FALSE(asked->expected_state.has_value());
            CHECK_FALSE(asked->expected_version.has_value());
            CHECK_FALSE(asked->expected_lifecycle.has_value());
            CHECK_EQ(asked->by, the_bot);
        }
    }

    TEST_CASE("an expectation is replaced by a value and dropped by null") {
        const auto replaced = *redrive(
            R"({"expected_state":"Verified","expected_version":0,"expected_lifecycle":0})");
        CHECK_EQ(**replaced.expected_state, domain::state::verified);
        CHECK(**replaced.expected_version == domain::stream_version{0});
        CHECK_EQ(**replaced.expected_lifecycle, 0);
        const auto dropped = *redrive(
            R"({"expected_state":null,"expected_version":null,"expected_lifecycle":null})");
        REQUIRE(dropped.expected_state.has_value());
        CHECK_FALSE(dropped.expected_state->has_value());
        REQUIRE(dropped.expected_version.has_value());
        CHECK_FALSE(dropped.expected_version->has_value());
        REQUIRE(dropped.expected_lifecycle.has_value());
        CHECK_FALSE(dropped.expected_lifecycle->has_value());
    }

    TEST_CASE("what an operator says is judged by its field") {
        CHECK_EQ(problem_text(redrive("[]")), "invalid_field: the body must be a JSON object");
        CHECK_EQ(problem_text(redrive("{")).rfind("malformed_json", 0), 0);
        CHECK_EQ(problem_text(redrive(R"({"force":true})")).rfind("unknown_field: \"force\"", 0),
                 0);
        CHECK_EQ(problem_text(redrive(R"({"reason":5})")).rfind("invalid_field: reason", 0), 0);
        CHECK_EQ(problem_text(redrive(R"({"reason":"a\u0000"})")).rfind("invalid_field: reason", 0),
                 0);
        CHECK_EQ(problem_text(redrive(R"({"expected_state":"X"})"))
                     .rfind("invalid_field: expected_state", 0),
                 0);
        CHECK_EQ(problem_text(redrive(R"({"expected_version":-1})"))
                     .rfind("invalid_field: expected_version", 0),
                 0);
        CHECK_EQ(problem_text(redrive(R"({"expected_lifecycle":-1})"))
                     .rfind("invalid_field: expected_lifecycle", 0),
                 0);
    }

    TEST_CASE("a discard says why") {
        CHECK_EQ(parse_discard(R"({"reason":"a duplicate"})", the_bot)->reason, "a duplicate");
        for (const auto* body : {"", "{}"})
            CHECK_EQ(problem_text(parse_discard(body, the_bot)),
                     "missing_field: reason is missing: say why");
        for (const auto* body : {R"({"reason":""})", R"({"reason":"  "})", R"({"reason":" \n\t"})",
                                 R"({"reason":null})"})
            CHECK_EQ(problem_text(parse_discard(body, the_bot)).rfind("invalid_field: reason", 0),
                     0);
        CHECK_EQ(problem_text(parse_discard(R"({"reason":"x","expected_version":1})", the_bot))
                     .rfind("unknown_field: \"expected_version\"", 0),
                 0);
    }
}
