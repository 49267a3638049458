#include "processor/trials/demo/examination.hpp"

#include "processor/trials/sql/demo.hpp"
#include "processor/trials/sql/demo_checks.hpp"

#include <algorithm>
#include <iterator>

namespace datadrop::processor::trials::demo {
namespace {

namespace postgres = eventstore::postgres;
namespace checks = sql::demo_checks;

constexpr check all_checks[] = {
    {"every command was answered", checks::every_command_answered},
    {"versions run without a gap", checks::versions_without_gaps},
    {"each event starts where the last ended", checks::states_joined_up},
    {"every transition is an allowed one", checks::transitions_allowed},
    {"positions run without a gap", checks::positions_without_gaps},
    {"what was accepted is written as told", checks::accepted_is_written},
    {"an accepted key has one event", checks::accepted_once},
    {"what was not accepted is not written", checks::written_was_accepted},
    {"rejections and conflicts are true", checks::refusals_are_true},
    {"and were so while under way", checks::refusals_are_fresh},
    {"what was parked is not written", checks::parked_is_not_written},
    {"dead letters are complete", checks::dead_letters_complete},
    {"and so are their attempts", checks::attempts_are_true},
    {"the membership table is the last event", checks::membership_is_last_event},
    {"no e-mail address is in the log", checks::addresses_kept_out},
};
static_assert(std::size(all_checks) == std::size(checks::all), "a file of no check");

std::vector<door_figures> sum_up(postgres::session& db) {
    std::vector<door_figures> sums;
    const auto found = db.run(sql::demo::summary);
    for (std::size_t row = 0; row < found.size(); ++row)
        sums.push_back({.door = std::string(found.text(row, 0)),
                        .sent = found.number(row, 1),
                        .accepted = found.number(row, 2),
                        .replayed = found.number(row, 3),
                        .rejected = found.number(row, 4),
                        .conflicts = found.number(row, 5),
                        .dead_lettered = found.number(row, 6),
                        .retries = found.number(row, 7),
                        .per_second = found.number(row, 8),
                        .accepted_p50 = found.number(row, 9),
                        .accepted_p95 = found.number(row, 10),
                        .accepted_p99 = found.number(row, 11)});
    return sums;
}

} // namespace

bool examination::passed() const {
    return std::ranges::all_of(findings, [](const finding& f) { return f.differences == 0; });
}

bool has_caught_up(postgres::session& db) { return db.run(sql::demo::caught_up).flag(0, 0); }

examination examine(postgres::session& db, const std::vector<std::filesystem::path>& journals) {
    db.run_script(sql::demo::prepare);
    for (const auto& journal : journals)
        load_lines(db, journal, sql::demo::load_answers);
    db.run_script(sql::demo::trail);
    examination result{.sums = sum_up(db), .findings = {}};
    for (const auto& c : all_checks)
        result.findings.push_back(look(db, c));
    return result;
}

} // namespace datadrop::processor::trials::demo
