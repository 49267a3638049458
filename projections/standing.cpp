#include "projections/standing.hpp"

#include "eventstore/postgres/driver/unexpected_value.hpp"
#include "projections/sql/statements.hpp"

namespace datadrop::projections {
namespace {

namespace postgres = eventstore::postgres;
namespace statements = sql::statements;
using eventstore::global_position;

/// The columns of log_and_projection.sql.
enum class standing_column { log_end, checkpoint };

/// The columns of standing.sql.
enum class lag_column { checkpoint, log_end, lag_seconds };

} // namespace

standing read_standing(postgres::session& db, int partitions) {
    standing found{eventstore::cursor(partitions), eventstore::cursor(partitions)};
    const auto rows = db.run(statements::log_and_projection);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        found.log.advance(global_position{rows.number(i, standing_column::log_end)});
        found.read_model.advance(global_position{rows.number(i, standing_column::checkpoint)});
    }
    return found;
}

eventstore::cursor read_checkpoints(postgres::session& db, int partitions) {
    eventstore::cursor found(partitions);
    const auto rows = db.run(statements::checkpoints);
    for (std::size_t i = 0; i < rows.size(); ++i)
        found.advance(global_position{rows.number(i)});
    return found;
}

partition_standing read_lag(postgres::session& db, eventstore::partition_number partition) {
    const auto rows =
        db.run(statements::standing, postgres::params{}.add(std::int64_t{number_of(partition)}));
    if (rows.size() != 1) throw postgres::unexpected_value("a partition has no checkpoint");
    const auto lag = rows.maybe_number(0, lag_column::lag_seconds); // null: all is shown
    return {.log = global_position{rows.number(0, lag_column::log_end)},
            .read_model = global_position{rows.number(0, lag_column::checkpoint)},
            .lag_seconds = lag.value_or(0)};
}

} // namespace datadrop::projections
