#include "processor/http/feed_events.hpp"

#include "eventstore/position_check.hpp"
#include "processor/http/member_json.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <iterator>
#include <variant>

namespace datadrop::processor::http {

namespace {

std::string text_of(const eventstore::stored_membership_event& event) {
    auto data = to_json(event);
    data["guild_id"] = std::to_string(domain::number_of(event.who.guild));
    data["user_id"] = std::to_string(domain::number_of(event.who.user));
    return fmt::format("event: {}\ndata: {}\n\n", name_of(event.what.kind),
                       boost::json::serialize(data));
}

feed_event of(const eventstore::stored_membership_event& event) {
    return {.position = event.position,
            .check = check_of(event),
            .guild = event.who.guild,
            .kind = event.what.kind,
            .text = text_of(event)};
}

feed_event of(const eventstore::stored_dead_letter_event& event) {
    return {.position = event.position, .check = check_of(event), .guild = event.who.guild};
}

bool is_told(const feed_event& event, const eventstore::event_filter& wanted) {
    return event.kind && wanted.wants(event.guild, *event.kind);
}

} // namespace

std::vector<feed_event> feed_events(std::span<const eventstore::stored_event> events) {
    std::vector<feed_event> all;
    all.reserve(events.size());
    for (const auto& event : events)
        all.push_back(std::visit([](const auto& e) { return of(e); }, event));
    return all;
}

feed_part tell(std::span<const feed_event> events, const eventstore::event_filter& wanted,
               std::size_t bytes, eventstore::cursor& at) {
    feed_part part;
    for (const auto& event : events) {
        if (part.text.size() >= bytes) break;
        at.advance(event.position, event.check);
        ++part.taken;
        if (is_told(event, wanted))
            fmt::format_to(std::back_inserter(part.text), "id: {}\n{}", at.text(), event.text);
    }
    return part;
}

} // namespace datadrop::processor::http
