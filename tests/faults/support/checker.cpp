#include "tests/faults/support/checker.hpp"

#include "faults/sql/checks.hpp"
#include "faults/sql/statements.hpp"
#include "tests/e2e/support/process.hpp"
#include "tests/support/wait.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace datadrop::test {
namespace demo = processor::trials::demo;
namespace pg = eventstore::postgres;
namespace {

using std::chrono::microseconds;

constexpr processor::trials::check all_checks[] = {
    {"every command was settled", sql::checks::submissions_settled},
    {"every answer is an outcome", sql::checks::answers_well_formed},
    {"a key is written or parked, and once", sql::checks::fates_exclusive},
    {"what was told for good stays", sql::checks::acknowledged_stays},
    {"what operators were told is true", sql::checks::remediations_true},
};
static_assert(std::size(all_checks) == std::size(sql::checks::all), "a file of no check");

processor::trials::finding wait_until_caught_up(pg::session& db) {
    const bool there = eventually([&] { return demo::has_caught_up(db); });
    return {.what = "the read model catches up by itself",
            .looked_at = 1,
            .differences = there ? 0 : 1,
            .first = there ? "" : "it did not"};
}

processor::trials::finding verify_projection(const pg::session& db) {
    const auto done = run({"projection", "verify"},
                          {.variables = {{"DATADROP_DATABASE", db.settings().database}}});
    return {.what = "the read model is the fold of the log",
            .looked_at = 1,
            .differences = done.exit_code == 0 ? 0 : 1,
            .first = done.exit_code == 0 ? "" : done.out + done.err};
}

void add_figures(pg::session& db, check_result& to) {
    const auto found = db.run(sql::statements::figures);
    to.submissions = found.number(0, 0);
    to.sendings = found.number(0, 1);
    to.longest_silence = microseconds(found.number(0, 2));
    to.longest_settling = microseconds(found.number(0, 3));
    to.longest_unavailability = microseconds(found.number(0, 4));
    to.accepted_p50 = microseconds(found.number(0, 5));
    to.accepted_p99 = microseconds(found.number(0, 6));
    to.lost = found.number(0, 7);
    to.doubled = found.number(0, 8);
    const auto kinds = db.run(sql::statements::answers_by_kind);
    for (std::size_t row = 0; row < kinds.size(); ++row)
        to.answers.emplace(kinds.text(row, 0), kinds.number(row, 1));
}

std::string milliseconds_of(microseconds time) {
    return fmt::format("{} ms", std::chrono::round<std::chrono::milliseconds>(time).count());
}

} // namespace

bool check_result::passed() const {
    return std::ranges::all_of(findings, [](const auto& f) { return f.differences == 0; });
}

std::string check_result::differences() const {
    std::string text;
    for (const auto& f : findings)
        if (f.differences > 0)
            text += fmt::format("{}: {} of {}:\n{}\n", f.what, f.differences, f.looked_at, f.first);
    return text;
}

std::string check_result::summary() const {
    std::string kinds;
    for (const auto& [kind, count] : answers)
        kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", count, kind);
    return fmt::format("{} commands in {} sendings ({}); p50 {}, p99 {}; longest silence {}, "
                       "settling {}, unavailability {}; lost {}, doubled {}",
                       submissions, sendings, kinds, milliseconds_of(accepted_p50),
                       milliseconds_of(accepted_p99), milliseconds_of(longest_silence),
                       milliseconds_of(longest_settling), milliseconds_of(longest_unavailability),
                       lost, doubled);
}

check_result examine(pg::session& db, const journal& notes) {
    check_result found;
    found.findings.push_back(wait_until_caught_up(db));
    found.findings.push_back(verify_projection(db));
    db.run_script(sql::statements::prepare);
    processor::trials::load_lines(db, notes.sendings(), sql::statements::load_sendings);
    processor::trials::load_lines(db, notes.remediations(), sql::statements::load_remediations);
    db.run(sql::statements::note_abandoned);
    std::ranges::move(demo::examine(db, {notes.answers()}).findings,
                      std::back_inserter(found.findings));
    for (const auto& c : all_checks)
        found.findings.push_back(processor::trials::look(db, c));
    add_figures(db, found);
    return found;
}

} // namespace datadrop::test
