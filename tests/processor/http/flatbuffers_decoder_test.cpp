// FlatBuffers commands: the same envelopes and refusals as in JSON, and buffers that are none.

#include "processor/http/flatbuffers_decoder.hpp"

#include "processor/http/json_decoder.hpp"
#include "schemas/commands_generated.h"
#include "tests/processor/http/http_commands.hpp"
#include "tests/support/print.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace datadrop;
using namespace datadrop::test;
using namespace datadrop::processor::http;

namespace {

/// The command of json_command(); texts and structs that are nothing are absent.
struct wire_command {
    std::int64_t guild_id = 288659194737983489;
    std::int64_t user_id = 80351110224678912;
    wire::CommandKind command = wire::CommandKind::ConfirmVerification;
    std::optional<std::string> email{};
    std::optional<std::string> campaign_id{};
    wire::State outcome{};
    std::optional<std::string> idempotency_key = "interaction:1187";
    std::optional<wire::Count> expected_version = wire::Count{6};
    std::optional<wire::StatedState> expected_state =
        wire::StatedState{wire::State::VerificationPending};
    std::optional<wire::Count> expected_lifecycle = wire::Count{1};
    wire::OnConflict on_conflict = wire::OnConflict::fail;
    std::optional<std::string> reason = "code_verified";
    std::optional<std::string> actor = "Ada Lovelace";
    std::optional<std::string> correlation_id = "trace a-1";
    std::optional<std::string> occurred_at = "2024-09-01T10:11:12.345Z";
};

using builder = flatbuffers::FlatBufferBuilder;

template <typename Struct>
const Struct* given(const std::optional<Struct>& s) {
    return s ? &*s : nullptr;
}

flatbuffers::Offset<flatbuffers::String> text(builder& out, const std::optional<std::string>& t) {
    return t ? out.CreateString(*t) : flatbuffers::Offset<flatbuffers::String>{};
}

flatbuffers::Offset<wire::Command> write(builder& out, const wire_command& c) {
    const auto payload =
        wire::CreatePayload(out, text(out, c.email), text(out, c.campaign_id), c.outcome);
    const auto key = text(out, c.idempotency_key);
    const auto reason = text(out, c.reason);
    const auto actor = text(out, c.actor);
    const auto correlation_id = text(out, c.correlation_id);
    const auto occurred_at = text(out, c.occurred_at);
    return wire::CreateCommand(out, c.guild_id, c.user_id, c.command, payload, key,
                               given(c.expected_version), given(c.expected_state),
                               given(c.expected_lifecycle), c.on_conflict, reason, actor,
                               correlation_id, occurred_at);
}

std::string finish(builder& out, flatbuffers::Offset<wire::CommandRequest> root) {
    wire::FinishCommandRequestBuffer(out, root);
    return {reinterpret_cast<const char*>(out.GetBufferPointer()), out.GetSize()};
}

std::string single(const wire_command& c) {
    builder out;
    return finish(out, wire::CreateCommandRequest(out, write(out, c)));
}

std::string array(const std::vector<wire_command>& all) {
    builder out;
    std::vector<flatbuffers::Offset<wire::Command>> items;
    for (const auto& c : all)
        items.push_back(write(out, c));
    return finish(out, wire::CreateCommandRequest(out, {}, out.CreateVector(items)));
}

template <typename Change>
wire_command changed(Change change) {
    wire_command c;
    change(c);
    return c;
}

template <typename Change>
std::string judge(Change change) {
    return verdict_of_single(decode_flatbuffers(single(changed(change)), the_context));
}

std::string judge_bytes(const std::string& body) {
    return verdict_of_single(decode_flatbuffers(body, the_context));
}

domain::envelope decode(const wire_command& c) {
    return **decode_flatbuffers(single(c), the_context)->items.at(0);
}

struct wrong_value {
    std::string_view field;
    void (*change)(wire_command&);
};

constexpr auto no_command = static_cast<wire::CommandKind>(17);
constexpr auto no_conflict = static_cast<wire::OnConflict>(3);
constexpr auto beyond = std::int64_t{1} << 53;

// clang-format off
constexpr wrong_value wrong_values[] = {
    {"guild_id",           [](auto& c) { c.guild_id = -1; }},
    {"user_id",            [](auto& c) { c.user_id = std::int64_t{-1} << 63; }},
    {"command",            [](auto& c) { c.command = no_command; }},
    {"expected_version",   [](auto& c) { c.expected_version = wire::Count{-1}; }},
    {"expected_version",   [](auto& c) { c.expected_version = wire::Count{beyond}; }},
    {"expected_lifecycle", [](auto& c) { c.expected_lifecycle = wire::Count{-1}; }},
    {"expected_state",     [](auto& c) { c.expected_state.emplace(static_cast<wire::State>(0)); }},
    {"expected_state",     [](auto& c) { c.expected_state.emplace(static_cast<wire::State>(13)); }},
    {"on_conflict",        [](auto& c) { c.on_conflict = no_conflict; }},
    {"idempotency_key",    [](auto& c) { c.idempotency_key = ""; }},
    {"idempotency_key",    [](auto& c) { c.idempotency_key = std::string("a\0b", 3); }},
    {"reason",             [](auto& c) { c.reason = "\xFF"; }},
    {"reason",             [](auto& c) { c.reason = "\xED\xA0\x80"; }},
    {"reason",             [](auto& c) { c.reason = "\xF4\x90\x80\x80"; }},
    {"reason",             [](auto& c) { c.reason = "\xC3"; }},
    {"actor",              [](auto& c) { c.actor = std::string("Ada\0", 4); }},
    {"correlation_id",     [](auto& c) { c.correlation_id = "\xC3\xA9"; }},
    {"occurred_at",        [](auto& c) { c.occurred_at = "soon"; }},
};
// clang-format on

} // namespace

