// POST /v1/commands as application/x-flatbuffers: the same commands, answered in the same format.

#include "schemas/commands_generated.h"
#include "schemas/outcomes_generated.h"
#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <optional>

namespace datadrop::test {
namespace {

constexpr auto flatbuffers_type = "application/x-flatbuffers";

/// What a command says; what it leaves out is absent on the wire.
struct said {
    std::int64_t guild_id = 0;
    std::int64_t user_id = 0;
    wire::CommandKind command{};
    std::string idempotency_key{};
    std::optional<wire::Count> expected_version{};
    std::optional<wire::StatedState> expected_state{};
    wire::OnConflict on_conflict{};
    wire::State outcome{}; // of the payload
    std::string reason{};
};

said of(const member& who, wire::CommandKind kind) {
    return {.guild_id = std::stoll(who.guild),
            .user_id = std::stoll(who.user),
            .command = kind,
            .idempotency_key = fields(command(who, "Join"), {"idempotency_key"})};
}

flatbuffers::Offset<wire::Command> pack(flatbuffers::FlatBufferBuilder& builder, const said& what) {
    const auto key = builder.CreateString(what.idempotency_key);
    const auto reason = builder.CreateString(what.reason);
    wire::PayloadBuilder payload(builder);
    payload.add_outcome(what.outcome);
    const auto packed = payload.Finish();
    wire::CommandBuilder command(builder);
    command.add_guild_id(what.guild_id);
    command.add_user_id(what.user_id);
    command.add_command(what.command);
    if (what.expected_version) command.add_expected_version(&*what.expected_version);
    if (what.expected_state) command.add_expected_state(&*what.expected_state);
    command.add_on_conflict(what.on_conflict);
    command.add_idempotency_key(key);
    command.add_reason(reason);
    command.add_payload(packed);
    return command.Finish();
}

std::string text_of(const flatbuffers::FlatBufferBuilder& builder) {
    return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

std::string single(const said& what) {
    flatbuffers::FlatBufferBuilder builder;
    const auto command = pack(builder, what);
    wire::FinishCommandRequestBuffer(builder, wire::CreateCommandRequest(builder, command));
    return text_of(builder);
}

std::string array(const std::vector<said>& all) {
    flatbuffers::FlatBufferBuilder builder;
    std::vector<flatbuffers::Offset<wire::Command>> packed;
    for (const auto& what : all)
        packed.push_back(pack(builder, what));
    const auto commands = builder.CreateVector(packed);
    wire::FinishCommandRequestBuffer(builder, wire::CreateCommandRequest(builder, 0, commands));
    return text_of(builder);
}

http_answer post(connection& to, const std::string& body) {
    return to.send(
        {.method = "POST", .target = "/v1/commands", .body = body, .type = flatbuffers_type});
}

/// Into the answer's body, which outlives it.
const wire::OutcomeResponse& response_in(const http_answer& answer) {
    CHECK(answer.type() == flatbuffers_type);
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(answer.body.data());
    flatbuffers::Verifier verifier(bytes, answer.body.size());
    REQUIRE(wire::VerifyOutcomeResponseBuffer(verifier));
    return *wire::GetOutcomeResponse(bytes);
}

/// Nothing, other formats, parts, and each of the first bytes another.
std::vector<std::string> malformed_like(const std::string& good) {
    flatbuffers::FlatBufferBuilder nothing;
    wire::FinishCommandRequestBuffer(nothing, wire::CreateCommandRequest(nothing));
    std::vector<std::string> all{"",
                                 "{}",
                                 text_of(nothing),
                                 std::string(64, '\0'),
                                 std::string(64, '\xff'),
                                 good.substr(0, good.size() / 2),
                                 good.substr(4)};
    for (std::size_t at_byte = 0; at_byte < 8; ++at_byte) {
        all.push_back(good);
        all.back()[at_byte] = static_cast<char>(~all.back()[at_byte]);
    }
    return all;
}

struct wrong_value {
    const char* name;
    void (*set)(said&);
};

constexpr auto no_command = static_cast<wire::CommandKind>(200);
constexpr auto no_state = static_cast<wire::State>(200);

// clang-format off
const wrong_value out_of_range[] = {
    {"guild_id",         [](said& what) { what.guild_id = 0; }},
    {"user_id",          [](said& what) { what.user_id = -1; }},
    {"command",          [](said& what) { what.command = no_command; }},
    {"expected_state",   [](said& what) { what.expected_state.emplace(no_state); }},
    {"expected_version", [](said& what) { what.expected_version.emplace(-1); }},
    {"idempotency_key",  [](said& what) { what.idempotency_key.clear(); }},
    {"reason",           [](said& what) { what.reason = std::string("a\0b", 3); }},
};
// clang-format on

} // namespace

TEST_CASE("flatbuffers: a command is answered with its outcome and status") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody();
    const auto answer = post(bot, single(of(who, wire::CommandKind::Join)));
    CHECK(answer.status == 200);
    const auto* const accepted = response_in(answer).outcome();
    REQUIRE(accepted);
    CHECK((accepted->outcome() == wire::OutcomeKind::accepted));
    CHECK((accepted->state() == wire::State::InvitedOrJoined));
    CHECK((accepted->version()->value() == 1));
    CHECK((accepted->lifecycle()->value() == 1));
    CHECK((accepted->user_id() == std::stoll(who.user)));
    CHECK(trail(at, who) == "MemberJoined None>InvitedOrJoined by bot");
}

TEST_CASE("flatbuffers: a rejection tells its code and the commands that are allowed") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, domain::state::invited_or_joined);
    const auto answer = post(bot, single(of(who, wire::CommandKind::LiftBan)));
    CHECK(answer.status == 422);
    const auto* const rejected = response_in(answer).outcome();
    REQUIRE(rejected);
    CHECK(rejected->code()->str() == "transition_not_allowed");
    std::string allowed;
    for (const auto kind : *rejected->allowed())
        allowed +=
            std::string(wire::EnumNameCommandKind(static_cast<wire::CommandKind>(kind))) + " ";
    CHECK(allowed == "BeginOnboarding Kick Leave Ban ");
}

