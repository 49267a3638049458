#include "eventstore/postgres/driver/transaction.hpp"
#include "eventstore/postgres/whole_log.hpp"
#include "projections/comparison.hpp"
#include "projections/fold.hpp"
#include "projections/lasting_session.hpp"
#include "projections/member_check.hpp"
#include "projections/rebuild.hpp"
#include "projections/sql/statements.hpp"
#include "projections/tables.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace datadrop::projections {
namespace {

namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using postgres::session;

/// So many at a time: no snapshot is held for long.
constexpr std::int64_t sample_members_max = 200;

/// The check of one partition; what it finds goes into a report.
class partition_check {
  public:
    partition_check(session& db, eventstore::partition_number partition, verify_report& into)
        : db_(db), partition_(partition), report_(into) {}

    /// The long part, folding the log, is done before the snapshot is taken: while that is held,
    /// no rebuild can switch.
    void run(const report_progress& report) {
        log_folder folder(db_, partition_);
        fold_to(folder, checkpoint(db_, partition_), report);
        auto found = compare_in_snapshot(folder, report);
        explain(db_, found, folder.position());
        std::ranges::move(found, std::back_inserter(report_.differences));
        report_.events += sequence_of(folder.position());
        report_.members += static_cast<std::int64_t>(folder.so_far().member_count());
        report_.dead_letters += static_cast<std::int64_t>(folder.so_far().letter_count());
    }

  private:
    void fold_to(log_folder& folder, eventstore::global_position end,
                 const report_progress& report) {
        folder.advance_to(end, [&] {
            report({.partition = partition_,
                    .done = sequence_of(folder.position()),
                    .of = sequence_of(end)});
        });
    }

    std::vector<difference> compare_in_snapshot(log_folder& folder, const report_progress& report) {
        const postgres::transaction snapshot(db_, postgres::isolation::repeatable_read_read_only);
        db_.run_script(statements::hold_read_model);
        const auto end = checkpoint(db_, partition_);
        if (end < folder.position()) folder = log_folder(db_, partition_);
        fold_to(folder, end, report);
        compare_checkpoint(end, folder.position());
        return compare_tables(db_, generation::in_service, folder.so_far(), end);
    }

    void compare_checkpoint(eventstore::global_position is, eventstore::global_position log_end) {
        if (is == log_end) return;
        report_.differences.push_back({.table = "projection_checkpoints",
                                       .row = fmt::format("partition {}", number_of(partition_)),
                                       .columns = {{"position", std::to_string(number_of(is)),
                                                    std::to_string(number_of(log_end))}}});
    }

    session& db_;
    eventstore::partition_number partition_;
    verify_report& report_;
};

/// Members of one partition, some at a time.
class partition_sample {
  public:
    partition_sample(session& db, eventstore::partition_number partition, verify_report& into)
        : db_(db), partition_(partition), report_(into) {}

    void run(std::int64_t members, const report_progress& report) {
        for (std::int64_t done = 0; done < members;) {
            const auto some = std::min(members - done, sample_members_max);
            add(check_members(db_, partition_,
                              draw_members(db_, partition_, static_cast<std::size_t>(some))));
            done += some;
            report({.partition = partition_, .done = done, .of = members});
        }
    }

  private:
    void add(members_checked found) {
        report_.members += found.members;
        report_.events += found.events;
        report_.skipped += found.skipped;
        for (auto& one : found.differences)
            if (std::ranges::find(report_.differences, one.of, &difference::of) ==
                report_.differences.end()) // it may be drawn twice
                report_.differences.push_back(std::move(one));
    }

    session& db_;
    eventstore::partition_number partition_;
    verify_report& report_;
};

/// Runs a check of the whole read model, however much of it is looked at.
template <typename Run>
verify_report verified(session& db, Run&& each_partition, int partitions) {
    return reachable([&] {
        prepare_session(db);
        postgres::require_whole_log(db);
        verify_report found;
        for (const auto p : eventstore::all_partitions(partitions))
            each_partition(p, found);
        return found;
    });
}

} // namespace

verify_report verify(session& db, int partitions, const report_progress& report) {
    return verified(
        db,
        [&](eventstore::partition_number p, verify_report& found) {
            if (number_of(p) == 0) postgres::require_all_keys(db);
            partition_check(db, p, found).run(report);
        },
        partitions);
}

verify_report verify_sample(session& db, int partitions, std::int64_t members,
                            const report_progress& report) {
    return verified(
        db,
        [&](eventstore::partition_number p, verify_report& found) {
            const auto share = members / partitions + (number_of(p) < members % partitions ? 1 : 0);
            partition_sample(db, p, found).run(share, report);
        },
        partitions);
}

} // namespace datadrop::projections
