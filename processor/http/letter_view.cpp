#include "processor/http/letter_view.hpp"

#include "domain/membership.hpp"
#include "processor/http/answers.hpp"
#include "processor/http/http_limits.hpp"
#include "processor/http/outcome_detail.hpp"
#include "projections/letter_record.hpp"

#include <algorithm>

namespace datadrop::processor::http {

namespace {

namespace json = boost::json;

/// As an answer to the command would say it: so every word about it stands in one place.
outcome refusal_in(const redrive_preview& seen) {
    outcome told{.kind = outcome_kind::rejected,
                 .who = seen.letter.front().who,
                 .state = seen.now.member.current,
                 .version = seen.now.version,
                 .lifecycle = seen.now.member.lifecycle,
                 .dead_letter = seen.letter.front().letter};
    if (const auto* refused = std::get_if<domain::rejection>(&seen.would)) {
        told.code = code_of(refused->code);
        return told;
    }
    const bool is_told_at_once = seen.conflict == domain::on_conflict::fail;
    told.kind = is_told_at_once ? outcome_kind::conflict : outcome_kind::dead_lettered;
    told.code =
        is_told_at_once ? outcome_code::stale_expectation : outcome_code::retry_budget_spent;
    return told;
}

/// What the command would expect and not find: there was no attempt to tell of.
std::string detail_of(const redrive_preview& seen, const outcome& told) {
    if (told.kind != outcome_kind::dead_lettered) return http::detail_of(told);
    auto as_conflict = told;
    as_conflict.code = outcome_code::stale_expectation;
    return http::detail_of(as_conflict) + "; it would stay parked as dead letter " +
           std::to_string(number_of(seen.letter.front().letter));
}

json::object would_json(const redrive_preview& seen) {
    if (const auto* happened = std::get_if<domain::event>(&seen.would))
        return {{"outcome", name_of(outcome_kind::accepted)},
                {"event", name_of(happened->kind)},
                {"from_state", name_of(happened->from)},
                {"to_state", name_of(happened->to)},
                {"version", number_of(next(seen.now.version))}};
    const auto told = refusal_in(seen);
    const auto whole = to_json(told);
    json::object would;
    for (const auto* name : {"outcome", "code", "state", "version", "allowed"})
        if (const auto* value = whole.if_contains(name)) would[name] = *value;
    would["detail"] = detail_of(seen, told);
    return would;
}

} // namespace

eventstore::head read_head(reader& from, letter_events events) {
    const auto who = events.front().who;
    return from.log.load(partition_of(events.front().letter), std::span(&who, 1)).heads.front();
}

json::object read_record(reader& from, letter_events events, const eventstore::head& now) {
    return projections::letter_record(events, from.model.winners_of(events), now);
}

json::array read_since(reader& from, letter_events events, const eventstore::head& now) {
    const auto letter = events.front().letter;
    const auto first = std::max<std::int64_t>(0, number_of(now.version) - since_events_max);
    const auto last =
        from.log.history(events.front().who, domain::stream_version{first}, since_events_max);
    return projections::since_json(last, letter);
}

json::object read_preview(reader& from, const redrive_preview& seen) {
    return {{"dead_letter", read_record(from, seen.letter, seen.now)},
            {"would", would_json(seen)},
            {"since", read_since(from, seen.letter, seen.now)}};
}

} // namespace datadrop::processor::http
