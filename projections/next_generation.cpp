#include "projections/next_generation.hpp"

#include "projections/comparison.hpp"
#include "projections/rebuild.hpp"
#include "projections/sql/statements.hpp"
#include "projections/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <thread>

namespace datadrop::projections {
namespace {

namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using eventstore::global_position;
using postgres::params;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view lock_not_available = "55P03";
constexpr milliseconds switch_pause_min{100};
constexpr milliseconds switch_pause_max{2000};
/// While a pause lasts, somebody may want to stop.
constexpr milliseconds pause_piece{50};

params of(eventstore::partition_number partition) {
    return params{}.add(std::int64_t{number_of(partition)});
}

} // namespace

void next_generation::make(const fold& rows, global_position at) {
    const auto nothing = eventstore::position_at(partition_, 0);
    auto members = std::async(std::launch::async, [&] { return rows.members(nothing); });
    db_.run(statements::begin_generation, of(partition_));
    fill_next_members(db_, partition_, members.get(), options_.between);
    write(db_, generation::next, partition_, rows.letters(nothing));
    filled_to_ = at;
}

void next_generation::take_previous(global_position at) {
    db_.run(statements::begin_switch_back, of(partition_));
    filled_to_ = at;
}

void next_generation::catch_up(log_folder& log) {
    log.advance_to(checkpoint(db_, partition_), [this] { options_.between(); });
    write_changes(log.so_far());
    filled_to_ = log.position();
}

void next_generation::write_changes(const fold& rows) {
    write(db_, generation::next, partition_, rows.members(filled_to_));
    write(db_, generation::next, partition_, rows.letters(filled_to_));
}

void next_generation::require_same(const log_folder& log) {
    const auto found = compare_tables(db_, generation::next, log.so_far(), log.position(),
                                      [this] { options_.between(); });
    if (found.empty()) return;
    throw rebuild_refused(fmt::format(
        "the new tables do not hold what was written to them, so those in service stay: {}, {} "
        "({} rows differ); look for triggers and event triggers that change what is written",
        found.front().row, what_differs(found.front()), found.size()));
}

/// A reader that takes long holds its locks on the tables. While we wait for it, others queue
/// behind us; so that is short, and the pauses between the attempts are long.
void next_generation::switch_over(log_folder& log) {
    const auto end = steady_clock::now() + options_.switch_wait_max;
    for (auto time = switch_pause_min;; time = std::min(2 * time, switch_pause_max)) {
        db_.run_script(statements::before_switch);
        try {
            return try_switch(log);
        } catch (const postgres::statement_refused& e) {
            if (e.sqlstate != lock_not_available) throw;
        }
        db_.run_script(statements::back_before_switch);
        if (steady_clock::now() + time > end) fail_for_use();
        pause(time);
        catch_up(log); // so that the next attempt keeps the projector waiting as short
    }
}

void next_generation::pause(milliseconds time) {
    const auto end = steady_clock::now() + time;
    do {
        options_.between();
        std::this_thread::sleep_for(pause_piece);
    } while (steady_clock::now() < end);
}

/// Rows that an attempt wrote go with it, so filled_to_ stays for the next one.
void next_generation::try_switch(log_folder& log) {
    const auto in_service = lock_checkpoint(db_, partition_);
    log.advance_to(in_service, [] {});
    write_changes(log.so_far());
    db_.run(statements::drop_previous, of(partition_));
    db_.run(statements::switch_generation, of(partition_).add(options_.keep_previous));
    if (options_.keep_previous)
        db_.run(statements::note_previous, of(partition_).add(number_of(in_service)));
    move_checkpoint(db_, log.position());
}

void next_generation::fail_for_use() {
    const auto users = db_.run(statements::tables_in_use, of(partition_));
    std::string who;
    for (std::size_t i = 0; i < users.size(); ++i)
        who += (who.empty() ? "" : ", ") + std::string(users.text(i));
    throw rebuild_refused(fmt::format(
        "the read model's tables were in use for {} s, so the new ones could not take their "
        "place: by {}; end that and try again",
        std::chrono::duration_cast<std::chrono::seconds>(options_.switch_wait_max).count(),
        who.empty() ? "one transaction after the other" : who));
}

} // namespace datadrop::projections
