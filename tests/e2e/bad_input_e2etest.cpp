// Bad input: a clear error that names the field, nothing written, and both the connection and the
// server go on.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace datadrop::test {
namespace {

using namespace std::string_literals;

struct bad_body {
    std::string body;
    std::string code;
    std::string named; // what the detail says
};

/// A good command with fields replaced.
std::string with(const json::object& more, std::string_view name = "Join") {
    return json::serialize(command(somebody(), name, more));
}

/// One whose reason is these very bytes.
std::string with_bytes(std::string_view bytes) {
    auto body = with({{"reason", "PLACE"}});
    return body.replace(body.find("PLACE"), 5, bytes);
}

std::string without(std::string_view field) {
    auto what = command(somebody(), "Join");
    what.erase(field);
    return json::serialize(what);
}

/// Each is refused, and the same connection serves what comes next.
void check_refused(const std::vector<bad_body>& all, const std::string& type = "application/json") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto head = log_head(at);
    for (const auto& [body, code, named] : all) {
        CAPTURE(body.substr(0, 200));
        const auto answer =
            bot.send({.method = "POST", .target = "/v1/commands", .body = body, .type = type});
        CHECK(answer.status == 400);
        CHECK(answer.type() == "application/problem+json");
        CHECK(answer.field("code") == code);
        CHECK(answer.field("detail").find(named) != std::string::npos);
        REQUIRE(answer.kept);
        CHECK(log_head(at) == head);
    }
    CHECK(submit(bot, command(somebody(), "Join")).at("outcome") == "accepted");
}

/// A raw request that the server answers with this status or by ending the connection; it goes on.
void check_raw(const std::string& bytes, const std::vector<int>& statuses) {
    const auto& at = shared_world();
    const auto head = log_head(at);
    CAPTURE(bytes.substr(0, 200));
    auto client = at.front.connect(at.bot);
    client.write(bytes);
    const auto answer = client.read();
    if (answer) CHECK(std::count(statuses.begin(), statuses.end(), answer->status) == 1);
    CHECK(log_head(at) == head);
    CHECK(at.front.connect().get("/healthz").status == 200);
}

std::string raw_post(const std::string& token, const std::string& headers,
                     const std::string& body) {
    return "POST /v1/commands HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token +
           "\r\nContent-Type: application/json\r\n" + headers + "\r\n" + body;
}

constexpr std::string_view no_snowflakes =
    R"([5, -5, 1.5, true, null, ["5"], {}, "", "0", "-1", "+5", "007", " 5", "5 ", "5\n", "0x5",
        "1e3", "9223372036854775808", "99999999999999999999999", "5;--", "\u0665", "5\u0000"])";

struct bad_payload {
    std::string command;
    std::string payload; // JSON
    std::string code;
    std::string named;
};

const std::string invalid = "invalid_field";
const std::string missing = "missing_field";

// clang-format off
const bad_payload bad_payloads[] = {
    {"Join",                  "5",                                  invalid, "payload"},
    {"Join",                  "[]",                                 invalid, "payload"},
    {"Join",                  R"({"email":"a@example.org"})",       invalid, "payload.email"},
    {"RecordEmail",           "{}",                                 missing, "payload.email"},
    {"RecordEmail",           R"({"email":"nobody"})",              invalid, "payload.email"},
    {"RecordEmail",           R"({"email":"a@b@example.org"})",     invalid, "payload.email"},
    {"RecordEmail",           R"({"email":"a@example.org\u0000"})", invalid, "payload.email"},
    {"RecordEmail",           R"({"email":")" + std::string(250, 'a') + R"(@b.org"})",
                                                                    invalid, "payload.email"},
    {"RecordEmail",           R"({"email":null})",                  invalid, "payload.email"},
    {"RequestVerification",   R"({"email":""})",                    invalid, "payload.email"},
    {"RequireReverification", "{}",                                 missing, "payload.campaign_id"},
    {"RequireReverification", R"({"campaign_id":4})",               invalid, "payload.campaign_id"},
    {"ExpireVerification",    "{}",                                 missing, "payload.outcome"},
    {"ExpireVerification",    R"({"outcome":"Verified"})",          invalid, "payload.outcome"},
    {"ExpireVerification",    R"({"outcome":"Gone"})",              invalid, "payload.outcome"},
};
// clang-format on

/// The server gave up waiting for the rest.
void check_timed_out(connection& client) {
    const auto answer = client.read();
    REQUIRE(answer);
    CHECK(answer->status == 408);
    CHECK(answer->field("code") == "request_timeout");
    CHECK(!answer->kept);
}

