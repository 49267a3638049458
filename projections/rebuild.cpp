#include "projections/rebuild.hpp"

#include "eventstore/postgres/driver/transaction.hpp"
#include "eventstore/postgres/whole_log.hpp"
#include "projections/agreement.hpp"
#include "projections/comparison.hpp"
#include "projections/fold.hpp"
#include "projections/lasting_session.hpp"
#include "projections/sql/statements.hpp"
#include "projections/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace datadrop::projections {
namespace {

namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using postgres::params;
using postgres::session;
using std::chrono::steady_clock;

constexpr std::string_view lock_not_available = "55P03";
constexpr std::chrono::milliseconds switch_pause_min{100};
constexpr std::chrono::milliseconds switch_pause_max{2000};
constexpr std::chrono::milliseconds report_interval{200};

params of(eventstore::partition_number partition) {
    return params{}.add(std::int64_t{number_of(partition)});
}

/// The right to rebuild, and the word to readers of how far it is; both go with it.
class claim {
  public:
    explicit claim(session& db) : db_(db) {
        if (!db_.run(statements::try_lock_rebuild).flag())
            throw rebuild_refused("another rebuild of the read model is under way: wait for its "
                                  "end (datadrop projection status shows how far it is)");
    }
    ~claim() {
        try {
            db_.run(statements::clear_rebuilds);
            db_.run(statements::unlock_rebuild);
        } catch (const std::exception&) {
            // The lock ends with the session, and without it the row is not shown.
        }
    }
    claim(const claim&) = delete;
    claim& operator=(const claim&) = delete;

    void report(const progress& p) {
        db_.run(statements::report_rebuild, of(p.partition).add(p.done).add(p.of));
    }

  private:
    session& db_;
};

/// Tells the caller and the readers, not more often than anybody would look.
class reporter {
  public:
    reporter(claim& mine, const report_progress& caller) : claim_(mine), caller_(caller) {}

    void start(const progress& p) {
        db_report(p);
        caller_(p);
    }
    void move(const progress& p) {
        caller_(p);
        if (std::chrono::steady_clock::now() >= next_) db_report(p);
    }

  private:
    void db_report(const progress& p) {
        claim_.report(p);
        next_ = std::chrono::steady_clock::now() + report_interval;
    }

    claim& claim_;
    const report_progress& caller_;
    std::chrono::steady_clock::time_point next_{};
};

/// The rebuild of one partition. First the log is folded, outside any transaction; then one
/// transaction makes the new tables, fills them, catches up and switches, so that one that is
/// killed leaves nothing behind.
class partition_rebuild {
  public:
    partition_rebuild(session& db, eventstore::partition_number partition, const rebuild_options& o)
        : db_(db), partition_(partition), options_(o), folder_(db, partition) {}

    rebuild_report run(reporter& tell) {
        fold_log(tell);
        compare();
        postgres::transaction whole(db_);
        db_.run(statements::bound_rebuild);
        db_.run(statements::begin_generation, of(partition_));
        fill();
        catch_up_unlocked();
        switch_over();
        whole.commit();
        return report_;
    }

  private:
    void fold_log(reporter& tell) {
        const auto end = log_end(db_, partition_);
        progress p{.partition = partition_, .done = 0, .of = sequence_of(end)};
        tell.start(p);
        folder_.advance_to(end, [&] {
            p.done = sequence_of(folder_.position());
            tell.move(p);
        });
    }

    /// With what the tables in service hold at this moment; what the log says behind their
    /// checkpoint is left out.
    void compare() {
        eventstore::global_position in_service{};
        {
            const postgres::transaction snapshot(db_,
                                                 postgres::isolation::repeatable_read_read_only);
            db_.run_script(statements::hold_read_model);
            db_.run(statements::bound_rebuild);
            in_service = checkpoint(db_, partition_);
            folder_.advance_to(in_service, [] {});
            report_.differences = compare_tables(db_, folder_.so_far(), in_service);
        }
        explain(db_, report_.differences, std::min(in_service, folder_.position()));
        report_.mended = static_cast<std::int64_t>(report_.differences.size());
    }

    void fill() {
        const auto nothing = eventstore::position_at(partition_, 0);
        fill_next_members(db_, partition_, folder_.so_far().members(nothing));
        write(db_, generation::next, partition_, folder_.so_far().letters(nothing));
        filled_to_ = folder_.position();
    }

    /// What was projected while the tables were filled, without making the projector wait.
    void catch_up_unlocked() {
        catch_up(checkpoint(db_, partition_));
        filled_to_ = folder_.position();
    }

    void catch_up(eventstore::global_position end) {
        folder_.advance_to(end, [] {});
        write_next_members(db_, partition_, folder_.so_far().members(filled_to_));
        write(db_, generation::next, partition_, folder_.so_far().letters(filled_to_));
    }

    /// A reader that takes long holds its locks on the tables. While we wait for it, others queue
    /// behind us; so that is short, and the pauses between the attempts are long.
    void switch_over() {
        const auto end = steady_clock::now() + options_.switch_wait_max;
        for (auto pause = switch_pause_min;; pause = std::min(2 * pause, switch_pause_max)) {
            db_.run_script(statements::before_switch);
            try {
                return try_switch();
            } catch (const postgres::statement_refused& e) {
                if (e.sqlstate != lock_not_available) throw;
            }
            db_.run_script(statements::back_before_switch);
            if (steady_clock::now() + pause > end) fail_for_use();
            std::this_thread::sleep_for(pause);
        }
    }

    [[noreturn]] void fail_for_use() {
        const auto users = db_.run(statements::tables_in_use, of(partition_));
        std::string who;
        for (std::size_t i = 0; i < users.size(); ++i)
            who += (who.empty() ? "" : ", ") + std::string(users.text(i));
        throw rebuild_refused(fmt::format(
            "the read model's tables were in use for {} s, so the new ones could not take their "
            "place: by {}; end that and rebuild again",
            std::chrono::duration_cast<std::chrono::seconds>(options_.switch_wait_max).count(),
            who.empty() ? "one transaction after the other" : who));
    }

    /// Rows that an attempt wrote go with it, so filled_to_ stays for the next one.
    void try_switch() {
        const auto in_service = lock_checkpoint(db_, partition_);
        catch_up(in_service);
        db_.run(statements::switch_generation, of(partition_));
        move_checkpoint(db_, folder_.position());
        report_.events = sequence_of(folder_.position());
        report_.members = static_cast<std::int64_t>(folder_.so_far().member_count());
        report_.dead_letters = static_cast<std::int64_t>(folder_.so_far().letter_count());
    }

    session& db_;
    eventstore::partition_number partition_;
    const rebuild_options& options_;
    log_folder folder_;
    eventstore::global_position filled_to_{}; // what the new tables hold for good
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
        claim mine(db);
        reporter tell(mine, report);
        rebuild_report total;
        for (const auto p : eventstore::all_partitions(partitions))
            add(total, partition_rebuild(db, p, o).run(tell));
        return total;
    });
}

} // namespace datadrop::projections
