// The description of the interface says what the server knows, and no more: routes, scopes,
// statuses, codes, words, fields and limits. What it says of answers is compared with real ones by
// tests/node/check_exchanges.mjs.

#include "processor/http/description.hpp"

#include "domain/payload_rules.hpp"
#include "domain/transition_table.hpp"
#include "processor/core/outcome.hpp"
#include "processor/http/http_limits.hpp"
#include "processor/http/json_decoder.hpp"
#include "processor/http/remediation_body.hpp"
#include "processor/http/routes.hpp"
#include "processor/http/run_body.hpp"
#include "tests/processor/http/http_commands.hpp"
#include "tests/support/print.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <string>

using namespace datadrop;
using namespace datadrop::test;
using namespace datadrop::processor;
using namespace datadrop::processor::http;

namespace {

namespace json = boost::json;
using words = std::set<std::string>;

const json::value& whole() {
    static const auto parsed = json::parse(http::description::openapi);
    return parsed;
}

const json::value& at(std::string_view place) { return whole().at_pointer(place); }
const json::value& schema(std::string_view name) {
    const auto place = "/components/schemas/" + std::string(name);
    return at(place);
}

words keys_of(const json::value& object) {
    words keys;
    for (const auto& member : object.as_object())
        keys.emplace(member.key());
    return keys;
}

words texts_in(const json::value& array) {
    words texts;
    for (const auto& text : array.as_array())
        texts.emplace(text.as_string());
    return texts;
}

/// The values of a schema that allows certain ones only.
words values_of(const json::value& allows) {
    if (const auto* one = allows.as_object().if_contains("const"))
        return {std::string(one->as_string())};
    return texts_in(allows.at("enum"));
}

template <domain::named Enum>
words words_of() {
    return {domain::names<Enum>.begin(), domain::names<Enum>.end()};
}

/// Of an object of the description, what it refers to in its stead.
const json::value& followed(const json::value& given) {
    const auto* other = given.as_object().if_contains("$ref");
    return other == nullptr ? given : at(std::string(other->as_string()).substr(1));
}

/// "GET /v1/members/{}/{} read 200 400 …".
using route_line = std::string;

route_line line_of(const route& to) {
    std::set<unsigned> statuses{413, 415, 431}; // of whatever is sent
    for (const auto code : answers_of(to))
        statuses.insert(static_cast<unsigned>(code));
    std::ostringstream line;
    line << to_string(to.method) << ' ' << to.path << ' ' << (to.needs ? name_of(*to.needs) : "");
    for (const auto code : statuses)
        line << ' ' << code;
    return line.str();
}

std::string scope_in(const json::value& operation) {
    const auto& security = operation.at("security").as_array();
    if (security.empty()) return "";
    return std::string(security.at(0).at("token").at(0).as_string());
}

route_line line_of(const std::string& path, const std::string& verb, const json::value& operation) {
    std::ostringstream line;
    line << (verb == "get" ? "GET " : "POST ")
         << std::regex_replace(path, std::regex(R"(\{[^}]*\})"), "{}") << ' '
         << scope_in(operation);
    for (const auto& code : keys_of(operation.at("responses")))
        line << ' ' << code;
    return line.str();
}

std::set<route_line> described_routes() {
    std::set<route_line> lines;
    for (const auto& [path, item] : at("/paths").as_object())
        for (const auto& [verb, operation] : item.as_object())
            if (verb != "parameters") lines.insert(line_of(path, verb, operation));
    return lines;
}

/// Which a refusal says are known: "… is unknown; known are a, b".
template <typename Checked>
words known_by(const Checked& refused) {
    const auto text = problem_text(refused);
    const auto list = text.substr(text.find("known are ") + 10);
    const std::regex comma(", ");
    return {std::sregex_token_iterator(list.begin(), list.end(), comma, -1), {}};
}

words known_of_command(const json::object& command) {
    const auto decoded = decode_json(json::serialize(command), the_context);
    REQUIRE(decoded.has_value());
    return known_by(decoded->items.at(0));
}

/// A payload of all the fields that a command's schema has, or only of those that it requires.
domain::payload_shape shape_of(const words& fields, domain::state outcome) {
    return {.email = fields.contains("email"),
            .campaign_id = fields.contains("campaign_id"),
            .outcome = fields.contains("outcome") ? std::optional(outcome) : std::nullopt};
}

words required_by(const json::value& schema) {
    const auto* required = schema.as_object().if_contains("required");
    return required == nullptr ? words{} : texts_in(*required);
}

words properties_of(const json::value& schema) {
    const auto* properties = schema.as_object().if_contains("properties");
    return properties == nullptr ? words{} : keys_of(*properties);
}

/// What the domain has against each set of fields that the schema allows; nothing when they agree.
void check_payload(domain::command_kind kind, const json::value& command) {
    const auto& payload = command.at_pointer("/properties/payload");
    const auto all = properties_of(payload);
    const auto needed = required_by(command).contains("payload") ? required_by(payload) : words{};
    CAPTURE(name_of(kind));
    for (const words& some : {all, needed})
        CHECK_FALSE(misfit(kind, shape_of(some, domain::state::kicked)).has_value());
    for (const auto* field : {"email", "campaign_id", "outcome"}) {
        auto without = needed;
        if (without.erase(field) > 0)
            CHECK(misfit(kind, shape_of(without, domain::state::kicked)).has_value());
        auto with = all;
        if (with.insert(field).second)
            CHECK(misfit(kind, shape_of(with, domain::state::kicked)).has_value());
    }
}

} // namespace

