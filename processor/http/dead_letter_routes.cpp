// GET /v1/dead-letters…: what operators see. One letter is read from the log, the list and the
// counts from the projection once it shows what the log holds.

#include "processor/http/letter_filter_text.hpp"
#include "processor/http/letter_route.hpp"
#include "processor/http/letter_view.hpp"
#include "processor/http/routes.hpp"
#include "projections/rfc3339.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace datadrop::processor::http {

namespace {

namespace json = boost::json;

std::optional<domain::user_id> parse_user(std::string_view text) {
    const auto number = domain::parse_snowflake(text);
    if (!number) return std::nullopt;
    return domain::user_id{*number};
}

projections::dead_letter_filter filter_in(query& parameters) {
    projections::dead_letter_filter of;
    of.guild = parameters.guild();
    of.user = parameters.value("user_id", parse_user, "a snowflake, 1 to 9223372036854775807");
    of.command =
        parameters.value("command", domain::parse<domain::command_kind>, "a command's name");
    of.code = parameters.value("code", parse_letter_code, code_must);
    of.status = parameters.value("status", domain::parse<domain::dead_letter_status>,
                                 "parked, redriven or discarded");
    of.parked_before = parameters.value("parked_before", projections::parse_timestamp, time_must);
    of.parked_after = parameters.value("parked_after", projections::parse_timestamp, time_must);
    return of;
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

json::object counts_json(const std::map<std::string, projections::dead_letter_count>& by_code) {
    std::int64_t count = 0;
    json::array codes;
    std::optional<domain::timestamp> oldest;
    for (const auto& [code, of] : by_code) {
        count += of.count;
        oldest = oldest ? std::min(*oldest, of.oldest_parked_at) : of.oldest_parked_at;
        codes.push_back({{"code", code},
                         {"count", of.count},
                         {"oldest_parked_at", projections::to_text(of.oldest_parked_at)}});
    }
    return {{"count", count},
            {"oldest_parked_at",
             oldest ? json::value(projections::to_text(*oldest)) : json::value(nullptr)},
            {"by_code", std::move(codes)}};
}

} // namespace

reply_later get_dead_letters(const call& asked) {
    auto& behind = asked.server.behind;
    query parameters{asked.where,
                     {"guild_id", "user_id", "command", "code", "status", "parked_before",
                      "parked_after", "after", "limit"}};
    projections::dead_letter_query page{.of = filter_in(parameters)};
    page.after =
        parameters.value("after", eventstore::parse_position, "the next of the page before");
    page.limit = parameters.limit();
    if (parameters.first_problem()) co_return *parameters.first_problem();
    const auto limit = page.limit++; // and one, as page_of wants it
    co_await catch_up(behind);
    auto letters = co_await behind.read([&page](reader& r) { return r.model.dead_letters(page); });
    co_return json_response(status::ok, page_of(std::move(letters), limit));
}

reply_later get_dead_letter_counts(const call& asked) {
    auto& behind = asked.server.behind;
    query parameters{
        asked.where,
        {"guild_id", "user_id", "command", "code", "status", "parked_before", "parked_after"}};
    auto of = filter_in(parameters);
    if (parameters.first_problem()) co_return *parameters.first_problem();
    if (!of.status) of.status = domain::dead_letter_status::parked;
    co_await catch_up(behind);
    const auto counts =
        co_await behind.read([&of](reader& r) { return r.model.count_dead_letters(of); });
    co_return json_response(status::ok, counts_json(counts));
}

reply_later get_dead_letter(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    const auto id = parse_letter_id(asked);
    if (!id) co_return unknown_letter();
    const auto found =
        co_await asked.server.behind.read([id](reader& r) -> std::optional<json::object> {
            const auto events = r.log.dead_letter(*id);
            if (events.empty()) return std::nullopt;
            const auto now = read_head(r, events);
            auto record = read_record(r, events, now);
            record["since"] = read_since(r, events, now);
            return record;
        });
    if (!found) co_return unknown_letter();
    co_return letter_response(status::ok, *found);
}

} // namespace datadrop::processor::http