TEST_SUITE("flatbuffers_decoder") {
    TEST_CASE("the same command in both formats is the same envelope") {
        const auto binary = decode_flatbuffers(single({}), the_context);
        const auto text = decode_json(boost::json::serialize(json_command()), the_context);
        CHECK(binary->form == batch_form::single);
        CHECK_EQ(**binary->items.at(0), **text->items.at(0));
    }

    TEST_CASE("an address and its fingerprint are those of JSON") {
        const auto binary = decode_flatbuffers(single(changed([](auto& c) {
                                                   c.command = wire::CommandKind::RecordEmail;
                                                   c.email = "ada@example.org";
                                               })),
                                               the_context);
        const auto text = decode_json(
            boost::json::serialize(with_payload("RecordEmail", {{"email", "ada@example.org"}})),
            the_context);
        CHECK_EQ(**binary->items.at(0), **text->items.at(0));
    }

    TEST_CASE("enumerators have the domain's names, and stand one behind its numbers") {
        for (std::size_t i = 0; i < domain::count_of<domain::state>; ++i)
            CHECK_EQ(wire::EnumNameState(static_cast<wire::State>(i + 1)),
                     domain::name_of(static_cast<domain::state>(i)));
        for (std::size_t i = 0; i < domain::count_of<domain::command_kind>; ++i)
            CHECK_EQ(wire::EnumNameCommandKind(static_cast<wire::CommandKind>(i + 1)),
                     domain::name_of(static_cast<domain::command_kind>(i)));
        for (std::size_t i = 0; i < domain::count_of<domain::on_conflict>; ++i)
            CHECK_EQ(wire::EnumNameOnConflict(static_cast<wire::OnConflict>(i + 1)),
                     domain::name_of(static_cast<domain::on_conflict>(i)));
    }

    TEST_CASE("an expectation of 0 or None is one, and what is 0 elsewhere is missing") {
        const auto command = decode(changed([](auto& c) {
            c.command = wire::CommandKind::Join;
            c.expected_version = wire::Count{0};
            c.expected_state = wire::StatedState{wire::State::None};
            c.expected_lifecycle = wire::Count{0};
            c.on_conflict = wire::OnConflict::missing;
        }));
        CHECK_EQ(command.kind, domain::command_kind::join);
        CHECK(command.expected_version == domain::stream_version{0});
        CHECK_EQ(command.expected_state, domain::state::none);
        CHECK_EQ(command.expected_lifecycle, 0);
        CHECK_EQ(command.conflict, domain::on_conflict::retry);
    }

    TEST_CASE("an expectation that is not there is none") {
        const auto command = decode(changed([](auto& c) {
            c.expected_version.reset();
            c.expected_state.reset();
            c.expected_lifecycle.reset();
        }));
        CHECK_FALSE(command.expected_version.has_value());
        CHECK_FALSE(command.expected_state.has_value());
        CHECK_FALSE(command.expected_lifecycle.has_value());
    }

    // A generator that leaves zeros out sent the command of 0, and expectations of 0, as nothing.
    TEST_CASE("a message of the first schema is refused whole, whatever it says") {
        auto old = single({});
        old.replace(4, 4, "DDCQ");
        CHECK_EQ(judge_bytes(old).rfind("malformed_flatbuffers", 0), 0);
    }

    TEST_CASE("a field that must be there is missed by name") {
        CHECK_EQ(judge([](auto& c) { c.guild_id = 0; }), "missing_field: guild_id is missing");
        CHECK_EQ(judge([](auto& c) { c.user_id = 0; }), "missing_field: user_id is missing");
        CHECK_EQ(judge([](auto& c) { c.command = {}; }), "missing_field: command is missing");
        CHECK_EQ(judge([](auto& c) { c.idempotency_key = {}; }),
                 "missing_field: idempotency_key is missing");
    }

    TEST_CASE("a value that is wrong is refused by its field's name") {
        for (const auto& [field, change] : wrong_values) {
            CAPTURE(field);
            CHECK_EQ(judge(change).rfind("invalid_field: " + std::string{field}, 0), 0);
        }
    }

    TEST_CASE("a payload fits its command") {
        const auto refused = [](std::string_view field, auto change) {
            CAPTURE(field);
            CHECK_NE(judge(change).find("_field: payload." + std::string{field}),
                     std::string::npos);
        };
        refused("email", [](auto& c) { c.email = "ada@example.org"; });
        refused("email", [](auto& c) { c.command = wire::CommandKind::RecordEmail; });
        refused("email", [](auto& c) {
            c.command = wire::CommandKind::RecordEmail;
            c.email = std::string("ada@example.org\0", 16);
        });
        refused("outcome", [](auto& c) {
            c.command = wire::CommandKind::ExpireVerification;
            c.outcome = static_cast<wire::State>(200);
        });
        refused("outcome", [](auto& c) {
            c.command = wire::CommandKind::ExpireVerification;
            c.outcome = wire::State::Banned;
        });
    }

    TEST_CASE("an array's items are judged one by one, in their places") {
        const auto batch = *decode_flatbuffers(
            array({{}, changed([](auto& c) { c.user_id = 0; }), {}}), the_context);
        CHECK(batch.form == batch_form::array);
        REQUIRE_EQ(batch.items.size(), 3);
        CHECK_EQ(problem_text(batch.items[0]), "fine");
        CHECK_EQ(problem_text(batch.items[1]).rfind("missing_field: user_id", 0), 0);
        CHECK_EQ(problem_text(batch.items[2]), "fine");
    }

    TEST_CASE("an array holds 1 to 1,000 commands") {
        CHECK_EQ(judge_bytes(array({})), "array_size: an array holds 1 to 1000 commands, not 0");
        CHECK_EQ(judge_bytes(array(std::vector<wire_command>(1'000))), "fine");
        CHECK_EQ(judge_bytes(array(std::vector<wire_command>(1'001))),
                 "array_size: an array holds 1 to 1000 commands, not 1001");
    }

    TEST_CASE("exactly one of command and commands is given") {
        builder none;
        CHECK_EQ(judge_bytes(finish(none, wire::CreateCommandRequest(none))),
                 "malformed_flatbuffers: exactly one of command and commands must be there");
        builder both;
        const auto item = write(both, {});
        const auto items = both.CreateVector(std::vector{item});
        CHECK_EQ(judge_bytes(finish(both, wire::CreateCommandRequest(both, item, items))),
                 "malformed_flatbuffers: exactly one of command and commands must be there");
    }

    TEST_CASE("bytes that are no request are refused, and none of them is read beyond its end") {
        const auto whole = single({});
        for (std::size_t length = 0; length < whole.size(); ++length)
            CHECK_EQ(judge_bytes(whole.substr(0, length)).rfind("malformed_flatbuffers", 0), 0);
        auto renamed = whole;
        renamed[4] = 'X';
        CHECK_EQ(judge_bytes(renamed).rfind("malformed_flatbuffers", 0), 0);
        CHECK_EQ(judge_bytes(std::string(64, '\xFF')).rfind("malformed_flatbuffers", 0), 0);
        for (std::size_t at = 0; at < whole.size(); ++at) {
            auto flipped = whole;
            flipped[at] = static_cast<char>(~flipped[at]);
            judge_bytes(flipped); // any verdict, but one
        }
    }
}
