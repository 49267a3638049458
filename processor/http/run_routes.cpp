// /v1/dead-letter-runs…: what operators do to many dead letters at once. A run is previewed when
// it is made, started by naming how many it is about, and carried out in the background.

#include "processor/http/letter_route.hpp"
#include "processor/http/routes.hpp"
#include "processor/http/run_body.hpp"
#include "processor/http/run_json.hpp"
#include "processor/service/run_preview.hpp"

#include <fmt/format.h>

#include <utility>

namespace datadrop::processor::http {

namespace {

namespace json = boost::json;
using boost::asio::awaitable;
using eventstore::postgres::session;

std::optional<projections::run_id> parse_run_id(const call& asked) {
    const auto position = eventstore::parse_position(asked.arguments[0]); // the same spelling
    if (!position) return std::nullopt;
    return projections::run_id{number_of(*position)};
}

problem unknown_run() { return {problem_code::run_not_found, "no run has this id"}; }

problem changed_run(const json::object& run, std::int64_t count) {
    return {problem_code::run_changed,
            fmt::format("the run is {} and about {} dead letters, and was to be started for {}; "
                        "look at it again",
                        std::string_view(run.at("status").as_string()),
                        run.at("selected").as_int64(), count)};
}

awaitable<std::optional<json::object>> shown_run(service& behind, projections::run_id id) {
    co_return co_await behind.read(
        [&](reader& r) { return read_run_json(r, behind.partitions(), id); });
}

/// It is under way, for as many as were named.
bool is_started(const json::object& run, std::int64_t count) {
    const auto& status = run.at("status").as_string();
    return (status == "running" || status == "done") && run.at("selected") == count;
}

} // namespace

reply_later post_runs(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    auto& behind = asked.server.behind;
    const auto body = parse_run(asked.message.body(), asked.who.who);
    if (!body) co_return body.error();
    co_await catch_up(behind); // what the operator was told of is selected
    const auto id = co_await behind.read(
        [&](reader& r) { return preview_run(r, behind.partitions(), body->asked, body->limit); });
    co_return json_response(status::created, *co_await shown_run(behind, id));
}

reply_later get_runs(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    auto& behind = asked.server.behind;
    auto runs =
        co_await behind.read([&](reader& r) { return read_runs_json(r, behind.partitions()); });
    co_return json_response(status::ok, json::object{{"runs", std::move(runs)}});
}

reply_later get_run(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    const auto id = parse_run_id(asked);
    if (!id) co_return unknown_run();
    const auto shown = co_await shown_run(asked.server.behind, *id);
    if (!shown) co_return unknown_run();
    co_return json_response(status::ok, *shown);
}

reply_later post_run_start(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    auto& behind = asked.server.behind;
    const auto id = parse_run_id(asked);
    if (!id) co_return unknown_run();
    const auto count = parse_run_start(asked.message.body());
    if (!count) co_return count.error();
    co_await behind.read([&](reader& r) {
        bool started = false;
        r.model.run_with([&](session& db) { started = start_run(db, *id, *count); });
        return started;
    });
    behind.runs_changed();
    const auto shown = co_await shown_run(behind, *id);
    if (!shown) co_return unknown_run();
    // By this request or by one before, which may have been this one, sent twice.
    if (!is_started(*shown, *count)) co_return changed_run(*shown, *count);
    co_return json_response(status::ok, *shown);
}

reply_later post_run_stop(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    auto& behind = asked.server.behind;
    const auto id = parse_run_id(asked);
    if (!id) co_return unknown_run();
    co_await behind.read([&](reader& r) {
        r.model.run_with([&](session& db) { stop_run(db, *id); });
        return true;
    });
    behind.runs_changed();
    const auto shown = co_await shown_run(behind, *id);
    if (!shown) co_return unknown_run();
    co_return json_response(status::ok, *shown);
}

} // namespace datadrop::processor::http
