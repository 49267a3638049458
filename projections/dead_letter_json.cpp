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

json::value names_of(const std::optional<domain::stated_expectations>& stated) {
    if (!stated) return nullptr;
    json::array names;
    if (stated->state) names.push_back("expected_state");
    if (stated->version) names.push_back("expected_version");
    return names;
}

/// The attempts of one dead letter, as they are shown.
class attempt_writer {
  public:
    attempt_writer(domain::member_id who, const winners& won) : who_(who), won_(won) {}

    json::object to_json(const domain::attempt& a) const {
        return {{"number", a.number},
                {"expected_state", name_or_null(a.expected_state)},
                {"expected_version", number_or_null(a.expected_version)},
                {"stated", names_of(a.stated)},
                {"found_state", name_or_null(a.found_state)},
                {"found_version", number_or_null(a.found_version)},
                {"winner", winner_of(a)},
                {"why", text_or_null(a.why)},
                {"at", text(to_text(a.at))}};
    }

    json::array to_json(std::span<const domain::attempt> attempts) const {
        json::array array;
        for (const auto& a : attempts)
            array.push_back(to_json(a));
        return array;
    }

  private:
    static json::value name_or_null(const std::optional<domain::state>& state) {
        return state ? text(name_of(*state)) : json::value(nullptr);
    }
    static json::value number_or_null(const std::optional<domain::stream_version>& version) {
        return version ? json::value(number_of(*version)) : json::value(nullptr);
    }

    json::value winner_of(const domain::attempt& a) const {
        if (!a.found_version) return nullptr;
        const auto found = won_.find({who_, *a.found_version});
        if (found == won_.end()) return nullptr;
        const auto& w = found->second;
        return {{"version", number_of(*a.found_version)},
                {"event", text(name_of(w.event))},
                {"source", text(name_of(w.from))},
                {"actor", text_or_null(w.actor)},
                {"at", text(to_text(w.at))}};
    }

    domain::member_id who_;
    const winners& won_;
};

/// What operators did; called by std::visit.
struct details_writer {
    json::object& shown;
    const attempt_writer& attempts;

    void operator()(const domain::command_parked&) const {}
    void operator()(const domain::command_redriven& e) const {
        shown["by"] = text(e.by.name);
        shown["reason"] = text_or_null(e.reason);
    }
    void operator()(const domain::redrive_failed& e) const {
        shown["by"] = text(e.by.name);
        shown["reason"] = text_or_null(e.reason);
        shown["code"] = text(e.code);
        shown["attempts"] = attempts.to_json(std::span(e.attempts));
    }
    void operator()(const domain::command_discarded& e) const {
        shown["by"] = text(e.by.name);
        shown["reason"] = text(e.reason);
    }
};

json::object remediation_json(const stored_dead_letter_event& e, const attempt_writer& attempts) {
    json::object shown{{"type", text(name_of(kind_of(e.what)))}};
    std::visit(details_writer{shown, attempts}, e.what);
    shown["at"] = text(to_text(e.recorded_at));
    return shown;
}

/// Of what was not recorded with an attempt, the command tells what was stated then. That is not so
/// of a redrive's, whose operator may have said otherwise.
std::vector<domain::attempt> with_stated(const domain::command_parked& parked) {
    auto attempts = parked.attempts;
    for (auto& a : attempts)
        if (!a.stated) a.stated = stated_in(parked.command, a.number);
    return attempts;
}

const domain::command_parked& parked_in(std::span<const stored_dead_letter_event> events) {
    const auto* parked =
        events.empty() ? nullptr : std::get_if<domain::command_parked>(&events.front().what);
    if (parked == nullptr)
        throw eventstore::corrupt_event("a dead letter does not begin with CommandParked");
    return *parked;
}

} // namespace

json::object dead_letter_json(std::span<const stored_dead_letter_event> events,
                              const winners& won) {
    const auto& parked = parked_in(events);
    const auto& first = events.front();
    const attempt_writer attempts(first.who, won);
    auto status = domain::dead_letter_status::parked;
    json::array done;
    for (const auto& e : events.subspan(1)) {
        status = evolve(status, e.what);
        done.push_back(remediation_json(e, attempts));
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
            {"attempts", attempts.to_json(with_stated(parked))},
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

} // namespace datadrop::projections
