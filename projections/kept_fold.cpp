#include "projections/kept_fold.hpp"

#include "eventstore/postgres/driver/transaction.hpp"
#include "projections/sql/statements.hpp"
#include "projections/tables.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace datadrop::projections {
namespace {

namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using eventstore::global_position;
using postgres::params;

/// The columns of read_kept.sql.
enum class kept_column { position, rows, program };

params of(eventstore::partition_number partition) {
    return params{}.add(std::int64_t{number_of(partition)});
}

/// Tells this program from one that may fold otherwise: an update is another file.
std::string program_stamp() {
    const std::filesystem::path self = "/proc/self/exe";
    return fmt::format("{} {} {}", DATADROP_VERSION, std::filesystem::file_size(self),
                       std::filesystem::last_write_time(self).time_since_epoch().count());
}

} // namespace

std::optional<global_position> kept_fold::take_up(fold& rows) {
    const auto position = kept_position();
    if (!position || !take_members(rows, kept_rows_)) {
        drop();
        rows = {};
        return std::nullopt;
    }
    rows.apply(read_dead_letters(db_, *position));
    kept_to_ = *position;
    return position;
}

std::optional<global_position> kept_fold::kept_position() {
    const auto kept = db_.run(statements::read_kept, of(partition_));
    if (kept.size() != 1 || !kept.maybe_number(0, kept_column::position)) return std::nullopt;
    const global_position position{kept.number(0, kept_column::position)};
    kept_rows_ = kept.number(0, kept_column::rows);
    const bool counts = kept.text(0, kept_column::program) == program_stamp() &&
                        position <= log_end(db_, partition_);
    return counts ? std::optional(position) : std::nullopt;
}

bool kept_fold::take_members(fold& rows, std::int64_t count) {
    read_kept_members(db_, partition_, [&](const member_row& row) {
        rows.put(row);
        --count;
    });
    return count == 0;
}

void kept_fold::keep(const fold& rows, global_position at) {
    const auto changed = rows.members(kept_to_);
    postgres::transaction whole(db_);
    fill_kept_members(db_, partition_, changed);
    kept_rows_ += static_cast<std::int64_t>(changed.size());
    db_.run(statements::note_kept,
            of(partition_).add(number_of(at)).add(kept_rows_).add(program_stamp()));
    whole.commit();
    kept_to_ = at;
}

void kept_fold::drop() {
    kept_rows_ = 0;
    kept_to_ = eventstore::position_at(partition_, 0);
    postgres::transaction whole(db_);
    db_.run(statements::drop_kept_members, of(partition_));
    db_.run(statements::forget_kept, of(partition_));
    whole.commit();
}

} // namespace datadrop::projections
