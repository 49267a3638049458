#include "projections/rebuild.hpp"

#include "eventstore/postgres/driver/transaction.hpp"
#include "eventstore/postgres/whole_log.hpp"
#include "projections/agreement.hpp"
#include "projections/fold.hpp"
#include "projections/kept_fold.hpp"
#include "projections/lasting_session.hpp"
#include "projections/next_generation.hpp"
#include "projections/pace.hpp"
#include "projections/rebuild_board.hpp"
#include "projections/side_comparison.hpp"
#include "projections/sql/statements.hpp"
#include "projections/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

namespace datadrop::projections {
namespace {

namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using eventstore::global_position;
using postgres::params;
using postgres::session;
using std::chrono::steady_clock;

params of(eventstore::partition_number partition) {
    return params{}.add(std::int64_t{number_of(partition)});
}

/// What the partitions' rebuilds share: whom to tell, and how hard to work.
class workplace {
  public:
    workplace(session& db, int partitions, const report_progress& caller, const rebuild_options& o)
        : board_(db), caller_(caller) {
        if (o.pace) pacer_ = std::make_unique<pacer>(db.settings(), partitions, *o.pace);
    }

    void start(const progress& p) {
        board_.start(p);
        caller_(p);
    }
    /// After each piece of work.
    void move(const progress& p) {
        caller_(p);
        board_.move(p);
        rest();
    }
    /// Any thread.
    void rest() {
        if (pacer_) pacer_->rest();
    }

    std::int64_t page_events() const { return pacer_ ? paced_piece : page_events_usual; }

  private:
    rebuild_board board_;
    const report_progress& caller_;
    std::unique_ptr<pacer> pacer_;
};

/// Says when to keep what was folded: each so often, and so seldom that keeping is a tenth at most
/// of the work.
class keeping_hours {
  public:
    explicit keeping_hours(std::chrono::milliseconds interval) : interval_(interval) {}

    bool is_time() const { return steady_clock::now() >= next_; }

    template <typename Keep>
    void spend(Keep&& keep) {
        const auto began = steady_clock::now();
        keep();
        const auto now = steady_clock::now();
        next_ = now + std::max<steady_clock::duration>(interval_, 10 * (now - began));
    }

  private:
    steady_clock::duration interval_;
    steady_clock::time_point next_ = steady_clock::now() + interval_;
};

/// How often somebody is told that it is still waited for the comparison.
constexpr std::chrono::milliseconds waiting_interval{100};

/// The rebuild of one partition. First the log is folded, outside any transaction. Then the tables
/// in service are compared with that, on the side, while one transaction makes the new tables and
/// fills them, catches up and switches, so that one that is killed leaves no table behind.
class partition_rebuild {
  public:
    partition_rebuild(session& db, eventstore::partition_number partition, const rebuild_options& o,
                      workplace& at)
        : db_(db), partition_(partition), options_(o), at_(at),
          log_(db, partition, at.page_events()) {}

    rebuild_report run() {
        fold_log();
        side_comparison in_service(db_.settings(), partition_);
        start(in_service);
        if (options_.dry_run)
            conclude(in_service);
        else
            replace(in_service);
        report_.events = sequence_of(log_.position());
        report_.members = static_cast<std::int64_t>(log_.so_far().member_count());
        report_.dead_letters = static_cast<std::int64_t>(log_.so_far().letter_count());
        return std::move(report_);
    }

  private:
    void fold_log() {
        kept_fold kept(db_, partition_);
        take_up(kept);
        const auto end = log_end(db_, partition_);
        now_ = {.partition = partition_,
                .done = sequence_of(log_.position()),
                .of = sequence_of(end),
                .from = sequence_of(log_.position())};
        at_.start(now_);
        keeping_hours hours(options_.keep_interval);
        log_.advance_to(end, [&] {
            now_.done = sequence_of(log_.position());
            at_.move(now_);
            if (hours.is_time()) hours.spend([&] { kept.keep(log_.so_far(), log_.position()); });
        });
    }

    void take_up(kept_fold& kept) {
        fold rows;
        if (const auto position = kept.take_up(rows)) log_.go_on(std::move(rows), *position);
    }

    void enter(rebuild_phase phase) {
        now_.phase = phase;
        now_.done = sequence_of(log_.position());
        at_.move(now_);
    }
    void work_on() { at_.move(now_); }

