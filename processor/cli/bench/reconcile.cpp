#include "processor/cli/bench/reconcile.hpp"

#include "processor/cli/failures.hpp"
#include "processor/cli/text_output.hpp"
#include "processor/sql/bench.hpp"
#include "processor/sql/bench_checks.hpp"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iterator>

namespace datadrop::processor::cli::bench {
namespace {

namespace postgres = eventstore::postgres;
namespace checks = sql::bench_checks;

constexpr std::size_t lines_at_once = 10'000;

struct check {
    std::string_view what;
    std::string_view statement;
};

constexpr check all_checks[] = {
    {"what was accepted is written as told", checks::accepted_is_written},
    {"what is written was accepted, once", checks::written_was_accepted},
    {"what was not accepted is not written", checks::refused_is_not_written},
    {"versions run without a gap", checks::versions_without_gaps},
};
static_assert(std::size(all_checks) == std::size(checks::all), "a file of no check");

void load_answers(postgres::session& db, const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string line;
    for (bool more = true; more;) {
        postgres::array lines;
        for (std::size_t i = 0; i < lines_at_once && more; ++i) {
            more = static_cast<bool>(std::getline(in, line));
            if (more) lines.add(line);
        }
        db.run(sql::bench::load_answers, postgres::params{}.add_literal(std::move(lines).text()));
    }
    if (!in.eof()) throw refused("cannot read " + file.string());
}

finding look(postgres::session& db, const check& c) {
    const auto found = db.run(c.statement);
    return {.what = c.what,
            .looked_at = found.number(0, 0),
            .differences = found.number(0, 1),
            .first = std::string(found.text(0, 2))};
}

} // namespace

reconciliation::reconciliation(const std::string& database)
    : db_({.database = database, .statement_timeout = std::chrono::milliseconds(0)}) {
    db_.run_script(sql::bench::answers);
}

std::vector<finding> reconciliation::compare(written_by whom,
                                             const std::vector<std::filesystem::path>& answers) {
    for (const auto& file : answers)
        load_answers(db_, file);
    db_.run_script(whom == written_by::datadrop ? sql::bench::written_by_datadrop
                                                : sql::bench::written_by_guarded);
    db_.run_script(sql::bench::index_answers);
    std::vector<finding> findings;
    for (const auto& c : all_checks)
        findings.push_back(look(db_, c));
    return findings;
}

std::string differences_text(const std::vector<finding>& findings) {
    std::string text;
    for (const auto& f : findings)
        if (f.differences > 0)
            text += fmt::format("{}: {} of {} differ\n{}\n", f.what, grouped(f.differences),
                                grouped(f.looked_at), f.first);
    return text;
}

} // namespace datadrop::processor::cli::bench
