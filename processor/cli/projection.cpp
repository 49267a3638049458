#include "processor/cli/commands.hpp"
#include "processor/cli/interruption.hpp"
#include "processor/cli/projection_work.hpp"
#include "processor/cli/text_output.hpp"
#include "projections/dead_letter_json.hpp"
#include "projections/read_model.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <iostream>
#include <memory>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;

// ---- status

json::array rows_of(const std::vector<projections::rebuild_progress>& rebuilds) {
    json::array rows;
    for (const auto& r : rebuilds)
        rows.push_back(json::object{{"partition", number_of(r.partition)},
                                    {"done", r.done},
                                    {"of", r.of},
                                    {"started_at", projections::to_text(r.started_at)},
                                    {"by", r.by},
                                    {"phase", r.phase}});
    return rows;
}

json::value previous_of(const projections::projection_status& status) {
    if (status.previous.empty()) return nullptr;
    return {{"switched_at", projections::to_text(status.previous.front().switched_at)}};
}

void print_text(const json::object& shown, const projections::projection_status& now) {
    std::cout << field_lines(shown);
    for (const auto& r : now.rebuilds)
        std::cout << fmt::format("rebuild of partition {}: {}, {} of {} events, by {} since {}\n",
                                 number_of(r.partition), r.phase, r.done, r.of, r.by,
                                 projections::to_text(r.started_at));
    for (const auto& r : now.killed)
        std::cout << fmt::format("left behind by {}: partition {}, {} of {} events; `datadrop "
                                 "projection rebuild` goes on there, with --discard it is "
                                 "removed\n",
                                 r.by, number_of(r.partition), r.done, r.of);
    if (!now.previous.empty())
        std::cout << fmt::format("previous tables: kept since {}; `datadrop projection "
                                 "switch-back` puts them in service\n",
                                 projections::to_text(now.previous.front().switched_at));
}

exit_code status(const settings& told) {
    opened_projection at(told);
    projections::read_model model(at.db.settings(), at.partitions);
    const auto now = model.status();
    const json::object shown{
        {"position", now.position.text()},
        {"head", now.head.text()},
        {"lag_events", now.lag_events},
        {"lag_seconds", now.lag_seconds},
        {"rebuild", now.rebuilds.empty() ? json::value(nullptr) : rows_of(now.rebuilds)},
        {"left_behind", rows_of(now.killed)},
        {"previous", previous_of(now)}};
    if (told.format == output_format::json)
        std::cout << json::serialize(shown) << '\n';
    else
        print_text(shown, now);
    return exit_code::done;
}

// ---- verify

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
    opened_projection at(told);
    note_interruptions();
    const auto found = worked([&] {
        auto printer = stderr_progress("verify", sample ? "members" : "events");
        return sample ? projections::verify_sample(at.db, at.partitions, *sample,
                                                   reporting_to(printer))
                      : projections::verify(at.db, at.partitions, reporting_to(printer));
    });
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
    add_projection_rebuild(group, line);
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
