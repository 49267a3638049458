#include "processor/http/run_json.hpp"

#include "projections/rfc3339.hpp"

#include <string>
#include <utility>

namespace datadrop::processor::http {

namespace {

namespace json = boost::json;
using eventstore::postgres::session;
using projections::letter_run;

json::value time_or_null(const std::optional<domain::timestamp>& time) {
    return time ? json::value(projections::to_text(*time)) : json::value(nullptr);
}

/// The rows of results, and how many that are.
std::pair<json::array, std::int64_t> results_of(session& db, int partitions,
                                                projections::run_id id) {
    std::pair<json::array, std::int64_t> all;
    for (const auto& [to, count] : read_results(db, partitions, id)) {
        const auto& [outcome, code] = to;
        all.first.push_back({{"outcome", outcome},
                             {"code", code ? json::value(*code) : json::value(nullptr)},
                             {"count", count}});
        all.second += count;
    }
    return all;
}

json::object run_json(session& db, int partitions, const letter_run& run) {
    const bool is_discard = run.asked.act == domain::remediation::discard;
    auto [results, done] = results_of(db, partitions, run.id);
    json::object shown{{"id", std::to_string(number_of(run.id))},
                       {"status", run.status},
                       {"act", is_discard ? "discard" : "redrive"},
                       {"reason", run.asked.reason},
                       {"by", run.asked.by.name},
                       {"filter", run.asked.filter},
                       {"rate", run.asked.rate ? json::value(*run.asked.rate) : nullptr},
                       {"selected", run.selected},
                       {"histogram", run.histogram},
                       {"done", done},
                       {"results", std::move(results)},
                       {"created_at", projections::to_text(run.created_at)},
                       {"started_at", time_or_null(run.started_at)},
                       {"ended_at", time_or_null(run.ended_at)}};
    for (const auto& [name, value] : run.asked.expectations)
        shown[name] = value;
    return shown;
}

} // namespace

std::optional<json::object> read_run_json(reader& from, int partitions, projections::run_id id) {
    std::optional<json::object> shown;
    from.model.run_with([&](session& db) {
        const auto run = read_run(db, id);
        shown = run ? std::optional(run_json(db, partitions, *run)) : std::nullopt;
    });
    return shown;
}

json::array read_runs_json(reader& from, int partitions) {
    json::array shown;
    from.model.run_with([&](session& db) {
        shown.clear();
        for (const auto& run : projections::read_runs(db))
            shown.push_back(run_json(db, partitions, run));
    });
    return shown;
}

} // namespace datadrop::processor::http
