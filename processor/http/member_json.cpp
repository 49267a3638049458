#include "processor/http/member_json.hpp"

#include "projections/dead_letter_json.hpp"

#include <boost/json/value.hpp>

#include <string>

namespace datadrop::processor::http {

namespace {

// What nobody said is shown as null, so that every row has the same fields. Ids and positions are
// texts, since JavaScript's numbers do not hold all of them.

boost::json::value text_or_null(const std::optional<std::string>& text) {
    if (!text) return nullptr;
    return boost::json::value(*text);
}

boost::json::value time_or_null(const std::optional<domain::timestamp>& time) {
    if (!time) return nullptr;
    return boost::json::value(projections::to_text(*time));
}

} // namespace

boost::json::object to_json(const projections::member_row& member) {
    return {{"guild_id", std::to_string(domain::number_of(member.who.guild))},
            {"user_id", std::to_string(domain::number_of(member.who.user))},
            {"state", name_of(member.state)},
            {"version", domain::number_of(member.version)},
            {"lifecycle", member.lifecycle},
            {"has_email", member.has_email},
            {"updated_at", projections::to_text(member.updated_at)},
            {"position", std::to_string(number_of(member.position))}};
}

boost::json::object to_json(const eventstore::stored_membership_event& event) {
    return {{"version", domain::number_of(event.version)},
            {"position", std::to_string(number_of(event.position))},
            {"event", name_of(event.what.kind)},
            {"from_state", name_of(event.what.from)},
            {"to_state", name_of(event.what.to)},
            {"source", name_of(event.from)},
            {"actor", text_or_null(event.actor)},
            {"reason", text_or_null(event.reason)},
            {"idempotency_key", event.idempotency_key},
            {"correlation_id", text_or_null(event.correlation_id)},
            {"occurred_at", time_or_null(event.occurred_at)},
            {"recorded_at", projections::to_text(event.recorded_at)}};
}

} // namespace datadrop::processor::http
