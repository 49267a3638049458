// POST /v1/dead-letters/{id}/…: what operators do to a dead letter, and what a redrive would do.

#include "processor/http/answers.hpp"
#include "processor/http/if_match.hpp"
#include "processor/http/letter_route.hpp"
#include "processor/http/letter_view.hpp"
#include "processor/http/outcome_detail.hpp"
#include "processor/http/remediation_body.hpp"
#include "processor/http/routes.hpp"
#include "projections/letter_record.hpp"

#include <fmt/format.h>

#include <utility>

namespace datadrop::processor::http {

namespace {

namespace json = boost::json;
using boost::asio::awaitable;

/// What became of the letter since, as far as an event says it.
problem changed_letter(const eventstore::stored_dead_letter_event& last) {
    const auto by = std::visit(
        [](const auto& what) -> std::string {
            if constexpr (requires { what.by; }) return " by " + what.by.name;
            return {};
        },
        last.what);
    return {problem_code::dead_letter_changed,
            fmt::format("the dead letter is not what was looked at, and nothing was done: its last "
                        "event is {}{} at {}; look at it again, its etag is {}",
                        name_of(kind_of(last.what)), by, projections::to_text(last.recorded_at),
                        projections::letter_tag(last))};
}

problem closed_letter(std::string_view how) {
    return {problem_code::dead_letter_closed, fmt::format("the dead letter was {} before", how)};
}

/// The letter as its sender saw it, or what stands against that. Compared once more under the log's
/// lock when something is done: until then somebody else may do something.
awaitable<checked<eventstore::letter_seen>> letter_meant(const call& asked,
                                                         eventstore::dead_letter_id id) {
    const auto wanted = if_match::parse(asked.message);
    if (!wanted) co_return wanted.error();
    if (wanted->takes_any()) co_return eventstore::letter_seen(id);
    const auto events =
        co_await asked.server.behind.read([id](reader& r) { return r.log.dead_letter(id); });
    if (events.empty()) co_return unknown_letter();
    if (!wanted->holds(projections::letter_tag(events.back())))
        co_return changed_letter(events.back());
    co_return eventstore::letter_seen(id, events.back().position);
}

/// A redrive that could not be carried out says so by its status; one that was carried out is 200,
/// whatever came of the command.
status status_after(const remediation_answer& answer) {
    if (!answer.result || is_settled(*answer.result)) return status::ok;
    return status_of(*answer.result);
}

awaitable<reply> answer_with(const call& asked, remediation_answer answer) {
    switch (answer.fate) {
    case eventstore::remediation_fate::unknown:
        co_return unknown_letter();
    case eventstore::remediation_fate::changed:
        co_return changed_letter(answer.letter.back());
    case eventstore::remediation_fate::closed:
        co_return closed_letter("closed otherwise");
    case eventstore::remediation_fate::done:
    case eventstore::remediation_fate::already_done:
        break;
    }
    auto record = co_await asked.server.behind.read([&answer](reader& r) {
        return read_record(r, answer.letter, read_head(r, answer.letter));
    });
    if (answer.result) record["outcome"] = to_json(*answer.result);
    co_return letter_response(status_after(answer), record);
}

} // namespace

reply_later post_preview(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    const auto id = parse_letter_id(asked);
    if (!id) co_return unknown_letter();
    const auto wanted = parse_redrive(asked.message.body(), *id, asked.who.who);
    if (!wanted) co_return wanted.error();
    const auto meant = co_await letter_meant(asked, *id);
    if (!meant) co_return meant.error();
    auto& behind = asked.server.behind;
    const auto seen = co_await behind.read([&](reader& r) { return preview(r.log, *wanted); });
    if (seen.letter.empty()) co_return unknown_letter();
    if (!seen.is_open) co_return closed_letter("closed");
    const auto shown = co_await behind.read([&](reader& r) { return read_preview(r, seen); });
    auto answer = json_response(status::ok, shown);
    answer.set(field::etag, projections::letter_tag(seen.letter.back()));
    co_return answer;
}

reply_later post_redrive(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    const auto id = parse_letter_id(asked);
    if (!id) co_return unknown_letter();
    auto wanted = parse_redrive(asked.message.body(), *id, asked.who.who);
    if (!wanted) co_return wanted.error();
    const auto meant = co_await letter_meant(asked, *id);
    if (!meant) co_return meant.error();
    wanted->seen = meant->seen;
    co_return co_await answer_with(asked, co_await asked.server.behind.redrive(*std::move(wanted)));
}

reply_later post_discard(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    const auto id = parse_letter_id(asked);
    if (!id) co_return unknown_letter();
    auto why = parse_discard(asked.message.body(), asked.who.who);
    if (!why) co_return why.error();
    const auto meant = co_await letter_meant(asked, *id);
    if (!meant) co_return meant.error();
    co_return co_await answer_with(asked,
                                   co_await asked.server.behind.discard(*meant, *std::move(why)));
}

} // namespace datadrop::processor::http
