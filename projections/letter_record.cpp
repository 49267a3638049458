#include "projections/letter_record.hpp"

#include "eventstore/position_check.hpp"
#include "projections/letter_summary.hpp"

namespace datadrop::projections {
namespace {

namespace json = boost::json;

json::object event_json(const eventstore::stored_membership_event& e) {
    return {{"version", number_of(e.version)},
            {"event", name_of(e.what.kind)},
            {"to_state", name_of(e.what.to)},
            {"source", name_of(e.from)},
            {"actor", e.actor ? json::value(*e.actor) : json::value(nullptr)},
            {"recorded_at", to_text(e.recorded_at)},
            {"position", std::to_string(number_of(e.position))}};
}

} // namespace

std::string letter_tag(const eventstore::stored_dead_letter_event& last) {
    // A cursor of one position, spelled as any.
    eventstore::cursor at(eventstore::partition_count_max);
    at.advance(last.position, check_of(last));
    return '"' + at.text() + '"';
}

void complete(json::object& letter, const eventstore::stored_dead_letter_event& last,
              const eventstore::head& now) {
    letter["etag"] = letter_tag(last);
    letter["summary"] = letter_summary(letter);
    letter["member"] = {{"state", name_of(now.member.current)},
                        {"version", number_of(now.version)},
                        {"lifecycle", now.member.lifecycle}};
}

json::object letter_record(std::span<const eventstore::stored_dead_letter_event> events,
                           const winners& won, const eventstore::head& now) {
    auto letter = dead_letter_json(events, won);
    complete(letter, events.back(), now);
    return letter;
}

json::array since_json(std::span<const eventstore::stored_membership_event> events,
                       eventstore::dead_letter_id letter) {
    json::array since;
    for (const auto& e : events)
        if (e.position > letter) since.push_back(event_json(e));
    return since;
}

} // namespace datadrop::projections
