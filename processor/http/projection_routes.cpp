// /v1/projection…: where the read model stands, and what operators ask to be done with it.

#include "processor/http/json_fields.hpp"
#include "processor/http/routes.hpp"
#include "processor/service/read_model_care.hpp"
#include "projections/rfc3339.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace datadrop::processor::http {

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using projections::rebuild_progress;
using projections::to_text;
using work = read_model_care::work;
using work_kind = read_model_care::work_kind;

constexpr std::int64_t pace_ms_max = 10'000;
constexpr std::int64_t sample_max = 1'000'000;
/// How long an answer waits to hear whether the work can be done, or, of a switch, is done.
constexpr auto answer_wait_max = 30s;
constexpr auto look_interval = 10ms;

// ---- what is shown

json::object partition_of_rebuild(const rebuild_progress& r) {
    return {{"partition", number_of(r.partition)}, {"done", r.done}, {"of", r.of}};
}

/// Of all partitions together, and of each; null when none is being rebuilt.
json::value rebuild_json(const std::vector<rebuild_progress>& rebuilds) {
    if (rebuilds.empty()) return nullptr;
    std::int64_t done = 0;
    std::int64_t of = 0;
    std::int64_t folded = 0;
    json::array partitions;
    for (const auto& r : rebuilds) {
        done += r.done;
        of += r.of;
        folded += r.done - r.from;
        partitions.push_back(partition_of_rebuild(r));
    }
    const auto& first = *std::ranges::min_element(rebuilds, {}, &rebuild_progress::started_at);
    const auto& last = *std::ranges::max_element(rebuilds, {}, &rebuild_progress::started_at);
    const auto seconds = std::chrono::duration<double>(first.lasts).count();
    const auto rate = seconds > 0 ? static_cast<double>(folded) / seconds : 0.0;
    json::value left = nullptr;
    if (rate > 0) left = static_cast<std::int64_t>(static_cast<double>(of - done) / rate);
    return {{"done", done},
            {"of", of},
            {"rate", static_cast<std::int64_t>(rate)},
            {"seconds_left", left},
            {"started_at", to_text(first.started_at)},
            {"by", last.by},
            {"phase", last.phase},
            {"partitions", std::move(partitions)}};
}

/// What a killed one kept.
json::array left_behind_json(const std::vector<rebuild_progress>& killed) {
    json::array rows;
    for (const auto& r : killed) {
        auto row = partition_of_rebuild(r);
        row["started_at"] = to_text(r.started_at);
        row["by"] = r.by;
        rows.push_back(std::move(row));
    }
    return rows;
}

json::value previous_json(const std::vector<projections::previous_tables>& previous) {
    if (previous.empty()) return nullptr;
    return {{"switched_at", to_text(previous.front().switched_at)}};
}

json::array partitions_json(const std::vector<projections::partition_status>& partitions) {
    json::array rows;
    for (const auto& p : partitions)
        rows.push_back({{"partition", number_of(p.partition)},
                        {"position", std::to_string(number_of(p.position))},
                        {"head", std::to_string(number_of(p.head))},
                        {"lag_events", p.lag_events},
                        {"lag_seconds", p.lag_seconds}});
    return rows;
}

/// What this server's sentinel found since it was started.
json::object sentinel_json(const sentinel_figures& watched) {
    json::object body{{"rate", watched.rate},
                      {"checked", watched.checked},
                      {"differences", watched.differences},
                      {"last_difference", nullptr}};
    if (!watched.last_difference) return body;
    auto last = to_json(*watched.last_difference).front().as_object();
    last["at"] = to_text(watched.last_at);
    body["last_difference"] = std::move(last);
    return body;
}

/// A work that this server was asked for; null without one.
json::value work_json(const std::optional<work>& asked) {
    if (!asked) return nullptr;
    json::array differences;
    for (const auto& d : asked->differences)
        for (auto& row : to_json(d))
            differences.push_back(std::move(row));
    const auto& problem = asked->refused.empty() ? asked->failed : asked->refused;
    return {{"status", asked->is_done ? "done" : "running"},
            {"done", asked->done},
            {"of", asked->of},
            {"started_at", to_text(asked->started_at)},
            {"ended_at", asked->is_done ? json::value(to_text(asked->ended_at)) : nullptr},
            {"dry_run", asked->asked.options.dry_run},
            {"rows", asked->rows},
            {"differences", std::move(differences)},
            {"problem", problem.empty() ? json::value(nullptr) : json::value(problem)}};
}

// ---- what is asked for

