#include "tests/fuzz/support/wire_commands.hpp"

#include "processor/http/answers.hpp"
#include "processor/http/flatbuffers_decoder.hpp"
#include "processor/http/http_limits.hpp"
#include "processor/http/json_decoder.hpp"
#include "processor/http/json_text.hpp"
#include "processor/http/wire_enums.hpp"
#include "projections/rfc3339.hpp"
#include "schemas/commands_generated.h"
#include "schemas/outcomes_generated.h"
#include "tests/fuzz/support/problems.hpp"
#include "tests/fuzz/support/target.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstdint>
#include <optional>

namespace datadrop::test {
namespace {

namespace http = processor::http;
namespace json = boost::json;
using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

std::optional<std::string> time_text(const domain::envelope& c) {
    if (!c.occurred_at) return std::nullopt;
    return projections::to_text(*c.occurred_at);
}

void put(json::object& o, std::string_view name, const std::optional<std::string>& text) {
    if (text) o[name] = *text;
}

json::object payload_json(const domain::envelope& c) {
    json::object payload;
    put(payload, "email", c.address);
    put(payload, "campaign_id", c.data.campaign_id);
    if (c.data.outcome) payload["outcome"] = name_of(*c.data.outcome);
    return payload;
}

Offset<flatbuffers::String> put(FlatBufferBuilder& out, const std::optional<std::string>& text) {
    return text ? out.CreateString(*text) : Offset<flatbuffers::String>{};
}

/// The expectations that a command states.
struct wire_expectations {
    explicit wire_expectations(const domain::envelope& c) {
        if (c.expected_version) version.emplace(domain::number_of(*c.expected_version));
        if (c.expected_state) state.emplace(http::to_wire<wire::State>(*c.expected_state));
        if (c.expected_lifecycle) lifecycle.emplace(*c.expected_lifecycle);
    }
    std::optional<wire::Count> version{};
    std::optional<wire::StatedState> state{};
    std::optional<wire::Count> lifecycle{};
};

template <typename Struct>
const Struct* given(const std::optional<Struct>& s) {
    return s ? &*s : nullptr;
}

bool is_only(const http::checked<http::decoded_batch>& decoded, const domain::envelope& command) {
    return decoded && decoded->items.size() == 1 && decoded->items.front() &&
           **decoded->items.front() == command;
}

void require_same_by_both_doors(const domain::envelope& command) {
    require(is_only(http::decode_json(json_of(command), fuzz_context()), command),
            "JSON brings the same command again");
    require(is_only(http::decode_flatbuffers(flatbuffers_of(command), fuzz_context()), command),
            "FlatBuffers bring the same command as JSON");
}

void require_values_problem(const http::problem& what) {
    using enum http::problem_code;
    const bool twice = what.code == malformed_json && what.detail.ends_with("is there twice");
    require(what.code == missing_field || what.code == unknown_field ||
                what.code == invalid_field || twice,
            "a command that is refused has a wrong value, or one twice");
    require_proper(what);
}

/// Problems only: what the log would say of the commands is not known here.
void require_answers(const http::decoded_batch& batch) {
    http::batch_answer answer{batch.form, {}};
    for (const auto& item : batch.items)
        if (!item) answer.items.emplace_back(item.error());
    if (answer.items.empty()) return;
    require(http::parse_json(to_json_text(answer)).has_value(), "an answer is well-formed JSON");
    const auto bytes = to_flatbuffers(answer);
    flatbuffers::Verifier verifier{reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                   bytes.size()};
    require(wire::VerifyOutcomeResponseBuffer(verifier), "an answer is a FlatBuffers message");
}

} // namespace

const http::command_context& fuzz_context() {
    static const domain::submitter by{domain::source::bot, "the bot"};
    static constexpr eventstore::fingerprint_key key{1, 2, 3};
    static const http::command_context context{by, key};
    return context;
}

std::string json_of(const domain::envelope& c) {
    json::object o{{"guild_id", std::to_string(domain::number_of(c.who.guild))},
                   {"user_id", std::to_string(domain::number_of(c.who.user))},
                   {"command", name_of(c.kind)},
                   {"payload", payload_json(c)},
                   {"idempotency_key", c.idempotency_key},
                   {"on_conflict", name_of(c.conflict)}};
    if (c.expected_version) o["expected_version"] = domain::number_of(*c.expected_version);
    if (c.expected_state) o["expected_state"] = name_of(*c.expected_state);
    if (c.expected_lifecycle) o["expected_lifecycle"] = *c.expected_lifecycle;
    put(o, "reason", c.reason);
    put(o, "actor", c.actor);
    put(o, "correlation_id", c.correlation_id);
    put(o, "occurred_at", time_text(c));
    return json::serialize(o);
}

std::string flatbuffers_of(const domain::envelope& c) {
    FlatBufferBuilder out;
    const auto payload = wire::CreatePayload(
        out, put(out, c.address), put(out, c.data.campaign_id),
        c.data.outcome ? http::to_wire<wire::State>(*c.data.outcome) : wire::State::missing);
    const auto key = out.CreateString(c.idempotency_key);
    const auto reason = put(out, c.reason);
    const auto actor = put(out, c.actor);
    const auto correlation_id = put(out, c.correlation_id);
    const auto occurred_at = put(out, time_text(c));
    const wire_expectations expected(c);
    const auto command = wire::CreateCommand(
        out, domain::number_of(c.who.guild), domain::number_of(c.who.user),
        http::to_wire<wire::CommandKind>(c.kind), payload, key, given(expected.version),
        given(expected.state), given(expected.lifecycle),
        http::to_wire<wire::OnConflict>(c.conflict), reason, actor, correlation_id, occurred_at);
    wire::FinishCommandRequestBuffer(out, wire::CreateCommandRequest(out, command));
    return {reinterpret_cast<const char*>(out.GetBufferPointer()), out.GetSize()};
}

void require_sound(const http::checked<http::decoded_batch>& decoded) {
    if (!decoded) return require_proper(decoded.error());
    const auto& items = decoded->items;
    require(!items.empty() && items.size() <= http::array_items_max, "a batch has 1 to 1,000");
    require(decoded->form == http::batch_form::array || items.size() == 1, "a single is one");
    for (const auto& item : items)
        item ? require_same_by_both_doors(**item) : require_values_problem(item.error().why);
    require_answers(*decoded);
}

} // namespace datadrop::test