bool takes(connection& client, std::string_view bytes) {
    try {
        client.write(bytes);
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

/// One who sends a byte each time that somebody else was served is cut off before the end.
void check_trickle(const world& at) {
    auto slow = at.front.connect(at.bot);
    auto served = at.front.connect(at.bot);
    const auto request = raw_post(at.bot, "Content-Length: 50000\r\n", std::string(50'000, ' '));
    std::size_t sent = 0;
    const auto both_go_on = [&] {
        return takes(slow, request.substr(sent++, 1)) &&
               submit(served, command(somebody(), "Leave")).at("outcome") == "rejected";
    };
    CHECK(eventually([&] { return !both_go_on(); }));
    CHECK(sent < request.size());
}

const std::string sql = "'); DROP SCHEMA datadrop CASCADE; --";

} // namespace

TEST_CASE("bad input: what is no JSON is refused") {
    check_refused({{"", "malformed_json", "JSON"},
                   {"{", "malformed_json", "JSON"},
                   {R"({"guild_id":)", "malformed_json", "JSON"},
                   {"{'guild_id':'5'}", "malformed_json", "JSON"},
                   {with({}) + "x", "malformed_json", "JSON"},
                   {with({}) + with({}), "malformed_json", "JSON"},
                   {R"({"guild_id":"5","guild_id":"6"})", "malformed_json", "guild_id"},
                   {std::string(100'000, '['), "malformed_json", "JSON"},
                   {"\xff\xfe", "malformed_json", "JSON"},
                   {"{\"reason\":\"a\0b\"}"s, "malformed_json", "JSON"},
                   {"\0"s, "malformed_json", "JSON"},
                   {with_bytes("\xc3\x28"), "invalid_field", "reason"},
                   {with_bytes("\xed\xa0\x80"), "invalid_field", "reason"},
                   {with_bytes("\\ud800"), "invalid_field", "reason"},
                   {"17", "invalid_field", "object"},
                   {"null", "invalid_field", "object"},
                   {R"("text")", "invalid_field", "object"}});
}

TEST_CASE("bad input: snowflakes are strings of decimal digits in range") {
    std::vector<bad_body> all;
    const auto values = json::parse(no_snowflakes);
    for (const auto* field : {"guild_id", "user_id"}) {
        for (const auto& bad : values.as_array())
            all.push_back({with({{field, bad}}), "invalid_field", field});
        all.push_back({without(field), "missing_field", field});
    }
    REQUIRE(all.size() == 2 * 23);
    check_refused(all);
}

TEST_CASE("bad input: unknown fields, commands and names are refused") {
    check_refused(
        {{with({{"colour", "red"}}), "unknown_field", "colour"},
         {with({{"source", "operator"}}), "unknown_field", "source"},
         {with({{"payload", {{"colour", "red"}}}}), "unknown_field", "payload.\"colour\""},
         {with({{"command", "Verify"}}), "invalid_field", "command"},
         {with({{"command", "join"}}), "invalid_field", "command"},
         {with({{"command", ""}}), "invalid_field", "command"},
         {with({{"command", 3}}), "invalid_field", "command"},
         {without("command"), "missing_field", "command"},
         {with({{"expected_state", "Nowhere"}}), "invalid_field", "expected_state"},
         {with({{"expected_state", 3}}), "invalid_field", "expected_state"},
         {with({{"on_conflict", "panic"}}), "invalid_field", "on_conflict"},
         {with({{"on_conflict", nullptr}}), "invalid_field", "on_conflict"}});
}

TEST_CASE("bad input: versions are whole numbers from 0 that JavaScript can hold") {
    std::vector<bad_body> all;
    for (const json::value& bad : std::vector<json::value>{
             -1, 1.5, "3", true, 9007199254740992, std::uint64_t{18446744073709551615u}, 1e300})
        all.push_back({with({{"expected_version", bad}}), "invalid_field", "expected_version"});
    check_refused(all);
}

TEST_CASE("bad input: keys are 1 to 64 visible ASCII characters") {
    std::vector<bad_body> all{{without("idempotency_key"), "missing_field", "idempotency_key"}};
    for (const json::value& bad :
         std::vector<json::value>{"", json::string(65, 'k'), "a b", "a\tb", "sch\u00f6n", "\u007f",
                                  json::string("a\0b", 3), 7, nullptr})
        all.push_back({with({{"idempotency_key", bad}}), "invalid_field", "idempotency_key"});
    check_refused(all);
}

TEST_CASE("bad input: texts have a length, and no control characters") {
    check_refused(
        {{with({{"reason", json::string(513, 'r')}}), "invalid_field", "reason"},
         {with({{"reason", "two\vlines"}}), "invalid_field", "reason"},
         {with({{"reason", json::string("a\0b", 3)}}), "invalid_field", "reason"},
         {with({{"reason", 7}}), "invalid_field", "reason"},
         {with({{"actor", json::string(101, 'a')}}), "invalid_field", "actor"},
         {with({{"actor", " "}}), "invalid_field", "actor"},
         {with({{"actor", "\u0085"}}), "invalid_field", "actor"},
         {with({{"correlation_id", json::string(129, 'c')}}), "invalid_field", "correlation_id"},
         {with({{"correlation_id", "ça"}}), "invalid_field", "correlation_id"},
         {with({{"occurred_at", "yesterday"}}), "invalid_field", "occurred_at"},
         {with({{"occurred_at", "2024-02-30T00:00:00Z"}}), "invalid_field", "occurred_at"},
         {with({{"occurred_at", 1725185472}}), "invalid_field", "occurred_at"}});
}

TEST_CASE("bad input: a payload fits its command") {
    std::vector<bad_body> all;
    for (const auto& [name, payload, code, named] : bad_payloads)
        all.push_back({with({{"payload", json::parse(payload)}}, name), code, named});
    check_refused(all);
}

TEST_CASE("bad input: arrays hold 1 to 1,000 commands") {
    json::array many;
    for (int i = 0; i < 1001; ++i)
        many.push_back(command(somebody(), "Join"));
    check_refused({{"[]", "array_size", "1000"}, {json::serialize(many), "array_size", "1000"}});
}

TEST_CASE("bad input: a body over 1 MiB is 413, declared or sent in pieces") {
    const auto& at = shared_world();
    const auto head = log_head(at);
    const auto big = with({{"reason", std::string(1 << 20, 'x')}});
    auto client = at.front.connect(at.bot);
    const auto answer = client.post_text("/v1/commands", big);
    CHECK(answer.status == 413);
    CHECK(answer.field("code") == "body_too_large");
    check_raw(raw_post(at.bot, "Content-Length: 99999999999\r\n", "{"), {413});
    check_raw(raw_post(at.bot, "Transfer-Encoding: chunked\r\n",
                       "180000\r\n" + std::string(0x180000, ' ') + "\r\n0\r\n\r\n"),
              {413});
    CHECK(log_head(at) == head);

    // One byte less than the limit is judged by what it says.
    auto whole = with({});
    whole.insert(1, (1 << 20) - whole.size(), ' ');
    CHECK(at.front.connect(at.bot).post_text("/v1/commands", whole).field("outcome") == "accepted");
}

TEST_CASE("bad input: requests that are no HTTP are refused, and others go on") {
    const auto& at = shared_world();
    check_raw("hello\r\n\r\n", {400});
    check_raw("GET / HTTP/9.9\r\n\r\n", {400, 505});
    check_raw("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"s, {400});
    check_raw("GET /v1/members/%zz/5 HTTP/1.1\r\nHost: x\r\n\r\n", {400});
    check_raw("GET /v1/mem\0bers HTTP/1.1\r\nHost: x\r\n\r\n"s, {400});
    check_raw("GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"s, {400});
    check_raw("GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + std::string(32 * 1024, 'x') + "\r\n\r\n",
              {431});
    check_raw("GET /" + std::string(32 * 1024, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n",
              {400, 414, 431});
    check_raw(raw_post(at.bot, "Content-Length: -1\r\n", "{}"), {400});
    check_raw(raw_post(at.bot, "Content-Length: 2\r\nContent-Length: 3\r\n", "{}"), {400});
    check_raw(raw_post(at.bot, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
              {400});
    check_raw(raw_post(at.bot, "Transfer-Encoding: chunked\r\n", "zz\r\n"), {400});
}

TEST_CASE(
    "bad input: half-sent requests and slow senders are timed out, others are served meanwhile") {
    const auto& at = shared_world();
    const auto head = log_head(at);
    const auto began = std::chrono::steady_clock::now();
    auto half_a_line = at.front.connect(at.bot);
    half_a_line.write("GET /healthz HT");
    auto half_a_body = at.front.connect(at.bot);
    half_a_body.write(raw_post(at.bot, "Content-Length: 500\r\n", R"({"guild_id":)"));
    auto silent = at.front.connect();
    auto idle = at.front.connect();
    CHECK(idle.get("/healthz").header("keep-alive") == "timeout=60");
    check_trickle(at);
    check_timed_out(half_a_line);
    check_timed_out(half_a_body);
    CHECK(!silent.read());
    CHECK(idle.get("/healthz").status == 200);
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{20});
    CHECK(log_head(at) == head);
}

TEST_CASE("bad input: SQL in any text of a command is only text") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody();
    const auto what = command(who, "Join",
                              {{"idempotency_key", "');DROP/**/TABLE/**/datadrop.events;--"},
                               {"reason", sql},
                               {"actor", "Robert " + sql},
                               {"correlation_id", "\\'\"$1 {} %s " + sql}});
    check_accepted(submit(bot, what));
    const auto event = history(bot, who).at(0).as_object();
    for (const auto* name : {"idempotency_key", "reason", "actor", "correlation_id"})
        CHECK(event.at(name) == what.at(name));
    CHECK(submit(bot, what).at("replayed") == true);
}

TEST_CASE("bad input: SQL in what operators say, in a target or a token is only text") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    auto operators = at.front.connect(at.operator_one);
    const auto parked = park(bot, {{"reason", sql}, {"actor", sql}});
    const auto letter = operators.post(parked.path("/discard"), {{"reason", sql}}).json();
    CHECK(letter.at("command").at("reason") == json::value(sql));
    CHECK(letter.at("events").at(0).at("reason") == json::value(sql));
    CHECK(operators.get("/v1/members?guild_id=1%27%3B%20DROP%20TABLE%20x").status == 400);
    auto stranger = at.front.connect("';DROP/**/TABLE/**/datadrop.tokens;--");
    CHECK(stranger.get("/v1/members").status == 401);
}

TEST_CASE("bad input: an item that cannot be read is invalid in its place, with what names it") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto good = command(somebody(), "Join");
    const auto bad = command(somebody(), "Join", {{"reason", "PLACE"}});
    for (const std::string bytes : {"\\ud83d", "\\ude00\\ud83d", "\xff", "\xed\xa0\x80"}) {
        auto body = json::serialize(json::array{good, bad, command(somebody(), "Join")});
        body.replace(body.find("PLACE"), 5, bytes);
        const auto answer = bot.post_text("/v1/commands", body);
        CHECK(answer.status == 200);
        const auto outcomes = answer.json();
        CHECK(outcomes.at(0).at("outcome") == "accepted");
        CHECK(fields(outcomes.at(1).as_object(),
                     {"outcome", "guild_id", "user_id", "idempotency_key", "code"}) ==
              "invalid " + fields(bad, {"guild_id", "user_id", "idempotency_key"}) +
                  " invalid_field");
        CHECK(outcomes.at(1).at("detail").as_string().starts_with("reason"));
        CHECK(outcomes.at(2).at("outcome") == "accepted");
    }
}

TEST_CASE("bad input: an item of an array is refused alone, naming its field") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto outcomes = submit_all(bot, {command(somebody(), "Join", {{"guild_id", 5}}),
                                           command(somebody(), "Join"), nullptr, json::array{},
                                           command(somebody(), "Join", {{"colour", "red"}})});
    CHECK(fields(outcomes[0], {"outcome", "code", "detail"})
              .starts_with("invalid invalid_field guild_id"));
    CHECK(outcomes[1].at("outcome") == "accepted");
    for (const auto i : {2, 3})
        CHECK(fields(outcomes[static_cast<std::size_t>(i)], {"outcome", "code"}) ==
              "invalid invalid_field");
    CHECK(fields(outcomes[4], {"outcome", "code"}) == "invalid unknown_field");
}

TEST_CASE("bad input: an item that has a member twice is refused alone") {
    auto bot = shared_world().front.connect(shared_world().bot);
    const auto doubled = json::serialize(command(somebody(), "Join", {{"reason", "x"}}));
    const auto body = R"([{"reason":"y",)" + doubled.substr(1) + "," +
                      json::serialize(command(somebody(), "Join")) + "]";
    const auto outcomes = bot.post_text("/v1/commands", body).json();
    CHECK(fields(outcomes.at(0).as_object(), {"outcome", "code"}) == "invalid malformed_json");
    CHECK(outcomes.at(1).at("outcome") == "accepted");
}

} // namespace datadrop::test