TEST_CASE("flatbuffers: an array is answered with an outcome an item") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody();
    const auto answer =
        post(bot, array({of(who, wire::CommandKind::Join), of(who, wire::CommandKind::Join),
                         of(who, wire::CommandKind::RecordEmail)}));
    CHECK(answer.status == 200);
    const auto* const outcomes = response_in(answer).outcomes();
    REQUIRE(outcomes);
    REQUIRE(outcomes->size() == 3);
    CHECK((outcomes->Get(0)->outcome() == wire::OutcomeKind::accepted));
    CHECK((outcomes->Get(1)->outcome() == wire::OutcomeKind::rejected));
    CHECK((outcomes->Get(2)->outcome() == wire::OutcomeKind::invalid));
    CHECK(outcomes->Get(2)->detail()->str().find("payload.email") != std::string::npos);
}

TEST_CASE("flatbuffers: a payload and expectations travel as in JSON") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, domain::state::verification_pending);
    auto what = of(who, wire::CommandKind::ExpireVerification);
    what.outcome = wire::State::Kicked;
    what.expected_version = wire::Count{5};
    what.on_conflict = wire::OnConflict::fail;
    CHECK(post(bot, single(what)).status == 409);
    what.expected_version = wire::Count{6};
    what.expected_state = wire::StatedState{wire::State::VerificationPending};
    what.reason = "the deadline passed";
    CHECK(post(bot, single(what)).status == 200);
    const auto event = history(bot, who).at(6).as_object();
    CHECK(fields(event, {"event", "to_state", "reason"}) ==
          "VerificationExpired Kicked the deadline passed");
}

TEST_CASE("flatbuffers: what fails the verifier is refused, and the connection goes on") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto good = single(of(somebody(), wire::CommandKind::Join));
    const auto head = log_head(at);
    for (const auto& body : malformed_like(good)) {
        const auto answer = post(bot, body);
        CHECK(answer.status == 400);
        CHECK(answer.field("code") == "malformed_flatbuffers");
        REQUIRE(answer.kept);
    }
    CHECK(log_head(at) == head);
    CHECK(post(bot, good).status == 200);
}

TEST_CASE("flatbuffers: a value out of range is refused, naming the field") {
    const auto& at = shared_world();
    auto bot = at.front.connect(at.bot);
    const auto head = log_head(at);
    for (const auto& [name, set] : out_of_range) {
        CAPTURE(name);
        auto what = of(somebody(), wire::CommandKind::Join);
        set(what);
        check_names(post(bot, single(what)), name);
    }
    CHECK(log_head(at) == head);
}

} // namespace datadrop::test
