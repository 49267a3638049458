#include "projections/dead_letter_json.hpp"

#include "eventstore/fingerprint.hpp"
#include "eventstore/membership_codec.hpp"

namespace datadrop::projections {
namespace {

namespace json = boost::json;
using eventstore::stored_dead_letter_event;

json::value text(std::string_view value) { return json::string(value); }

json::value text_or_null(const std::optional<std::string>& value) {
    return value ? text(*value) : json::value(nullptr);
}

/// Snowflakes and positions are texts: a JavaScript number stops at 2^53.
template <typename Id>
json::value digits(Id id) {
    return text(std::to_string(number_of(id)));
}

void put_if_given(json::object& into, std::string_view name,
                  const std::optional<std::string>& value) {
    if (value) into[name] = text(*value);
}

json::object payload_json(const domain::payload& data) {
    json::object object;
    if (data.email) object["email_fingerprint"] = text(eventstore::to_text(*data.email));
    put_if_given(object, "campaign_id", data.campaign_id);
    if (data.outcome) object["outcome"] = text(name_of(*data.outcome));
    return object;
}

json::object attempt_json(const domain::attempt& a) {
    return {{"number", a.number},
            {"expected_state",
             a.expected_state ? text(name_of(*a.expected_state)) : json::value(nullptr)},
            {"expected_version",
             a.expected_version ? json::value(number_of(*a.expected_version)) : nullptr},
            {"found_state", a.found_state ? text(name_of(*a.found_state)) : json::value(nullptr)},
            {"found_version", a.found_version ? json::value(number_of(*a.found_version)) : nullptr},
            {"why", text_or_null(a.why)},
            {"at", text(to_text(a.at))}};
}

void put_details(json::object&, const domain::command_parked&) {}

void put_details(json::object& shown, const domain::command_redriven& e) {
    shown["by"] = text(e.by.name);
    shown["reason"] = text_or_null(e.reason);
}

void put_details(json::object& shown, const domain::redrive_failed& e) {
    shown["by"] = text(e.by.name);
    shown["reason"] = text_or_null(e.reason);
    shown["code"] = text(e.code);
    shown["attempts"] = to_json(std::span(e.attempts));
}

void put_details(json::object& shown, const domain::command_discarded& e) {
    shown["by"] = text(e.by.name);
    shown["reason"] = text(e.reason);
}

/// What an operator did.
json::object remediation_json(const stored_dead_letter_event& e) {
    json::object shown{{"type", text(name_of(kind_of(e.what)))}};
    std::visit([&](const auto& what) { put_details(shown, what); }, e.what);
    shown["at"] = text(to_text(e.recorded_at));
    return shown;
}

const domain::command_parked& parked_in(std::span<const stored_dead_letter_event> events) {
    const auto* parked =
        events.empty() ? nullptr : std::get_if<domain::command_parked>(&events.front().what);
    if (parked == nullptr)
        throw eventstore::corrupt_event("a dead letter does not begin with CommandParked");
    return *parked;
}

} // namespace

json::object dead_letter_json(std::span<const stored_dead_letter_event> events) {
    const auto& parked = parked_in(events);
    const auto& first = events.front();
    auto status = domain::dead_letter_status::parked;
    json::array done;
    for (const auto& e : events.subspan(1)) {
        status = evolve(status, e.what);
        done.push_back(remediation_json(e));
    }
    return {{"id", digits(first.letter)},
            {"guild_id", digits(first.who.guild)},
            {"user_id", digits(first.who.user)},
            {"status", text(name_of(status))},
            {"code", text(parked.code)},
            {"parked_at", text(to_text(first.recorded_at))},
            {"source", text(name_of(parked.command.by.from))},
            {"submitted_by", text(parked.command.by.name)},
            {"command", to_json(parked.command)},
            {"attempts", to_json(std::span(parked.attempts))},
            {"events", std::move(done)}};
}

json::object to_json(const domain::envelope& command) {
    json::object object{{"guild_id", digits(command.who.guild)},
                        {"user_id", digits(command.who.user)},
                        {"command", text(name_of(command.kind))},
                        {"idempotency_key", text(command.idempotency_key)},
                        {"payload", payload_json(command.data)}};
    if (command.expected_state) object["expected_state"] = text(name_of(*command.expected_state));
    if (command.expected_version) object["expected_version"] = number_of(*command.expected_version);
    if (command.expected_lifecycle) object["expected_lifecycle"] = *command.expected_lifecycle;
    object["on_conflict"] = text(name_of(command.conflict));
    put_if_given(object, "reason", command.reason);
    put_if_given(object, "actor", command.actor);
    put_if_given(object, "correlation_id", command.correlation_id);
    if (command.occurred_at) object["occurred_at"] = text(to_text(*command.occurred_at));
    return object;
}

json::array to_json(std::span<const domain::attempt> attempts) {
    json::array array;
    for (const auto& a : attempts)
        array.push_back(attempt_json(a));
    return array;
}

} // namespace datadrop::projections
