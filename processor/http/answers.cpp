#include "processor/http/answers.hpp"

#include "domain/membership.hpp"
#include "processor/http/outcome_detail.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace datadrop::processor::http {

namespace {

namespace json = boost::json;

json::array names_of(const std::vector<domain::command_kind>& commands) {
    json::array names;
    for (const auto kind : commands)
        names.emplace_back(name_of(kind));
    return names;
}

/// Only a refused transition is answered with the ones that would hold.
bool has_allowed(const outcome& what) {
    return what.kind == outcome_kind::rejected && what.code == outcome_code::transition_not_allowed;
}

/// What is known of the member, which is nothing when the command was not settled.
void add_settled(json::object& o, const outcome& what) {
    o["state"] = name_of(what.state);
    o["version"] = domain::number_of(what.version);
    o["lifecycle"] = what.lifecycle;
    if (what.position) o["position"] = std::to_string(number_of(*what.position));
    o["attempts"] = what.attempts;
    if (what.code) o["code"] = name_of(*what.code);
    if (has_allowed(what)) o["allowed"] = names_of(domain::allowed_commands(what.state));
    if (what.dead_letter) o["dead_letter_id"] = std::to_string(number_of(*what.dead_letter));
    if (what.kind == outcome_kind::accepted || what.kind == outcome_kind::dead_lettered)
        o["replayed"] = what.replayed;
}

json::object item_json(const item_answer& answer) {
    return answer ? http::to_json(*answer) : http::to_json(answer.error());
}

} // namespace

status status_of(const outcome& what) {
    switch (what.kind) {
    case outcome_kind::accepted:
        return status::ok;
    case outcome_kind::rejected:
        return status::unprocessable_entity;
    case outcome_kind::conflict:
    case outcome_kind::dead_lettered:
        return status::conflict;
    case outcome_kind::overloaded:
        return status::too_many_requests;
    case outcome_kind::unavailable:
        return status::service_unavailable;
    }
    return status::internal_server_error;
}

status status_of(const batch_answer& answer) {
    if (answer.form == batch_form::single) {
        const auto& only = answer.items.front();
        return only ? status_of(*only) : status_of(only.error().why.code);
    }
    // One status says nothing of many outcomes. A full queue it tells: then nothing of the array
    // was done, and who reads statuses only slows down.
    const bool overloaded = std::ranges::any_of(
        answer.items, [](const auto& a) { return a && a->kind == outcome_kind::overloaded; });
    return overloaded ? status::too_many_requests : status::ok;
}

json::object to_json(const outcome& what) {
    json::object o{{"outcome", name_of(what.kind)},
                   {"guild_id", std::to_string(domain::number_of(what.who.guild))},
                   {"user_id", std::to_string(domain::number_of(what.who.user))}};
    if (is_settled(what))
        add_settled(o, what);
    else
        o["code"] = code_name(what);
    if (what.code) o["detail"] = detail_of(what);
    return o;
}

json::object to_json(const refused_command& what) {
    json::object o{{"outcome", "invalid"}};
    // What names it is given back as far as it was read, for clients that do not count items.
    if (what.guild_id) o["guild_id"] = std::to_string(*what.guild_id);
    if (what.user_id) o["user_id"] = std::to_string(*what.user_id);
    if (what.idempotency_key) o["idempotency_key"] = *what.idempotency_key;
    o["code"] = name_of(what.why.code);
    o["detail"] = what.why.detail;
    return o;
}

std::string to_json_text(const batch_answer& answer) {
    if (answer.form == batch_form::single) return json::serialize(item_json(answer.items.front()));
    json::array all;
    all.reserve(answer.items.size());
    for (const auto& item : answer.items)
        all.push_back(item_json(item));
    return json::serialize(all);
}

} // namespace datadrop::processor::http
