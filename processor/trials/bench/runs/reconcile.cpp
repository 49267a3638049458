#include "processor/trials/bench/runs/reconcile.hpp"

#include "processor/cli/text_output.hpp"
#include "processor/trials/sql/bench.hpp"
#include "processor/trials/sql/bench_checks.hpp"

#include <fmt/format.h>

#include <chrono>
#include <iterator>

namespace datadrop::processor::trials::bench {
namespace {

namespace postgres = eventstore::postgres;
namespace checks = sql::bench_checks;

constexpr check all_checks[] = {
    {"what was accepted is written as told", checks::accepted_is_written},
    {"what is written was accepted, once", checks::written_was_accepted},
    {"what was not accepted is not written", checks::refused_is_not_written},
    {"versions run without a gap", checks::versions_without_gaps},
};
static_assert(std::size(all_checks) == std::size(checks::all), "a file of no check");

} // namespace

reconciliation::reconciliation(const std::string& database)
    : db_({.database = database, .statement_timeout = std::chrono::milliseconds(0)}) {
    db_.run_script(sql::bench::answers);
}

std::vector<finding> reconciliation::compare(written_by whom,
                                             const std::vector<std::filesystem::path>& answers) {
    for (const auto& file : answers)
        load_lines(db_, file, sql::bench::load_answers);
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
            text += fmt::format("{}: {} of {} differ\n{}\n", f.what, cli::grouped(f.differences),
                                cli::grouped(f.looked_at), f.first);
    return text;
}

} // namespace datadrop::processor::trials::bench
