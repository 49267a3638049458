#include "processor/cli/interruption.hpp"
#include "processor/cli/projection_work.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <iostream>
#include <memory>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;

struct rebuild_arguments {
    projections::rebuild_options options;
    std::int64_t pace_ms = 0; // 0: none
    bool discard = false;
};

void print_json(const projections::rebuild_report& done) {
    std::cout << json::serialize(json::object{{"events", done.events},
                                              {"members", done.members},
                                              {"dead_letters", done.dead_letters},
                                              {"mended", done.mended},
                                              {"differences", in_json(done.differences)}})
              << '\n';
}

void print_text(const projections::rebuild_report& done, bool is_dry) {
    print_lines(done.differences);
    std::cout << fmt::format("{} {} members and {} dead letters from {} events; {} rows {}\n",
                             is_dry ? "folded" : "rebuilt", done.members, done.dead_letters,
                             done.events, done.mended,
                             is_dry ? "would be mended, and nothing was switched" : "were mended");
}

exit_code discard(const settings& told) {
    opened_projection at(told);
    worked([&] { projections::discard_leftovers(at.db, at.partitions); });
    if (told.format == output_format::text)
        std::cout << "what earlier rebuilds left behind is removed\n";
    else
        std::cout << json::serialize(json::object{{"discarded", true}}) << '\n';
    return exit_code::done;
}

exit_code rebuild(const settings& told, rebuild_arguments wanted) {
    if (wanted.discard) return discard(told);
    if (wanted.pace_ms > 0) wanted.options.pace = std::chrono::milliseconds(wanted.pace_ms);
    opened_projection at(told);
    note_interruptions();
    const auto done = worked([&] {
        auto printer = stderr_progress("rebuild", "events");
        return projections::rebuild(at.db, at.partitions, reporting_to(printer), wanted.options);
    });
    if (told.format == output_format::json)
        print_json(done);
    else
        print_text(done, wanted.options.dry_run);
    return exit_code::done;
}

exit_code switch_back(const settings& told) {
    opened_projection at(told);
    note_interruptions();
    worked([&] {
        auto printer = stderr_progress("switch-back", "events");
        projections::switch_back(at.db, at.partitions, reporting_to(printer));
    });
    if (told.format == output_format::text)
        std::cout << "the previous tables are in service again, with what happened since; those "
                     "that they replace are kept\n";
    else
        std::cout << json::serialize(json::object{{"switched_back", true}}) << '\n';
    return exit_code::done;
}

void add_switch_back(CLI::App& group, invocation& line) {
    add_command(group, line,
                {.name = "switch-back",
                 .what = "Put the tables that a rebuild with --keep-previous replaced back in "
                         "service, with what happened since.",
                 .example = "datadrop projection switch-back",
                 .more = "The tables that they replace are kept in their stead. Exit code 1 when "
                         "none were kept."},
                works_on::database, switch_back);
}

} // namespace

void add_projection_rebuild(CLI::App& group, invocation& line) {
    const auto wanted = std::make_shared<rebuild_arguments>();
    auto& command = add_command(
        group, line,
        {.name = "rebuild",
         .what = "Build the read model anew from the log, beside the one in service, and switch; "
                 "list each row that is mended, by column.",
         .example = "datadrop projection rebuild --pace 5",
         .more = "Ctrl-C leaves nothing behind. Where one was killed the next goes on; `datadrop "
                 "projection status` names what is left behind.\n"
                 "Exit code 1 when another one runs, when somebody keeps the tables in use for "
                 "60 s, or something hangs on them; who or what is named."},
        works_on::database, [wanted](const settings& told) { return rebuild(told, *wanted); });
    command.add_flag("--force", wanted->options.force,
                     "Even where the log has no event for the rows that it removes, or ends before "
                     "them");
    command.add_flag("--dry-run", wanted->options.dry_run,
                     "Only say what would be mended; nothing is switched");
    command
        .add_option("--pace", wanted->pace_ms,
                    "Work slower while an append waits longer than so many milliseconds for its "
                    "turn and its commit, which a probe measures")
        ->check(CLI::Range(1, 10'000))
        ->type_name("MS");
    command.add_flag("--keep-previous", wanted->options.keep_previous,
                     "Keep the tables that are replaced, for `projection switch-back`, until the "
                     "next rebuild");
    command.add_flag("--discard", wanted->discard,
                     "Remove what a killed rebuild and --keep-previous left behind, and do no "
                     "more");
    add_switch_back(group, line);
}

} // namespace datadrop::processor::cli
