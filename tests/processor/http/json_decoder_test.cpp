// JSON commands: what is taken, and that every refusal names the field.

#include "processor/http/json_decoder.hpp"

#include "processor/http/http_limits.hpp"
#include "projections/dead_letter_json.hpp"
#include "tests/processor/http/http_commands.hpp"
#include "tests/support/print.hpp"

#include <doctest/doctest.h>

using namespace datadrop;
using namespace datadrop::test;
using namespace datadrop::processor::http;
namespace json = boost::json;

namespace {

std::string judge_text(std::string_view body) {
    return verdict_of_single(decode_json(body, the_context));
}
std::string judge(const json::value& body) { return judge_text(json::serialize(body)); }

domain::envelope decode(const json::object& command) {
    return **decode_json(json::serialize(command), the_context)->items.at(0);
}

struct bad_value {
    std::string_view field;
    json::value value;
};

/// json_command() with a field's text as these very bytes.
std::string raw(std::string_view field, std::string_view bytes) {
    auto body = json::serialize(with(field, "PLACE"));
    return body.replace(body.find("PLACE"), 5, bytes);
}

std::string nested(std::size_t levels, char bracket) {
    std::string text;
    for (std::size_t i = 1; i < levels; ++i)
        text += bracket == '[' ? "[" : "{\"a\":";
    text += bracket == '[' ? "[]" : "{}";
    return text + std::string(levels - 1, bracket == '[' ? ']' : '}');
}

json::string text_of(std::size_t length) { return json::string(length, 'x'); }
json::string bytes(std::string_view text) { return json::string(text); }

const bad_value wrong_values[] = {
    {"guild_id", 5},
    {"guild_id", 0},
    {"guild_id", "0"},
    {"guild_id", "-1"},
    {"guild_id", "+1"},
    {"guild_id", "007"},
    {"guild_id", " 1"},
    {"guild_id", "1 "},
    {"guild_id", ""},
    {"guild_id", "1.0"},
    {"guild_id", "1e3"},
    {"guild_id", "0x1"},
    {"guild_id", "9223372036854775808"},
    {"guild_id", "99999999999999999999"},
    {"guild_id", nullptr},
    {"guild_id", json::array{}},
    {"guild_id", true},
    {"user_id", 5},
    {"user_id", "0"},
    {"user_id", "9223372036854775808"},
    {"user_id", bytes({"1\0", 2})},
    {"command", "Verify"},
    {"command", "join"},
    {"command", ""},
    {"command", 0},
    {"command", nullptr},
    {"command", bytes({"Join\0", 5})},
    {"idempotency_key", ""},
    {"idempotency_key", text_of(65)},
    {"idempotency_key", "a b"},
    {"idempotency_key", "clé"},
    {"idempotency_key", "a\n"},
    {"idempotency_key", bytes({"a\0b", 3})},
    {"idempotency_key", 5},
    {"idempotency_key", nullptr},
    {"expected_version", -1},
    {"expected_version", 1.5},
    {"expected_version", 1.0},
    {"expected_version", "6"},
    {"expected_version", true},
    {"expected_version", json_number_max + 1},
    {"expected_version", std::uint64_t(-1)},
    {"expected_version", 1e300},
    {"expected_lifecycle", -1},
    {"expected_lifecycle", 1.5},
    {"expected_lifecycle", "1"},
    {"expected_lifecycle", json_number_max + 1},
    {"expected_state", "Nowhere"},
    {"expected_state", 6},
    {"expected_state", ""},
    {"on_conflict", "ignore"},
    {"on_conflict", true},
    {"on_conflict", nullptr},
    {"reason", text_of(513)},
    {"reason", "a\vb"},
    {"reason", "a\x1B[31m"},
    {"reason", bytes({"\0", 1})},
    {"reason", "\xC2\x85"},
    {"reason", 5},
    {"reason", json::object{}},
    {"actor", ""},
    {"actor", "  "},
    {"actor", text_of(101)},
    {"actor", "a\x7F"},
    {"actor", "a\nb"},
    {"actor", "\t"},
    {"actor", 80351110224678912},
    {"correlation_id", text_of(129)},
    {"correlation_id", "é"},
    {"correlation_id", "a\tb"},
    {"correlation_id", false},
    {"occurred_at", "yesterday"},
    {"occurred_at", ""},
    {"occurred_at", 1725185472},
    {"occurred_at", "2024-02-30T00:00:00Z"},
    {"occurred_at", "2024-09-01T10:11:12"},
    {"payload", "{}"},
    {"payload", json::array{}},
    {"payload", 5},
};

struct item_fault {
    std::string what;
    std::string item;
    std::string problem;
};

/// Complete commands but for one thing, whose end is certain.
std::vector<item_fault> item_faults() {
    const auto good = raw("reason", "x").substr(1);
    const auto with_x = [&](const std::string& value) { return R"({"x":)" + value + "," + good; };
    return {
        {"a lone surrogate", raw("reason", "\\ud83d"), "invalid_field: reason"},
        {"one in a name", R"({"\ud83d":1,)" + good, "unknown_field"},
        {"no UTF-8", raw("actor", "\xFF"), "invalid_field: actor"},
        {"a name that is there twice", R"({"actor":"a",)" + good,
         "malformed_json: the member \"actor\" is there twice"},
        {"objects too deep", with_x(nested(json_depth_max, '{')), "unknown_field: \"x\""},
        {"arrays too deep", with_x(nested(5'000, '[')), "unknown_field: \"x\""},
        {"an exponent too long", with_x("1e99999999999"), "unknown_field: \"x\""},
    };
}

} // namespace

TEST_SUITE("json_decoder") {
    TEST_CASE("a complete command becomes the envelope, its source the credential's") {
        domain::envelope expected;
        expected.who = {domain::guild_id{288659194737983489}, domain::user_id{80351110224678912}};
        expected.kind = domain::command_kind::confirm_verification;
        expected.idempotency_key = "interaction:1187";
        expected.expected_state = domain::state::verification_pending;
        expected.expected_version = domain::stream_version{6};
        expected.expected_lifecycle = 1;
        expected.conflict = domain::on_conflict::fail;
        expected.reason = "code_verified";
        expected.actor = "Ada Lovelace";
        expected.correlation_id = "trace a-1";
        expected.occurred_at = projections::parse_timestamp("2024-09-01T10:11:12.345Z");
        expected.by = the_bot;
        CHECK_EQ(decode(json_command()), expected);
    }

    TEST_CASE("four fields are enough") {
        const json::object least{{"guild_id", "1"},
                                 {"user_id", "9223372036854775807"},
                                 {"command", "Join"},
                                 {"idempotency_key", "k"}};
        const auto command = decode(least);
        CHECK_EQ(command.conflict, domain::on_conflict::retry);
        CHECK_FALSE(command.expected_version.has_value());
        CHECK_FALSE(command.expected_state.has_value());
        CHECK_FALSE(command.expected_lifecycle.has_value());
        CHECK_FALSE(command.occurred_at.has_value());
    }

    TEST_CASE("null stands for absent where a field may be left out") {
        for (const auto* field :
             {"payload", "expected_version", "expected_state", "expected_lifecycle", "reason",
              "actor", "correlation_id", "occurred_at"})
            CHECK_EQ(decode(with(field, nullptr)), decode(without(field)));
    }

    TEST_CASE("an address is kept beside its fingerprint, which is all that the payload has") {
        const auto command = decode(with_payload("RecordEmail", {{"email", "ada@example.org"}}));
        CHECK_EQ(command.address, std::optional<std::string>{"ada@example.org"});
        CHECK_EQ(command.data.email,
                 std::optional{eventstore::fingerprint_of("ada@example.org", the_key)});
    }

    TEST_CASE("a field that must be there is missed by name") {
        for (const std::string field : {"guild_id", "user_id", "command", "idempotency_key"})
            CHECK_EQ(judge(without(field)), "missing_field: " + field + " is missing");
    }

    TEST_CASE("a value that is wrong is refused by its field's name") {
        for (const auto& [field, value] : wrong_values) {
            CAPTURE(field);
            CAPTURE(json::serialize(value));
            CHECK_EQ(judge(with(field, value)).rfind("invalid_field: " + std::string{field}, 0), 0);
        }
    }

    TEST_CASE("texts are measured in characters, to the last one") {
        std::string reason;
        for (int i = 0; i < 512; ++i)
            reason += "é";
        CHECK_EQ(judge(with("reason", bytes(reason))), "fine");
        CHECK_NE(judge(with("reason", bytes(reason + "é"))), "fine");
        CHECK_EQ(judge(with("actor", text_of(100))), "fine");
        CHECK_EQ(judge(with("idempotency_key", text_of(64))), "fine");
        CHECK_EQ(judge(with("correlation_id", text_of(128))), "fine");
        CHECK_EQ(judge(with("expected_version", json_number_max)), "fine");
        CHECK_EQ(judge(with("expected_lifecycle", json_number_max)), "fine");
        CHECK_EQ(judge(with("expected_lifecycle", 0)), "fine");
        CHECK_EQ(judge(with("reason", "'; drop table events; --")), "fine");
    }

    TEST_CASE("a reason may have line breaks and tabs, as Discord delivers it") {
        const json::string reason = "first line\nsecond\tline\r\n\nlast";
        CHECK_EQ(judge(with("reason", reason)), "fine");
        CHECK_EQ(decode(with("reason", reason)).reason, std::string{reason});
    }

    TEST_CASE("an unknown field is named, at the top and in the payload") {
        CHECK_EQ(judge(with("comand", "Join")).rfind("unknown_field: \"comand\"", 0), 0);
        CHECK_EQ(judge(with("source", "operator")).rfind("unknown_field: \"source\"", 0), 0);
        CHECK_EQ(judge(with("payload", json::object{{"mail", "x"}}))
                     .rfind("unknown_field: payload.\"mail\"", 0),
                 0);
    }

    TEST_CASE("a payload fits its command") {
        const json::object email{{"email", "ada@example.org"}};
        const json::object campaign{{"campaign_id", "417"}};
        const json::object outcome{{"outcome", "Kicked"}};
        CHECK_EQ(judge(with_payload("RequestVerification", {})), "fine");
        CHECK_EQ(judge(with_payload("RequestVerification", email)), "fine");
        CHECK_EQ(judge(with_payload("RecordEmail", email)), "fine");
        CHECK_EQ(judge(with_payload("RequireReverification", campaign)), "fine");
        CHECK_EQ(judge(with_payload("ExpireVerification", outcome)), "fine");
        CHECK_EQ(judge(with_payload("Join", email)),
                 "invalid_field: payload.email does not belong to Join");
        CHECK_EQ(judge(with_payload("RecordEmail", campaign)),
                 "missing_field: payload.email is missing: RecordEmail needs it");
        CHECK_EQ(judge(with_payload("RequireReverification", {})),
                 "missing_field: payload.campaign_id is missing: RequireReverification needs it");
        CHECK_EQ(judge(with_payload("ExpireVerification", {})),
                 "missing_field: payload.outcome is missing: ExpireVerification needs it");
        CHECK_EQ(judge(with_payload("Kick", outcome)),
                 "invalid_field: payload.outcome does not belong to Kick");
    }

    TEST_CASE("a payload's values are judged, and an address is not repeated") {
        for (const auto* address : {"ada", "ada@", "@example.org", "a b@example.org", "a@b\n.org"})
            CHECK_EQ(judge(with_payload("RecordEmail", {{"email", address}})),
                     "invalid_field: payload.email must be an e-mail address of at most 254 bytes");
        for (const json::value& bad : {json::value{417}, json::value{""}, json::value{"a b"},
                                       json::value{text_of(65)}, json::value{nullptr}})
            CHECK_EQ(judge(with_payload("RequireReverification", {{"campaign_id", bad}}))
                         .rfind("invalid_field: payload.campaign_id", 0),
                     0);
        for (const json::value& bad : {json::value{"Banned"}, json::value{"out"}, json::value{9}})
            CHECK_EQ(judge(with_payload("ExpireVerification", {{"outcome", bad}}))
                         .rfind("invalid_field: payload.outcome", 0),
                     0);
    }

    TEST_CASE("malformed JSON is refused with its place") {
        for (const std::string body :
             {"", " ", "{", "[", "[1,", "{\"a\":}", "{'a':1}", "nul", "{} {}", "[{}]x",
              "\xEF\xBB\xBF{}", "\xFF", "{\"reason\":\"\\x41\"}", "{\"reason\":\"\\u12G4\"}",
              "{\"a\":1,}", "// comment\n{}", "{\"reason\":\"a\nb\"}"}) {
            CAPTURE(body);
            CHECK_EQ(judge_text(body).rfind("malformed_json: malformed JSON at byte ", 0), 0);
        }
        CHECK_EQ(judge_text(std::string("{}\0", 3)).rfind("malformed_json", 0), 0);
        CHECK_EQ(judge_text(std::string(100'000, '[')).rfind("malformed_json", 0), 0);
    }

    TEST_CASE("a member that is there twice is refused, also when an escape hides it") {
        CHECK_NE(
            judge_text(R"({"command":"Join","command":"Ban"})").find("\"command\" is there twice"),
            std::string::npos);
        CHECK_NE(judge_text(R"({"actor":"a","\u0061ctor":"b"})").find("\"actor\" is there twice"),
                 std::string::npos);
        CHECK_EQ(judge_text(R"({"payload":{"outcome":1,"outcome":2}})"),
                 "malformed_json: the member \"outcome\" is there twice");
    }

    TEST_CASE("what cannot be a text is refused by its field's name") {
        for (const auto* bad : {"\\ud800", "\\udc00", "\\ud83dx", "\\ude00\\ud83d", "\xFF",
                                "\xC0\x80", "\xED\xA0\x80", "\xE2\x82", "a\\ud800\\n"}) {
            CAPTURE(bad);
            CHECK_EQ(judge_text(raw("reason", bad)).rfind("invalid_field: reason must be UTF-8", 0),
                     0);
            CHECK_EQ(judge_text(raw("idempotency_key", bad)).rfind("invalid_field: idempot", 0), 0);
            CHECK_EQ(judge_text(raw("user_id", bad)).rfind("invalid_field: user_id", 0), 0);
        }
        CHECK_EQ(judge_text(R"({"\udead":1})").rfind("unknown_field: \"…\"", 0), 0);
        CHECK_EQ(judge_text(raw("reason", "\\ud83d\\ude00")), "fine");
    }

    TEST_CASE("a body that is neither object nor array is refused") {
        for (const auto* body : {"17", "\"Join\"", "null", "true"})
            CHECK_EQ(judge_text(body), "invalid_field: the body must be a command (an object) or "
                                       "an array of commands");
    }

    TEST_CASE("an array's items are judged one by one, in their places") {
        const json::array body{json_command(), 17, without("user_id"), json_command()};
        const auto batch = *decode_json(json::serialize(body), the_context);
        CHECK(batch.form == batch_form::array);
        REQUIRE_EQ(batch.items.size(), 4);
        CHECK_EQ(problem_text(batch.items[0]), "fine");
        CHECK_EQ(problem_text(batch.items[1]), "invalid_field: a command must be a JSON object");
        CHECK_EQ(problem_text(batch.items[2]), "missing_field: user_id is missing");
        CHECK_EQ(problem_text(batch.items[3]), "fine");
    }

    // One such item had the whole array refused, 999 good ones with it.
    TEST_CASE(
        "a fault with a certain end is its own item's, which is named as far as it was read") {
        const auto good = json::serialize(json_command());
        for (const auto& fault : item_faults()) {
            CAPTURE(fault.what);
            const auto batch =
                decode_json("[" + good + "," + fault.item + "," + good + "]", the_context);
            REQUIRE(batch.has_value());
            REQUIRE_EQ(batch->items.size(), 3);
            CHECK_EQ(problem_text(batch->items[0]), "fine");
            CHECK_EQ(problem_text(batch->items[2]), "fine");
            REQUIRE_FALSE(batch->items[1].has_value());
            CHECK_EQ(problem_text(batch->items[1]).rfind(fault.problem, 0), 0);
            const auto& refused = batch->items[1].error();
            CHECK_EQ(refused.guild_id, 288659194737983489);
            CHECK_EQ(refused.user_id, 80351110224678912);
            CHECK_EQ(refused.idempotency_key, "interaction:1187");
        }
    }

    TEST_CASE("what is there twice, or is wrong, names nothing") {
        const auto refused = [](const std::string& item) {
            return decode_json("[" + item + "]", the_context)->items.at(0).error();
        };
        const auto whole = json::serialize(json_command()).substr(1);
        CHECK_FALSE(refused(R"({"guild_id":"5",)" + whole).guild_id.has_value());
        CHECK(refused(R"({"guild_id":"5",)" + whole).user_id.has_value());
        CHECK_FALSE(refused(R"({"idempotency_key":"k",)" + whole).idempotency_key.has_value());
        CHECK_FALSE(refused(raw("idempotency_key", "\\ud800")).idempotency_key.has_value());
        CHECK_FALSE(refused(raw("user_id", "0")).user_id.has_value());
        CHECK_EQ(refused("17").guild_id, std::nullopt);
        CHECK_EQ(refused(json::serialize(without("command"))).idempotency_key, "interaction:1187");
    }

    TEST_CASE("an array that is no JSON is refused whole") {
        const auto good = json::serialize(json_command());
        for (const auto* bad : {"{\"a\":}", "{\"a\" 1}", "tru", "NaN", "{\"a\":\"b}", "[", "{]",
                                "{\"reason\":\"a\nb\"}"}) {
            CAPTURE(bad);
            CHECK_EQ(judge_text("[" + good + "," + bad + "," + good + "]")
                         .rfind("malformed_json: malformed JSON at byte ", 0),
                     0);
        }
    }

    TEST_CASE("the same key twice in an array is no fault of form: the log decides") {
        const json::array body{json_command(), json_command()};
        const auto batch = *decode_json(json::serialize(body), the_context);
        CHECK_EQ(problem_text(batch.items.at(1)), "fine");
    }

    TEST_CASE("an array holds 1 to 1,000 commands") {
        json::array body;
        CHECK_EQ(judge(body), "array_size: an array holds 1 to 1000 commands, not 0");
        for (int i = 0; i < 1'000; ++i)
            body.emplace_back(i);
        CHECK_EQ(decode_json(json::serialize(body), the_context)->items.size(), 1'000);
        body.emplace_back(0);
        CHECK_EQ(judge(body), "array_size: an array holds 1 to 1000 commands, not 1001");
    }
}
