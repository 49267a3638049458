#include "processor/http/flatbuffers_decoder.hpp"

#include "processor/http/received_command.hpp"
#include "processor/http/validate.hpp"
#include "processor/http/wire_enums.hpp"
#include "schemas/commands_generated.h"

#include <fmt/format.h>

#include <utility>

namespace datadrop::processor::http {

namespace {

// A request is a table of tables of tables; whatever is deeper is no request.
constexpr flatbuffers::uoffset_t depth_max = 8;
// A table takes at least a few bytes, but offsets may share one: this bounds the verifier's work.
constexpr flatbuffers::uoffset_t tables_max = 100'000;

problem malformed(std::string_view why) {
    return {problem_code::malformed_flatbuffers, std::string{why}};
}

std::optional<std::string_view> text(const flatbuffers::String* given) {
    if (given == nullptr) return std::nullopt;
    return std::string_view{given->c_str(), given->size()};
}

/// What is given, a 0 as well; one that stands for nothing is noted.
template <typename Enum, typename Wire>
std::optional<Enum> stated(Wire given, std::string_view field, std::optional<problem>& first) {
    const auto value = from_wire<Enum>(given);
    if (!value && !first)
        first = problem{problem_code::invalid_field,
                        fmt::format("{} must be a number of its enumeration, not {}", field,
                                    static_cast<int>(given))};
    return value;
}

/// A 0 is missing.
template <typename Enum, typename Wire>
std::optional<Enum> enumerator(Wire given, std::string_view field, std::optional<problem>& first) {
    if (given == Wire::missing) return std::nullopt;
    return stated<Enum>(given, field, first);
}

std::optional<std::int64_t> snowflake(std::int64_t given) {
    if (given == 0) return std::nullopt;
    return given;
}

std::optional<std::int64_t> count(const wire::Count* given) {
    if (given == nullptr) return std::nullopt;
    return given->value();
}

received_payload payload_in(const wire::Payload& given, std::optional<problem>& first) {
    received_payload data;
    data.email = text(given.email());
    data.campaign_id = text(given.campaign_id());
    data.outcome = enumerator<domain::state>(given.outcome(), "payload.outcome", first);
    return data;
}

received_command command_in(const wire::Command& given, std::optional<problem>& first) {
    received_command c;
    c.guild_id = snowflake(given.guild_id());
    c.user_id = snowflake(given.user_id());
    c.command = enumerator<domain::command_kind>(given.command(), "command", first);
    c.idempotency_key = text(given.idempotency_key());
    c.expected_version = count(given.expected_version());
    if (const auto* state = given.expected_state())
        c.expected_state = stated<domain::state>(state->value(), "expected_state", first);
    c.expected_lifecycle = count(given.expected_lifecycle());
    c.on_conflict = enumerator<domain::on_conflict>(given.on_conflict(), "on_conflict", first);
    c.reason = text(given.reason());
    c.actor = text(given.actor());
    c.correlation_id = text(given.correlation_id());
    c.occurred_at = text(given.occurred_at());
    if (given.payload() != nullptr) c.payload = payload_in(*given.payload(), first);
    return c;
}

decoded_command decode_item(const wire::Command& given, const command_context& context) {
    // Everything is read before anything is refused, so that the refusal can name the command.
    std::optional<problem> first;
    const auto received = command_in(given, first);
    if (first) return refuse(received, *std::move(first));
    return validate(received, context);
}

checked<decoded_batch>
decode_all(const flatbuffers::Vector<flatbuffers::Offset<wire::Command>>& all,
           const command_context& context) {
    if (auto p = array_problem(all.size())) return *std::move(p);
    decoded_batch batch{batch_form::array, {}};
    batch.items.reserve(all.size());
    for (const auto* item : all)
        batch.items.push_back(decode_item(*item, context));
    return batch;
}

} // namespace

checked<decoded_batch> decode_flatbuffers(std::string_view body, const command_context& context) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(body.data());
    flatbuffers::Verifier verifier{bytes, body.size(), depth_max, tables_max};
    if (!wire::VerifyCommandRequestBuffer(verifier))
        return malformed("the body is no CommandRequest of schemas/commands.fbs");
    // Verified once and whole: from here on the buffer is read without a check.
    const auto& asked = *wire::GetCommandRequest(bytes);
    if ((asked.command() == nullptr) == (asked.commands() == nullptr))
        return malformed("exactly one of command and commands must be there");
    if (asked.commands() != nullptr) return decode_all(*asked.commands(), context);
    decoded_batch batch{batch_form::single, {}};
    batch.items.push_back(decode_item(*asked.command(), context));
    return batch;
}

} // namespace datadrop::processor::http