checked<read_model_care::order> rebuild_in(std::string_view body) {
    const auto object = parse_object(body);
    if (!object) return object.error();
    json_fields fields{*object, "", {"pace_ms", "dry_run", "keep_previous"}};
    const auto pace = fields.whole_number("pace_ms", null_is::absent);
    const auto dry_run = fields.flag("dry_run", null_is::absent);
    const auto keep = fields.flag("keep_previous", null_is::absent);
    if (fields.first_problem()) return *fields.first_problem();
    if (pace && (*pace < 1 || *pace > pace_ms_max))
        return problem{problem_code::invalid_field, "pace_ms must be from 1 to 10000"};
    read_model_care::order what{.kind = work_kind::rebuild};
    what.options.dry_run = dry_run.value_or(false);
    what.options.keep_previous = keep.value_or(false);
    if (pace) what.options.pace = std::chrono::milliseconds(*pace);
    return what;
}

checked<read_model_care::order> verify_in(std::string_view body) {
    const auto object = parse_object(body);
    if (!object) return object.error();
    json_fields fields{*object, "", {"sample"}};
    const auto sample = fields.whole_number("sample", null_is::absent);
    if (fields.first_problem()) return *fields.first_problem();
    if (sample && (*sample < 1 || *sample > sample_max))
        return problem{problem_code::invalid_field, "sample must be from 1 to 1000000"};
    return read_model_care::order{.kind = work_kind::verify, .sample = sample};
}

checked<read_model_care::order> switch_back_in(std::string_view body) {
    const auto object = parse_object(body);
    if (!object) return object.error();
    const json_fields fields{*object, "", {}};
    if (fields.first_problem()) return *fields.first_problem();
    return read_model_care::order{.kind = work_kind::switch_back};
}

/// The work once it is done, or is known to go its way; what has become of it when another was
/// begun meanwhile, nobody knows.
boost::asio::awaitable<std::optional<work>> looked_after(const read_model_care& care,
                                                         std::uint64_t number) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    const auto end = std::chrono::steady_clock::now() + answer_wait_max;
    for (;;) {
        auto now = care.begun(number);
        const bool is_known =
            now && (now->is_done || (now->is_started && now->asked.kind != work_kind::switch_back));
        if (!now || is_known || std::chrono::steady_clock::now() >= end) co_return now;
        timer.expires_after(look_interval);
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
}

reply answer_with(const std::optional<work>& now) {
    const bool is_over = !now || now->is_done;
    if (now && now->is_under_way_elsewhere)
        return problem{problem_code::rebuild_under_way, now->refused};
    if (now && !now->refused.empty())
        return problem{problem_code::rebuild_refused,
                       now->refused + "; `datadrop projection rebuild` as the tables' owner may"};
    if (now && !now->is_started && !now->failed.empty())
        return problem{problem_code::rebuild_refused, now->failed};
    return json_response(is_over ? status::ok : status::accepted,
                         {{"status", is_over ? "done" : "running"}});
}

reply_later begin(const call& asked, checked<read_model_care::order> what) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    if (!what) co_return what.error();
    auto& care = asked.server.behind.care();
    const auto number = care.begin(*std::move(what));
    if (!number)
        co_return problem{problem_code::rebuild_under_way,
                          "this server is at work on the read model already: GET /v1/projection "
                          "shows how far it is"};
    co_return answer_with(co_await looked_after(care, *number));
}

} // namespace

reply_later get_projection(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    const auto now = co_await asked.server.behind.read([](reader& r) { return r.model.status(); });
    const auto& care = asked.server.behind.care();
    const json::object body{{"position", now.position.text()},
                            {"head", now.head.text()},
                            {"lag_events", now.lag_events},
                            {"lag_seconds", now.lag_seconds},
                            {"partitions", partitions_json(now.partitions)},
                            {"rebuild", rebuild_json(now.rebuilds)},
                            {"left_behind", left_behind_json(now.killed)},
                            {"previous", previous_json(now.previous)},
                            {"last_rebuild", work_json(care.last(work_kind::rebuild))},
                            {"verification", work_json(care.last(work_kind::verify))},
                            {"sentinel", sentinel_json(asked.server.behind.watched())}};
    co_return json_response(status::ok, body);
}

reply_later post_rebuild(const call& asked) {
    return begin(asked, rebuild_in(asked.message.body()));
}

reply_later post_verify(const call& asked) { return begin(asked, verify_in(asked.message.body())); }

reply_later post_switch_back(const call& asked) {
    return begin(asked, switch_back_in(asked.message.body()));
}

} // namespace datadrop::processor::http
