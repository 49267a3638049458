#include "processor/http/json_decoder.hpp"

#include "processor/http/json_fields.hpp"
#include "processor/http/json_text.hpp"
#include "processor/http/received_command.hpp"
#include "processor/http/validate.hpp"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>

#include <array>
#include <utility>

namespace datadrop::processor::http {

namespace {

namespace json = boost::json;

checked<received_payload> payload_in(const json::object& object) {
    json_fields fields{object, "payload.", {"email", "campaign_id", "outcome"}};
    received_payload data;
    data.email = fields.text("email", null_is::invalid);
    data.campaign_id = fields.text("campaign_id", null_is::invalid);
    data.outcome = fields.one_of<domain::state>("outcome", null_is::invalid);
    if (fields.first_problem()) return *fields.first_problem();
    return data;
}

checked<received_command> command_in(const json::object& object) {
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
    if (fields.first_problem()) return *fields.first_problem();
    if (payload == nullptr) return c;
    const auto data = payload_in(*payload);
    if (!data) return data.error();
    c.payload = *data;
    return c;
}

decoded_command decode_item(const json::value& item, const command_context& context) {
    const auto* object = item.if_object();
    if (object == nullptr)
        return problem{problem_code::invalid_field, "a command must be a JSON object"};
    const auto received = command_in(*object);
    if (!received) return received.error();
    return validate(*received, context);
}

checked<decoded_batch> decode_array(const json::array& items, const command_context& context) {
    if (auto p = array_problem(items.size())) return *std::move(p);
    decoded_batch batch{batch_form::array, {}};
    batch.items.reserve(items.size());
    for (const auto& item : items)
        batch.items.push_back(decode_item(item, context));
    return batch;
}

} // namespace

checked<decoded_batch> decode_json(std::string_view body, const command_context& context) {
    std::array<unsigned char, 4096> room; // for a usual command; more comes from the heap
    json::monotonic_resource memory{room.data(), room.size()};
    const auto parsed = parse_json(body, &memory);
    if (!parsed) return parsed.error();
    if (const auto* items = parsed->if_array()) return decode_array(*items, context);
    if (!parsed->is_object())
        return problem{problem_code::invalid_field,
                       "the body must be a command (an object) or an array of commands"};
    decoded_batch batch{batch_form::single, {}};
    batch.items.push_back(decode_item(*parsed, context));
    return batch;
}

} // namespace datadrop::processor::http
