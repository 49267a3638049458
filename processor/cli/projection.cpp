#include "eventstore/postgres/database.hpp"
#include "processor/cli/commands.hpp"
#include "processor/cli/database_access.hpp"
#include "processor/cli/progress.hpp"
#include "processor/cli/text_output.hpp"
#include "projections/dead_letter_json.hpp"
#include "projections/read_model.hpp"
#include "projections/rebuild.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <iostream>
#include <memory>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;
namespace postgres = eventstore::postgres;

/// The database with a current schema, and how many partitions it has.
struct opened {
    explicit opened(const settings& told) : db(session_options(told)) {
        postgres::require_current_schema(db);
        partitions = postgres::partition_count(db);
    }
    postgres::session db;
    int partitions = 0;
};

// ---- status

json::value rebuilds_of(const projections::projection_status& status) {
    if (status.rebuilds.empty()) return nullptr;
    json::array rows;
    for (const auto& r : status.rebuilds)
        rows.push_back(json::object{{"partition", number_of(r.partition)},
                                    {"done", r.done},
                                    {"of", r.of},
                                    {"started_at", projections::to_text(r.started_at)}});
    return rows;
}

exit_code status(const settings& told) {
    opened at(told);
    projections::read_model model(at.db.settings(), at.partitions);
    const auto now = model.status();
    const json::object shown{{"position", now.position.text()},
                             {"head", now.head.text()},
                             {"lag_events", now.lag_events},
                             {"lag_seconds", now.lag_seconds},
                             {"rebuild", rebuilds_of(now)}};
    if (told.format == output_format::json) {
        std::cout << json::serialize(shown) << '\n';
        return exit_code::done;
    }
    std::cout << field_lines(shown);
    for (const auto& r : now.rebuilds)
        std::cout << fmt::format("rebuild of partition {}: {} of {} events, since {}\n",
                                 number_of(r.partition), r.done, r.of,
                                 projections::to_text(r.started_at));
    return exit_code::done;
}

// ---- rebuild and verify

/// Partitions are worked on one behind the other, each from its own beginning.
projections::report_progress reporting_to(progress_printer& printer) {
    return [&printer](const projections::progress& p) { printer.report(p.done, p.of); };
}

/// "membership, guild 1 user 2: state is Kicked, should be Verified (since the event at 17)".
void print_lines(const std::vector<projections::difference>& differences) {
    for (const auto& d : differences) {
        const auto first = first_event_of(d);
        std::cout << d.table << ", " << d.row << ": " << what_differs(d)
                  << (first ? fmt::format(" (since the event at {})", number_of(*first)) : "")
                  << '\n';
    }
}

json::array in_json(const std::vector<projections::difference>& differences) {
    json::array all;
    for (const auto& d : differences)
        for (auto& row : to_json(d))
            all.push_back(std::move(row));
    return all;
}

exit_code rebuild(const settings& told, const projections::rebuild_options& wanted) {
    opened at(told);
    const auto done = [&] {
        auto printer = stderr_progress("rebuild", "events");
        try {
            return projections::rebuild(at.db, at.partitions, reporting_to(printer), wanted);
        } catch (const projections::rebuild_refused& e) {
            throw refused(e.what());
        }
    }();
    if (told.format == output_format::json)
        std::cout << json::serialize(json::object{{"events", done.events},
                                                  {"members", done.members},
                                                  {"dead_letters", done.dead_letters},
                                                  {"mended", done.mended},
                                                  {"differences", in_json(done.differences)}})
                  << '\n';
    else {
        print_lines(done.differences);
        std::cout << fmt::format("rebuilt {} members and {} dead letters from {} events; {} rows "
                                 "were mended\n",
                                 done.members, done.dead_letters, done.events, done.mended);
    }
    return exit_code::done;
}

void print_text(const projections::verify_report& found, bool is_sample) {
    print_lines(found.differences);
    const auto looked_at = is_sample ? fmt::format("{} members at random", found.members)
                                     : fmt::format("{} members and {} dead letters", found.members,
                                                   found.dead_letters);
    std::cout << fmt::format(
        "{} against {} events: {}\n", looked_at, found.events,
        found.differences.empty()
            ? "no difference"
            : fmt::format("{} rows differ; `datadrop projection rebuild` mends "
                          "them",
                          found.differences.size()));
}

void print_json(const projections::verify_report& found) {
    std::cout << json::serialize(json::object{{"events", found.events},
                                              {"members", found.members},
                                              {"dead_letters", found.dead_letters},
                                              {"differences", in_json(found.differences)}})
              << '\n';
}

exit_code verify(const settings& told, std::optional<std::int64_t> sample) {
    opened at(told);
    const auto found = [&] {
        auto printer = stderr_progress("verify", sample ? "members" : "events");
        return sample ? projections::verify_sample(at.db, at.partitions, *sample,
                                                   reporting_to(printer))
                      : projections::verify(at.db, at.partitions, reporting_to(printer));
    }();
    if (told.format == output_format::json)
        print_json(found);
    else
        print_text(found, sample.has_value());
    return found.differences.empty() ? exit_code::done : exit_code::refused;
}

} // namespace

void add_projection(CLI::App& program, invocation& line) {
    auto& group = add_group(program, "projection",
                            "The read model: where it stands, whether it is right, mend it. Works "
                            "beside running servers.");
    add_command(group, line,
                {.name = "status",
                 .what = "Print how far the read model is behind the log.",
                 .example = "datadrop projection status --format json"},
                works_on::database, status);
    const auto wanted = std::make_shared<projections::rebuild_options>();
    auto& rebuilds = add_command(
        group, line,
        {.name = "rebuild",
         .what = "Build the read model anew from the log, beside the one in service, and switch.",
         .example = "datadrop projection rebuild",
         .more =
             "Exit code 1 when somebody keeps the tables in use for 30 s, or something hangs on "
             "them; who or what is named."},
        works_on::database, [wanted](const settings& told) { return rebuild(told, *wanted); });
    rebuilds.add_flag(
        "--force", wanted->force,
        "Even where the log has no event for the rows that it removes, or ends before "
        "them");
    const auto sample = std::make_shared<std::optional<std::int64_t>>();
    auto& verifies = add_command(
        group, line,
        {.name = "verify",
         .what = "Fold the log afresh and list each row of the read model that differs, by column, "
                 "with the first event that it misses.",
         .example = "datadrop projection verify --sample 1000",
         .more = "Exit code 1 when any row differs."},
        works_on::database, [sample](const settings& told) { return verify(told, *sample); });
    verifies
        .add_option("--sample", *sample,
                    "Only so many members at random, each folded from its own events: cheap on a "
                    "long log")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}))
        ->type_name("N");
}

} // namespace datadrop::processor::cli