    /// With what the tables in service hold at this moment; what the log says behind their
    /// checkpoint is left out.
    void start(side_comparison& in_service) {
        enter(rebuild_phase::comparing);
        log_.advance_to(in_service.checkpoint(), [this] { work_on(); });
        in_service.start(log_, [this] { at_.rest(); });
    }

    void conclude(side_comparison& in_service) {
        while (!in_service.is_over_within(waiting_interval))
            work_on();
        report_.differences = in_service.found();
        report_.mended = static_cast<std::int64_t>(report_.differences.size());
    }

    void replace(side_comparison& in_service) {
        next_generation next(db_, partition_,
                             {.keep_previous = options_.keep_previous,
                              .switch_wait_max = options_.switch_wait_max,
                              .between = [this] { work_on(); }});
        postgres::transaction whole(db_);
        db_.run(statements::bound_rebuild);
        enter(rebuild_phase::filling);
        next.make(log_.so_far(), log_.position());
        conclude(in_service);
        next.catch_up(log_);
        enter(rebuild_phase::checking);
        next.require_same(log_);
        enter(rebuild_phase::switching);
        next.switch_over(log_);
        whole.commit();
    }

    session& db_;
    eventstore::partition_number partition_;
    const rebuild_options& options_;
    workplace& at_;
    log_folder log_;
    progress now_;
    rebuild_report report_;
};

/// What would be found only when the work is done, or would undo what it is for.
void require_possible(session& db, const rebuild_options& o) {
    postgres::require_whole_log(db);
    postgres::require_all_keys(db);
    const auto obstacles = db.run(statements::obstacles_to_switch);
    if (obstacles.size() > 0)
        throw rebuild_refused(fmt::format("the new tables could not take the place of those in "
                                          "service: {}",
                                          obstacles.text()));
    if (o.force) return;
    if (const auto what = disagreement_with_log(db)) throw rebuild_refused(*what);
}

void add(rebuild_report& total, rebuild_report part) {
    total.events += part.events;
    total.members += part.members;
    total.dead_letters += part.dead_letters;
    total.mended += part.mended;
    std::ranges::move(part.differences, std::back_inserter(total.differences));
}

} // namespace

rebuild_report rebuild(session& db, int partitions, const report_progress& report,
                       const rebuild_options& o) {
    return reachable([&] {
        prepare_session(db);
        require_possible(db, o);
        workplace at(db, partitions, report, o);
        rebuild_report total;
        for (const auto p : eventstore::all_partitions(partitions))
            add(total, partition_rebuild(db, p, o, at).run());
        return total;
    });
}

namespace {

/// The members' rows and the dead letters' events of before are folded on, in memory: as much as a
/// rebuild needs.
void switch_partition_back(session& db, global_position kept, const rebuild_options& o,
                           workplace& at) {
    const auto partition = partition_of(kept);
    progress now{.partition = partition,
                 .done = sequence_of(kept),
                 .of = sequence_of(log_end(db, partition)),
                 .from = sequence_of(kept)};
    at.start(now);
    log_folder log(db, partition, at.page_events());
    next_generation next(db, partition,
                         {.keep_previous = true,
                          .switch_wait_max = o.switch_wait_max,
                          .between = [&] { at.move(now); }});
    postgres::transaction whole(db);
    db.run(statements::bound_rebuild);
    next.take_previous(kept);
    fold before;
    read_next_members(db, [&](const member_columns& row) { before.put(row_of(row)); });
    before.apply(read_dead_letters(db, kept));
    log.go_on(std::move(before), kept);
    next.catch_up(log);
    now.phase = rebuild_phase::switching;
    next.switch_over(log);
    whole.commit();
}

} // namespace

void switch_back(session& db, int partitions, const report_progress& report,
                 const rebuild_options& o) {
    reachable([&] {
        prepare_session(db);
        require_possible(db, o);
        workplace at(db, partitions, report, o);
        const auto kept = read_previous(db);
        if (kept.size() != static_cast<std::size_t>(partitions))
            throw rebuild_refused("there is nothing to switch back to: the last rebuild kept no "
                                  "tables (datadrop projection rebuild --keep-previous does)");
        for (const auto& tables : kept)
            switch_partition_back(db, tables.position, o, at);
    });
}

void discard_leftovers(session& db, int partitions) {
    reachable([&] {
        prepare_session(db);
        const rebuild_board mine(db); // what a killed one left goes with it
        for (const auto p : eventstore::all_partitions(partitions))
            db.run(statements::drop_previous, of(p));
    });
}

} // namespace datadrop::projections
