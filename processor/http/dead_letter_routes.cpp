// /v1/dead-letters…: what operators see and do. One letter is read from the log, the list from the
// projection once it shows what the log holds.

#include "processor/http/answers.hpp"
#include "processor/http/http_limits.hpp"
#include "processor/http/outcome_detail.hpp"
#include "processor/http/remediation_body.hpp"
#include "processor/http/routes.hpp"
#include "projections/dead_letter_json.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <utility>

namespace datadrop::processor::http {

namespace {

namespace json = boost::json;

/// An id is a position that the log can have; any other text names no dead letter.
std::optional<eventstore::dead_letter_id> parse_id(const call& asked) {
    const auto id = eventstore::parse_position(asked.arguments[0]);
    if (!id || number_of(partition_of(*id)) >= asked.server.behind.partitions())
        return std::nullopt;
    return id;
}

problem unknown_letter() {
    return {problem_code::dead_letter_not_found, "no dead letter has this id"};
}

projections::dead_letter_query page_asked_for(query& parameters) {
    projections::dead_letter_query page;
    page.guild = parameters.guild();
    page.status = parameters.value("status", domain::parse<domain::dead_letter_status>,
                                   "parked, redriven or discarded");
    page.after =
        parameters.value("after", eventstore::parse_position, "the next of the page before");
    page.limit = parameters.limit();
    return page;
}

/// One letter more than the page shows tells whether another page follows.
json::object page_of(std::vector<json::object> letters, std::size_t limit) {
    const bool more = letters.size() > limit;
    if (more) letters.resize(limit);
    json::object page{{"dead_letters", json::array{}}, {"next", nullptr}};
    if (more) page["next"] = letters.back().at("id");
    auto& shown = page["dead_letters"].as_array();
    for (auto& letter : letters)
        shown.push_back(std::move(letter));
    return page;
}

/// What operators were told of must be there when they look, as far as the projector keeps up.
boost::asio::awaitable<void> catch_up(service& behind) {
    auto tails = co_await behind.read([](reader& r) { return r.log.tails(); });
    co_await behind.projection_reaches(std::move(tails), list_wait_max);
}

/// A redrive that could not be carried out says so by its status; one that was carried out is 200,
/// whatever came of the command.
status status_after(const remediation_answer& answer) {
    if (!answer.result || is_settled(*answer.result)) return status::ok;
    return status_of(*answer.result);
}

reply answer_with(const remediation_answer& answer) {
    switch (answer.fate) {
    case eventstore::remediation_fate::unknown:
        return unknown_letter();
    case eventstore::remediation_fate::closed:
        return problem{problem_code::dead_letter_closed,
                       "the dead letter was closed otherwise before"};
    case eventstore::remediation_fate::done:
    case eventstore::remediation_fate::already_done:
        break;
    }
    auto letter = projections::dead_letter_json(answer.letter);
    if (answer.result) letter["outcome"] = to_json(*answer.result);
    return json_response(status_after(answer), letter);
}

} // namespace

reply_later get_dead_letters(const call& asked) {
    auto& behind = asked.server.behind;
    query parameters{asked.where, {"guild_id", "status", "after", "limit"}};
    auto page = page_asked_for(parameters);
    if (parameters.first_problem()) co_return *parameters.first_problem();
    const auto limit = page.limit++; // and one, as page_of wants it
    co_await catch_up(behind);
    auto letters = co_await behind.read([&page](reader& r) { return r.model.dead_letters(page); });
    co_return json_response(status::ok, page_of(std::move(letters), limit));
}

reply_later get_dead_letter(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    const auto id = parse_id(asked);
    if (!id) co_return unknown_letter();
    const auto events =
        co_await asked.server.behind.read([id](reader& r) { return r.log.dead_letter(*id); });
    if (events.empty()) co_return unknown_letter();
    co_return json_response(status::ok, projections::dead_letter_json(events));
}

reply_later post_redrive(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    const auto id = parse_id(asked);
    if (!id) co_return unknown_letter();
    auto wanted = parse_redrive(asked.message.body(), *id, asked.who.who);
    if (!wanted) co_return wanted.error();
    co_return answer_with(co_await asked.server.behind.redrive(*std::move(wanted)));
}

reply_later post_discard(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    const auto id = parse_id(asked);
    if (!id) co_return unknown_letter();
    auto why = parse_discard(asked.message.body(), asked.who.who);
    if (!why) co_return why.error();
    co_return answer_with(co_await asked.server.behind.discard(*id, *std::move(why)));
}

} // namespace datadrop::processor::http
