#include "projections/agreement.hpp"

#include "projections/sql/statements.hpp"

#include <fmt/format.h>

namespace datadrop::projections {
namespace {

/// The columns of checkpoints_and_ends.sql.
enum class agreement_column { partition, checkpoint, log_end, rows_of_nothing };

std::string difference(const eventstore::postgres::rows& found, std::size_t row) {
    const auto number = found.number(row, agreement_column::partition);
    if (found.number(row, agreement_column::checkpoint) >
        found.number(row, agreement_column::log_end))
        return fmt::format("the read model of partition {} is at position {}, and the log ends at "
                           "{}",
                           number, found.number(row, agreement_column::checkpoint),
                           found.number(row, agreement_column::log_end));
    if (const auto rows = found.maybe_number(row, agreement_column::rows_of_nothing).value_or(0);
        rows > 0)
        return fmt::format("the log of partition {} has 0 events, and the read model {} rows",
                           number, rows);
    return {};
}

} // namespace

std::optional<std::string> disagreement_with_log(eventstore::postgres::session& db) {
    const auto found = db.run(sql::statements::checkpoints_and_ends);
    for (std::size_t row = 0; row < found.size(); ++row)
        if (auto what = difference(found, row); !what.empty())
            return what + ": restore the whole log, or, when it is right as it is, make the read "
                          "model anew with `datadrop projection rebuild --force`";
    return std::nullopt;
}

} // namespace datadrop::projections
