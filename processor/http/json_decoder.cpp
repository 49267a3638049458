#include "processor/http/json_decoder.hpp"

#include "processor/http/json_fields.hpp"
#include "processor/http/json_text.hpp"
#include "processor/http/received_command.hpp"
#include "processor/http/validate.hpp"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>

#include <array>
#include <optional>
#include <utility>

namespace datadrop::processor::http {

namespace {

namespace json = boost::json;

/// What could be read, and the first problem with it.
template <typename Received>
struct reading {
    Received what{};
    std::optional<problem> wrong{};
};

reading<received_payload> payload_in(const json::object& object) {
    json_fields fields{object, "payload.", {"email", "campaign_id", "outcome"}};
    received_payload data;
    data.email = fields.text("email", null_is::invalid);
    data.campaign_id = fields.text("campaign_id", null_is::invalid);
    data.outcome = fields.one_of<domain::state>("outcome", null_is::invalid);
    return {data, fields.first_problem()};
}

reading<received_command> command_in(const json::object& object) {
    json_fields fields{object,
                       "",
                       {"guild_id", "user_id", "command", "payload", "idempotency_key",
                        "expected_version", "expected_state", "expected_lifecycle", "on_conflict",
                        "reason", "actor", "correlation_id", "occurred_at"}};
    received_command c;
    c.guild_id = fields.snowflake("guild_id");
    c.user_id = fields.snowflake("user_id");
    c.command = fields.one_of<domain::command_kind>("command", null_is::invalid);
    c.idempotency_key = fields.text("idempotency_key", null_is::invalid);
    c.expected_version = fields.whole_number("expected_version", null_is::absent);
    c.expected_state = fields.one_of<domain::state>("expected_state", null_is::absent);
    c.expected_lifecycle = fields.whole_number("expected_lifecycle", null_is::absent);
    c.on_conflict = fields.one_of<domain::on_conflict>("on_conflict", null_is::invalid);
    c.reason = fields.text("reason", null_is::absent);
    c.actor = fields.text("actor", null_is::absent);
    c.correlation_id = fields.text("correlation_id", null_is::absent);
    c.occurred_at = fields.text("occurred_at", null_is::absent);
    const auto* payload = fields.object("payload", null_is::absent);
    // The payload is a second object with fields of its own, looked at when the first is well.
    if (payload == nullptr || fields.first_problem()) return {c, fields.first_problem()};
    const auto data = payload_in(*payload);
    c.payload = data.what;
    return {c, data.wrong};
}

decoded_command decode_item(const json::value& item, const command_context& context) {
    const auto* object = item.if_object();
    if (object == nullptr)
        return refused_command{{problem_code::invalid_field, "a command must be a JSON object"}};
    // Types and names before values: what could not be read cannot be weighed.
    const auto received = command_in(*object);
    if (received.wrong) return refuse(received.what, *received.wrong);
    return validate(received.what, context);
}

checked<decoded_batch> decode_array(const json::array& items, const command_context& context) {
    if (auto p = array_problem(items.size())) return *std::move(p);
    decoded_batch batch{batch_form::array, {}};
    batch.items.reserve(items.size());
    for (const auto& item : items)
        batch.items.push_back(decode_item(item, context));
    return batch;
}

checked<decoded_batch> decode_value(const json::value& body, const command_context& context) {
    if (const auto* items = body.if_array()) return decode_array(*items, context);
    if (!body.is_object())
        return problem{problem_code::invalid_field,
                       "the body must be a command (an object) or an array of commands"};
    decoded_batch batch{batch_form::single, {}};
    batch.items.push_back(decode_item(body, context));
    return batch;
}

/// There is no telling which of the two counts: what is named so is no command.
void refuse_doubled(decoded_command& item, std::string_view name) {
    auto refused = item ? refused_command{{},
                                          number_of((*item)->who.guild),
                                          number_of((*item)->who.user),
                                          (*item)->idempotency_key}
                        : item.error();
    refused.why = is_there_twice(name);
    if (name == "guild_id") refused.guild_id.reset();
    if (name == "user_id") refused.user_id.reset();
    if (name == "idempotency_key") refused.idempotency_key.reset();
    item = std::move(refused);
}

/// A text with faults is read once more with those that have a certain end taken for what they are:
/// faults of their own commands.
checked<decoded_batch> decode_forgiving(std::string_view body, const command_context& context) {
    const auto parsed = parse_forgiving(body);
    if (!parsed) return parsed.error();
    auto batch = decode_value(parsed->value, context);
    if (!batch) return batch.error();
    for (auto d = parsed->doubled.rbegin(); d != parsed->doubled.rend(); ++d) // the first is told
        refuse_doubled(batch->items[batch->form == batch_form::single ? 0 : d->item], d->name);
    return batch;
}

} // namespace

checked<decoded_batch> decode_json(std::string_view body, const command_context& context) {
    std::array<unsigned char, 4096> room; // for a usual command; more comes from the heap
    json::monotonic_resource memory{room.data(), room.size()};
    const auto parsed = parse_json(body, &memory);
    // Nearly all bodies are well formed, and pay nothing for those that are not.
    return parsed ? decode_value(*parsed, context) : decode_forgiving(body, context);
}

} // namespace datadrop::processor::http