TEST_SUITE("http_description") {
    TEST_CASE("every route is there with its scope and its statuses, and no other") {
        std::set<route_line> real;
        for (const auto& to : routes())
            real.insert(line_of(to));
        CHECK_EQ(described_routes(), real);
    }

    TEST_CASE("every code of a problem is there, and no other") {
        words real;
        for (int i = 0; i <= static_cast<int>(problem_code::internal_error); ++i)
            real.emplace(name_of(static_cast<problem_code>(i)));
        CHECK_EQ(values_of(schema("ProblemCode")), real);
    }

    TEST_CASE("every kind of outcome and every code of one is there, and no other") {
        words kinds, codes;
        for (const auto* name : {"Accepted", "Rejected", "Conflict", "DeadLettered", "Overloaded",
                                 "Unavailable", "Invalid"}) {
            const auto& properties = schema(name).at("properties").as_object();
            kinds.merge(values_of(properties.at("outcome")));
            const auto* code = properties.if_contains("code");
            if (code != nullptr && name != std::string("Invalid"))
                codes.merge(values_of(followed(*code)));
        }
        auto real = words_of<outcome_kind>();
        real.insert("invalid");
        CHECK_EQ(kinds, real);
        CHECK_EQ(codes, words_of<outcome_code>());
        auto failed = values_of(schema("RejectionCode"));
        failed.merge(words{"stale_expectation", "retry_budget_spent"});
        CHECK_EQ(values_of(schema("RedriveFailed").at_pointer("/properties/code")), failed);
    }

    TEST_CASE("the domain's words are there, and no other") {
        CHECK_EQ(values_of(schema("State")), words_of<domain::state>());
        CHECK_EQ(values_of(schema("CommandName")), words_of<domain::command_kind>());
        CHECK_EQ(values_of(schema("EventName")), words_of<domain::event_kind>());
        CHECK_EQ(values_of(schema("Source")), words_of<domain::source>());
        CHECK_EQ(values_of(schema("OnConflict")), words_of<domain::on_conflict>());
        CHECK_EQ(values_of(schema("DeadLetterStatus")), words_of<domain::dead_letter_status>());
        auto acts = keys_of(schema("DeadLetterEvent").at_pointer("/discriminator/mapping"));
        acts.insert("CommandParked"); // the dead letter itself
        CHECK_EQ(acts, words_of<domain::dead_letter_event_kind>());
    }

    TEST_CASE("every command is one alternative, with the payload that it takes") {
        words named;
        for (const auto& alternative : schema("Command").at("oneOf").as_array()) {
            const auto& command = followed(alternative);
            for (const auto& name : values_of(command.at_pointer("/properties/command"))) {
                CHECK(named.insert(name).second);
                check_payload(*domain::parse<domain::command_kind>(name), command);
            }
        }
        CHECK_EQ(named, words_of<domain::command_kind>());
        words outcomes;
        for (const auto to : domain::expiry_outcomes)
            outcomes.emplace(name_of(to));
        CHECK_EQ(values_of(schema("ExpiryOutcome")), outcomes);
    }

    TEST_CASE("every field that a request may have is there, and no other") {
        auto fields = properties_of(schema("CommandBase"));
        fields.insert("payload");
        CHECK_EQ(fields, known_of_command({{"?", 1}}));
        words payload;
        for (const auto* name :
             {"RequestVerification", "RequireReverification", "ExpireVerification"})
            payload.merge(properties_of(schema(name).at_pointer("/properties/payload")));
        CHECK_EQ(payload, known_of_command(with("payload", json::object{{"?", 1}})));
        CHECK_EQ(properties_of(schema("RedriveRequest")),
                 known_by(parse_redrive(R"({"?":1})", {}, the_bot)));
        CHECK_EQ(properties_of(schema("DiscardRequest")),
                 known_by(parse_discard(R"({"?":1})", the_bot)));
        CHECK_EQ(properties_of(schema("RunRequest")), known_by(parse_run(R"({"?":1})", the_bot)));
        CHECK_EQ(properties_of(schema("RunStart")), known_by(parse_run_start(R"({"?":1})")));
        const auto* strange = R"({"act":"redrive","reason":"x","filter":{"?":1}})";
        CHECK_EQ(properties_of(schema("RunFilter")), known_by(parse_run(strange, the_bot)));
    }

    TEST_CASE("the examples of requests are taken") {
        for (const auto* name : {"ConfirmVerification", "CommandArray"}) {
            const auto place = "/components/examples/" + std::string(name) + "/value";
            const auto& example = at(place);
            const auto decoded = decode_json(json::serialize(example), the_context);
            REQUIRE(decoded.has_value());
            for (const auto& item : decoded->items)
                CHECK_EQ(problem_text(item), "fine");
        }
        const auto example_for = [](const std::string& verb) {
            return json::serialize(at("/paths/~1v1~1dead-letters~1{id}~1" + verb +
                                      "/post/requestBody/content/application~1json/example"));
        };
        CHECK_EQ(problem_text(parse_redrive(example_for("redrive"), {}, the_bot)), "fine");
        CHECK_EQ(problem_text(parse_discard(example_for("discard"), the_bot)), "fine");
        const auto run = at("/paths/~1v1~1dead-letter-runs/post/requestBody/content/"
                            "application~1json/example");
        CHECK_EQ(problem_text(parse_run(json::serialize(run), the_bot)), "fine");
    }

    TEST_CASE("limits are the server's") {
        const auto& limit = at("/components/parameters/limit/schema");
        CHECK_EQ(limit.at("maximum").to_number<std::size_t>(), page_items_max);
        CHECK_EQ(limit.at("default").to_number<std::size_t>(), page_items_default);
        for (const auto* name : {"CommandArray", "OutcomeArray", "OverloadedArray"})
            CHECK_EQ(schema(name).at("maxItems").to_number<std::size_t>(), array_items_max);
        CHECK_EQ(schema("Count").at("maximum").as_int64(), json_number_max);
        for (const auto* pointer : {"/limit/maximum", "/reason/maxLength"}) {
            const auto max = schema("RunRequest").at("properties").at_pointer(pointer);
            CHECK_EQ(max.to_number<std::size_t>(), pointer == std::string("/limit/maximum")
                                                       ? projections::run_items_max
                                                       : run_reason_bytes_max);
        }
        const auto& fields = schema("CommandBase").at("properties");
        CHECK_EQ(fields.at_pointer("/reason/maxLength").to_number<std::size_t>(),
                 domain::reason_characters_max);
        CHECK_EQ(fields.at_pointer("/actor/maxLength").to_number<std::size_t>(),
                 domain::actor_characters_max);
    }

    TEST_CASE("its version is the program's") {
        CHECK_EQ(at("/info/version").as_string(), DATADROP_VERSION);
    }
}
