#pragma once
// Runs: what an operator does to many dead letters at once, as records in the log's database. Here
// is what is kept and how it is read; who carries a run out is processor/service/run_worker.hpp. On
// the caller's session and in its transaction. Throws connection_lost, statement_refused.

#include "domain/dead_letter.hpp"
#include "projections/read_model.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <map>
#include <span>

namespace datadrop::projections {

enum class run_id : std::int64_t {};
constexpr std::int64_t number_of(run_id id) { return static_cast<std::int64_t>(id); }

inline constexpr std::int64_t run_items_max = 100'000; // of one run
inline constexpr std::int64_t runs_shown_max = 100;

/// What is asked for. `filter` and `expectations` are as interfaces show them.
struct run_request {
    domain::remediation act{};
    std::string reason;
    domain::submitter by;
    dead_letter_filter of{};
    boost::json::object filter{};
    boost::json::object expectations{};
    std::optional<std::int64_t> rate{}; // acts a second at most
};

struct letter_run {
    run_id id{};
    std::string status; // previewed, running, stopped, done
    run_request asked;  // without `of`
    std::int64_t selected = 0;
    boost::json::array histogram{};
    domain::timestamp created_at{};
    std::optional<domain::timestamp> started_at{};
    std::optional<domain::timestamp> ended_at{};
};

/// A letter that was selected, at its last event then.
struct run_item {
    eventstore::dead_letter_id id{};
    eventstore::global_position seen{};
};

/// What came of it: an outcome's name, discarded, or changed when somebody else had done something.
struct item_result {
    eventstore::dead_letter_id id{};
    std::string outcome;
    std::optional<std::string> code{};
};

using letters_by_id =
    std::map<eventstore::dead_letter_id, std::vector<eventstore::stored_dead_letter_event>>;

/// Removes the previews that nobody has started for a day.
void forget_previews(eventstore::postgres::session& db, int partitions);
/// Without items yet.
run_id create_run(eventstore::postgres::session& db, const run_request& asked);
/// Selects at most so many parked letters of a partition; how many there were.
std::int64_t select_items(eventstore::postgres::session& db, eventstore::partition_number partition,
                          run_id id, const dead_letter_filter& of, std::int64_t limit);
void keep_preview(eventstore::postgres::session& db, run_id id, std::int64_t selected,
                  const boost::json::array& histogram);

std::optional<letter_run> read_run(eventstore::postgres::session& db, run_id id);
/// The newest first, at most runs_shown_max.
std::vector<letter_run> read_runs(eventstore::postgres::session& db);
/// How many items have come to what, over all partitions: by outcome and code.
std::map<std::pair<std::string, std::optional<std::string>>, std::int64_t>
read_results(eventstore::postgres::session& db, int partitions, run_id id);

/// False when it is not there to be started, or has another number of items.
bool start_run(eventstore::postgres::session& db, run_id id, std::int64_t selected);
void stop_run(eventstore::postgres::session& db, run_id id);
void end_run(eventstore::postgres::session& db, run_id id);

/// A run under way that nobody carries out becomes the caller's for 5 s, and with keep_run for
/// longer; false from there when it was stopped.
std::optional<run_id> take_run(eventstore::postgres::session& db);
bool keep_run(eventstore::postgres::session& db, run_id id);

/// Items behind an id that nothing was done to yet.
std::vector<run_item> open_items(eventstore::postgres::session& db,
                                 eventstore::partition_number partition, run_id id,
                                 eventstore::dead_letter_id after, std::size_t limit);
void record_items(eventstore::postgres::session& db, eventstore::partition_number partition,
                  run_id id, std::span<const item_result> results);

/// The events of many dead letters of a partition.
letters_by_id read_letters_of(eventstore::postgres::session& db,
                              eventstore::partition_number partition,
                              std::span<const run_item> wanted);

} // namespace datadrop::projections
