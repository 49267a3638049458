#include "projections/figures.hpp"

#include "projections/sql/statements.hpp"
#include "projections/standing.hpp"

#include <algorithm>

namespace datadrop::projections {
namespace {

using eventstore::postgres::params;
using eventstore::postgres::session;

/// The columns of parked_letters.sql.
enum class parked_column { code, count, oldest };

void add_parked(figures& to, session& db, eventstore::partition_number partition) {
    const auto answer =
        db.run(sql::statements::parked_letters, params{}.add(std::int64_t{number_of(partition)}));
    for (std::size_t i = 0; i < answer.size(); ++i) {
        const auto oldest = answer.time(i, parked_column::oldest);
        auto& known = to.parked[std::string(answer.text(i, parked_column::code))];
        known.oldest = known.count == 0 ? oldest : std::min(known.oldest, oldest);
        known.count += answer.number(i, parked_column::count);
    }
}

} // namespace

figures read_figures(session& db, int partitions) {
    figures found;
    for (const auto p : eventstore::all_partitions(partitions)) {
        add_parked(found, db, p);
        found.lag_seconds.push_back(read_lag(db, p).lag_seconds);
    }
    return found;
}

} // namespace datadrop::projections
