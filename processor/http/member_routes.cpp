// GET /v1/members…: the projection's rows, a member's history from the log, and from there a member
// who is too new to be projected.

#include "eventstore/cursor_proof.hpp"
#include "processor/http/http_limits.hpp"
#include "processor/http/member_json.hpp"
#include "processor/http/routes.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace datadrop::processor::http {

namespace {

namespace json = boost::json;
using boost::asio::awaitable;

problem no_snowflakes() {
    return {problem_code::invalid_parameter,
            "guild_id and user_id must be snowflakes: decimal digits, 1 to 9223372036854775807"};
}

problem unknown_member(domain::member_id who) {
    return {problem_code::member_not_found,
            fmt::format("no member {} in guild {} is known", domain::number_of(who.user),
                        domain::number_of(who.guild))};
}

/// What a reader wants to be shown at least: up to the position of an outcome, or without one all
/// that is in the log when it asks.
struct shown_at_least {
    std::optional<eventstore::global_position> position;
};

/// A position that the log's partitions can have, or "latest".
auto position_parser(int partitions) {
    return [partitions](std::string_view text) -> std::optional<shown_at_least> {
        if (text == "latest") return shown_at_least{};
        const auto position = eventstore::parse_position(text);
        if (!position || number_of(partition_of(*position)) >= partitions) return std::nullopt;
        return shown_at_least{position};
    };
}

std::optional<shown_at_least> min_position_of(query& parameters, int partitions) {
    return parameters.value("min_position", position_parser(partitions),
                            "one position of an outcome, or latest");
}

/// Where the projection must be. None is a position beyond the log's end: the log itself is asked,
/// since what this process saw of it may be behind, or of another history.
awaitable<std::optional<eventstore::cursor>> end_of(service& behind, shown_at_least wanted) {
    const auto position = wanted.position;
    if (!position) co_return co_await behind.read([](reader& r) { return r.log.tails(); });
    if (!co_await behind.read([=](reader& r) { return has_position(r.log, *position); }))
        co_return std::nullopt;
    eventstore::cursor end{behind.partitions()};
    end.advance(*position);
    co_return end;
}

std::string text_of(shown_at_least wanted) {
    return wanted.position ? std::to_string(number_of(*wanted.position)) : "latest";
}

/// Waits until the projection shows what is wanted, or says why it does not.
awaitable<std::optional<problem>> wait_for(service& behind, shown_at_least wanted) {
    auto end = co_await end_of(behind, wanted);
    if (!end)
        co_return problem{problem_code::position_unknown,
                          fmt::format("min_position {} is beyond the end of the log, which no "
                                      "outcome of its history can tell",
                                      text_of(wanted))};
    if (co_await behind.projection_reaches(*std::move(end), position_wait_max))
        co_return std::nullopt;
    co_return problem{problem_code::projection_behind,
                      fmt::format("min_position {} was not reached within {} s", text_of(wanted),
                                  position_wait_max.count())};
}

projections::member_query page_asked_for(query& parameters) {
    projections::member_query page;
    page.guild = parameters.guild();
    page.state = parameters.value("state", domain::parse<domain::state>, "a state's name");
    page.after = parameters.value("after", parse_page_token, "the next of the page before");
    page.limit = parameters.limit();
    return page;
}

/// One row more than the page shows tells whether another page follows.
json::object page_of(std::vector<projections::member_row> rows, std::size_t limit) {
    const bool more = rows.size() > limit;
    if (more) rows.resize(limit);
    json::array members;
    for (const auto& row : rows)
        members.push_back(to_json(row));
    json::object page{{"members", std::move(members)}, {"next", nullptr}};
    if (more) page["next"] = page_token(rows.back().who);
    return page;
}

/// The whole trail, as the log has it now; a member's events are few.
std::vector<eventstore::stored_membership_event> read_history(eventstore::log& log,
                                                              domain::member_id who) {
    constexpr std::size_t page_events = 1'000;
    std::vector<eventstore::stored_membership_event> all;
    for (;;) {
        const auto after = all.empty() ? domain::stream_version{} : all.back().version;
        auto page = log.history(who, after, page_events);
        all.insert(all.end(), std::make_move_iterator(page.begin()),
                   std::make_move_iterator(page.end()));
        if (page.size() < page_events) return all;
    }
}

/// The member as the whole trail leaves it, in the projection's words.
projections::member_row fold(domain::member_id who,
                             const std::vector<eventstore::stored_membership_event>& trail) {
    domain::membership is;
    for (const auto& event : trail)
        is = domain::evolve(is, event.what);
    const auto& last = trail.back();
    return {.who = who,
            .state = is.current,
            .version = last.version,
            .lifecycle = is.lifecycle,
            .has_email = is.has_email,
            .updated_at = last.recorded_at,
            .position = last.position};
}

/// As the projection has the member; one whom it does not have yet, as the log does.
std::optional<projections::member_row> find_member(reader& from, domain::member_id who) {
    if (auto projected = from.model.member(who)) return projected;
    const auto trail = read_history(from.log, who);
    if (trail.empty()) return std::nullopt;
    return fold(who, trail);
}

json::object history_of(domain::member_id who,
                        const std::vector<eventstore::stored_membership_event>& events) {
    json::array shown;
    shown.reserve(events.size());
    for (const auto& event : events)
        shown.push_back(to_json(event));
    return {{"guild_id", std::to_string(domain::number_of(who.guild))},
            {"user_id", std::to_string(domain::number_of(who.user))},
            {"events", std::move(shown)}};
}

} // namespace

reply_later get_member(const call& asked) {
    auto& behind = asked.server.behind;
    query parameters{asked.where, {"min_position"}};
    const auto min_position = min_position_of(parameters, behind.partitions());
    if (parameters.first_problem()) co_return *parameters.first_problem();
    const auto who = parse_member(asked.arguments[0], asked.arguments[1]);
    if (!who) co_return no_snowflakes();
    // Who has just been told a position reads what it wrote, also from another process.
    if (min_position)
        if (auto refused = co_await wait_for(behind, *min_position)) co_return *std::move(refused);
    const auto row = co_await behind.read([who](reader& r) { return find_member(r, *who); });
    if (!row) co_return unknown_member(*who);
    co_return json_response(status::ok, to_json(*row));
}

reply_later get_members(const call& asked) {
    auto& behind = asked.server.behind;
    query parameters{asked.where, {"guild_id", "state", "after", "limit", "min_position"}};
    auto page = page_asked_for(parameters);
    const auto min_position = min_position_of(parameters, behind.partitions());
    if (parameters.first_problem()) co_return *parameters.first_problem();
    // A row that is not projected yet is missing in a page, and nobody could tell.
    if (min_position)
        if (auto refused = co_await wait_for(behind, *min_position)) co_return *std::move(refused);
    const auto limit = page.limit++; // and one, as page_of wants it
    auto rows = co_await behind.read([&page](reader& r) { return r.model.members(page); });
    co_return json_response(status::ok, page_of(std::move(rows), limit));
}

reply_later get_history(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    const auto who = parse_member(asked.arguments[0], asked.arguments[1]);
    if (!who) co_return no_snowflakes();
    const auto events =
        co_await asked.server.behind.read([who](reader& r) { return read_history(r.log, *who); });
    if (events.empty()) co_return unknown_member(*who);
    co_return json_response(status::ok, history_of(*who, events));
}

} // namespace datadrop::processor::http
