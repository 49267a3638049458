#include "projections/letter_runs.hpp"

#include "eventstore/dead_letter_codec.hpp"
#include "eventstore/membership_codec.hpp"
#include "projections/letter_pages.hpp"
#include "projections/sql/statements.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace datadrop::projections {
namespace {

namespace json = boost::json;
namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using eventstore::partition_number;
using postgres::params;
using postgres::session;

/// The columns of letter_run.sql and letter_runs.sql.
enum class run_column {
    id,
    status,
    act,
    reason,
    by_source,
    by_name,
    filter,
    expectations,
    rate,
    selected,
    histogram,
    created_at,
    started_at,
    ended_at
};

enum class result_column { outcome, code, count };
enum class item_column { id, seen };
/// The columns of letters_by_id.sql.
enum class event_column { letter, guild, user, position, recorded_at, payload };

constexpr std::string_view discard_name = "discard";

params of(run_id id) { return params{}.add(number_of(id)); }

params of(partition_number partition, run_id id) {
    return params{}.add(std::int64_t{eventstore::number_of(partition)}).add(number_of(id));
}

letter_run run_in(const postgres::rows& rows, std::size_t row) {
    using enum run_column;
    letter_run run{.id = run_id{rows.number(row, id)},
                   .status = std::string(rows.text(row, status)),
                   .asked = {}};
    run.asked = {.act = rows.text(row, act) == discard_name ? domain::remediation::discard
                                                            : domain::remediation::redrive,
                 .reason = std::string(rows.text(row, reason)),
                 .by = {.from = eventstore::enumerator<domain::source>(rows.number(row, by_source)),
                        .name = std::string(rows.text(row, by_name))},
                 .filter = json::parse(rows.text(row, filter)).as_object(),
                 .expectations = json::parse(rows.text(row, expectations)).as_object(),
                 .rate = rows.maybe_number(row, rate)};
    run.selected = rows.number(row, selected);
    run.histogram = json::parse(rows.text(row, histogram)).as_array();
    run.created_at = rows.time(row, created_at);
    run.started_at = rows.maybe_time(row, started_at);
    run.ended_at = rows.maybe_time(row, ended_at);
    return run;
}

eventstore::stored_dead_letter_event event_in(const postgres::rows& rows, std::size_t row) {
    using enum event_column;
    return {.position = eventstore::global_position{rows.number(row, position)},
            .letter = eventstore::dead_letter_id{rows.number(row, letter)},
            .who = {.guild = domain::guild_id{rows.number(row, guild)},
                    .user = domain::user_id{rows.number(row, user)}},
            .what = eventstore::decode_dead_letter_event(rows.bytes(row, payload)),
            .recorded_at = rows.time(row, recorded_at)};
}

} // namespace

void forget_previews(session& db, int partitions) {
    const auto runs = db.run(statements::forget_previews);
    if (runs.size() == 0) return;
    postgres::array ids;
    for (std::size_t i = 0; i < runs.size(); ++i)
        ids.add(runs.number(i, item_column::id));
    const auto all = std::move(ids).text();
    for (const auto p : eventstore::all_partitions(partitions))
        db.run(statements::forget_items,
               params{}.add(std::int64_t{eventstore::number_of(p)}).add_literal(all));
}

run_id create_run(session& db, const run_request& asked) {
    params values;
    values.add(asked.act == domain::remediation::discard ? discard_name : "redrive");
    values.add(asked.reason).add(std::int64_t{domain::number_of(asked.by.from)});
    values.add(asked.by.name).add(json::serialize(asked.filter));
    values.add(json::serialize(asked.expectations));
    asked.rate ? values.add(*asked.rate) : values.add_null();
    return run_id{db.run(statements::create_run, values).number()};
}

std::int64_t select_items(session& db, partition_number partition, run_id id,
                          const dead_letter_filter& filter, std::int64_t limit) {
    auto parked = filter;
    parked.status = domain::dead_letter_status::parked;
    auto values = filter_values(partition, eventstore::dead_letter_id{}, parked);
    values.add(limit).add(number_of(id));
    return db.run(statements::select_for_run, values).number();
}

void keep_preview(session& db, run_id id, std::int64_t selected, const json::array& histogram) {
    db.run(statements::preview_run, of(id).add(selected).add(json::serialize(histogram)));
}

std::optional<letter_run> read_run(session& db, run_id id) {
    const auto rows = db.run(statements::letter_run, of(id));
    if (rows.size() == 0) return std::nullopt;
    return run_in(rows, 0);
}

std::vector<letter_run> read_runs(session& db) {
    const auto rows = db.run(statements::letter_runs, params{}.add(runs_shown_max));
    std::vector<letter_run> runs;
    for (std::size_t i = 0; i < rows.size(); ++i)
        runs.push_back(run_in(rows, i));
    return runs;
}

std::map<std::pair<std::string, std::optional<std::string>>, std::int64_t>
read_results(session& db, int partitions, run_id id) {
    std::map<std::pair<std::string, std::optional<std::string>>, std::int64_t> counts;
    for (const auto p : eventstore::all_partitions(partitions)) {
        const auto rows = db.run(statements::run_results, of(p, id));
        for (std::size_t i = 0; i < rows.size(); ++i)
            counts[{std::string(rows.text(i, result_column::outcome)),
                    rows.maybe_text(i, result_column::code)}] +=
                rows.number(i, result_column::count);
    }
    return counts;
}

bool start_run(session& db, run_id id, std::int64_t selected) {
    return db.run(statements::start_run, of(id).add(selected)).size() > 0;
}

void stop_run(session& db, run_id id) { db.run(statements::stop_run, of(id)); }

void end_run(session& db, run_id id) { db.run(statements::end_run, of(id)); }

std::optional<run_id> take_run(session& db) {
    const auto rows = db.run(statements::take_run);
    if (rows.size() == 0) return std::nullopt;
    return run_id{rows.number()};
}

bool keep_run(session& db, run_id id) { return db.run(statements::keep_run, of(id)).size() > 0; }

std::vector<run_item> open_items(session& db, partition_number partition, run_id id,
                                 eventstore::dead_letter_id after, std::size_t limit) {
    const auto rows =
        db.run(statements::open_items,
               of(partition, id).add(eventstore::number_of(after)).add(std::int64_t(limit)));
    std::vector<run_item> items;
    for (std::size_t i = 0; i < rows.size(); ++i)
        items.push_back({eventstore::dead_letter_id{rows.number(i, item_column::id)},
                         eventstore::global_position{rows.number(i, item_column::seen)}});
    return items;
}

void record_items(session& db, partition_number partition, run_id id,
                  std::span<const item_result> results) {
    if (results.empty()) return;
    postgres::array ids, outcomes, codes;
    for (const auto& one : results) {
        ids.add(eventstore::number_of(one.id));
        outcomes.add(one.outcome);
        codes.add(one.code);
    }
    db.run(statements::record_items, of(partition, id)
                                         .add_literal(std::move(ids).text())
                                         .add_literal(std::move(outcomes).text())
                                         .add_literal(std::move(codes).text()));
}

letters_by_id read_letters_of(session& db, partition_number partition,
                              std::span<const run_item> wanted) {
    postgres::array ids;
    for (const auto& one : wanted)
        ids.add(eventstore::number_of(one.id));
    const auto rows =
        db.run(statements::letters_by_id, params{}
                                              .add(std::int64_t{eventstore::number_of(partition)})
                                              .add_literal(std::move(ids).text()));
    letters_by_id letters;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto event = event_in(rows, i);
        letters[event.letter].push_back(std::move(event));
    }
    return letters;
}

} // namespace datadrop::projections
