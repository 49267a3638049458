#include "eventstore/membership_codec.hpp"
#include "eventstore/postgres/database.hpp"
#include "eventstore/postgres/doctor/checks.hpp"
#include "eventstore/postgres/doctor/log_checks.hpp"
#include "eventstore/postgres/doctor/read_facts.hpp"
#include "eventstore/postgres/driver/conninfo.hpp"
#include "eventstore/postgres/driver/pooler.hpp"
#include "processor/cli/commands.hpp"
#include "processor/cli/database_access.hpp"
#include "processor/cli/doctor_report.hpp"
#include "processor/cli/end_memory.hpp"
#include "projections/agreement.hpp"
#include "projections/rebuild.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <initializer_list>
#include <iostream>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace datadrop::processor::cli {
namespace {

namespace postgres = eventstore::postgres;
namespace doctor = postgres::doctor;
using doctor::finding;
using doctor::findings;
using doctor::severity;

/// A look is not to hang behind somebody's lock.
constexpr std::chrono::minutes statement_time_max{1};

struct doctor_arguments {
    std::int64_t sample = 200;
    std::vector<std::string> accepted;
    std::string memory; // empty: the usual file
};

findings behind_a_pooler(const postgres::sessions_not_ours& e) {
    return {{.check = "pooler",
             .how_bad = severity::error,
             .what = e.what(),
             .why = "a server does not start behind it, and nothing else can be looked at",
             .remedy = {"connect to PostgreSQL directly, or set pool_mode = session for this "
                        "database in pgbouncer.ini"}}};
}

finding not_looked_at(std::string_view check) {
    return {.check = std::string(check),
            .how_bad = severity::note,
            .what = "was not looked at",
            .why = "what is told above comes first"};
}

// ---- the read model

finding of_read_model(std::string what, std::string remedy) {
    return {.how_bad = severity::error,
            .what = std::move(what),
            .why = "readers are shown what did not happen; commands are judged by the log alone",
            .remedy = {std::move(remedy)}};
}

findings examine_read_model(postgres::session& db, int partitions, std::int64_t sample) try {
    constexpr std::size_t rows_max = 5;
    if (const auto what = projections::disagreement_with_log(db))
        return {of_read_model(*what, "datadrop projection rebuild --force")};
    const auto found = projections::verify_sample(db, partitions, sample, [](const auto&) {});
    if (found.differences.empty())
        return {
            doctor::well(fmt::format("{} members at random are as the log says", found.members))};
    findings said;
    for (const auto& d : found.differences)
        if (said.size() < rows_max)
            said.push_back(of_read_model(
                fmt::format("{}, {}: {}", d.table, d.row, projections::what_differs(d)),
                "datadrop projection rebuild"));
    return said;
} catch (const eventstore::corrupt_event& e) {
    return {of_read_model(e.what(), "restore the database from a backup of before")};
}

// ---- where the log ended

finding forgetful(std::string what) {
    return {.how_bad = severity::note,
            .what = std::move(what),
            .why = "the next look cannot tell whether the log was set back meanwhile",
            .remedy = {"name a file with --memory FILE"}};
}

findings examine_end(eventstore::log& log, const std::filesystem::path& file) try {
    const end_memory memory(file);
    findings said{doctor::well("is looked at for the first time")};
    if (const auto seen = memory.recall())
        said = doctor::examine_end(log, {.cursor = *seen, .memory = memory.how_to_forget()});
    // What was lost is told until somebody says that it is known.
    if (said.front().how_bad == severity::ok) memory.keep(eventstore::proven_tails(log).text());
    return said;
} catch (const unkept& e) {
    return {forgetful(e.what())};
}

findings examine_end(const postgres::session::options& o, postgres::session& db, int partitions,
                     const std::string& file) {
    const auto usual = end_memory::usual_file(doctor::log_name(db));
    if (file.empty() && !usual)
        return {forgetful("there is no home folder to keep the log's end in")};
    const auto log = postgres::open_log(o, partitions);
    return examine_end(*log, file.empty() ? *usual : std::filesystem::path(file));
}

// ---- all of it

class examination {
  public:
    examination(postgres::session::options o, const doctor_arguments& asked,
                std::int64_t connections)
        : options_(std::move(o)), asked_(asked), connections_(connections) {}

    doctor_report run() {
        if (look_for_pooler()) {
            postgres::session db(options_);
            look_at_server(db);
            look_at_log(db);
        }
        report_.accept(asked_.accepted);
        return report_;
    }

  private:
    /// Whether all is well enough to look further.
    bool add(std::string_view check, findings said) {
        bool well = true;
        for (auto& one : doctor::named(check, std::move(said))) {
            well = well && one.how_bad != severity::error;
            report_.all.push_back(std::move(one));
        }
        return well;
    }

    bool look_for_pooler() try {
        find_server();
        return add("pooler", {doctor::well("none that swaps sessions")});
    } catch (const postgres::sessions_not_ours& e) {
        return add("pooler", behind_a_pooler(e));
    }

    /// Why the one that is there takes no writes is what is asked for then.
    void find_server() try {
        postgres::require_own_sessions(options_);
    } catch (const postgres::takes_no_writes&) {
        options_.database = postgres::taking_any_server(options_.database);
        postgres::require_own_sessions(options_);
    }

    void look_at_server(postgres::session& db) {
        const auto facts = doctor::read_facts(db);
        report_.database = facts.database;
        report_.role = facts.role;
        report_.server_version = facts.version_text;
        for (auto& one : doctor::judge(facts, {.connections_needed = connections_}))
            report_.all.push_back(std::move(one));
    }

    void look_at_log(postgres::session& db) {
        if (!add("schema", doctor::examine_schema(db, report_.role)) ||
            !add("rights", doctor::examine_rights(db, report_.role)) ||
            !add("log", doctor::examine_log(db)))
            return leave_out({"end", "read-model"});
        const auto partitions = postgres::partition_count(db);
        add("end", examine_end(options_, db, partitions, asked_.memory));
        add("read-model", examine_read_model(db, partitions, asked_.sample));
    }

    void leave_out(std::initializer_list<std::string_view> checks) {
        for (const auto check : checks)
            report_.all.push_back(not_looked_at(check));
    }

    postgres::session::options options_;
    const doctor_arguments& asked_;
    const std::int64_t connections_;
    doctor_report report_{};
};

/// Those that are the server's, and those of this file.
std::vector<std::string_view> check_names() {
    std::vector<std::string_view> names{"pooler", "schema", "rights", "log", "end", "read-model"};
    for (const auto& one : doctor::checks())
        names.push_back(one.name);
    return names;
}

exit_code examine(const settings& told, const doctor_arguments& asked) {
    const auto report =
        examination({.database = database_of(told), .statement_timeout = statement_time_max}, asked,
                    told.service.connections())
            .run();
    if (told.format == output_format::json)
        std::cout << boost::json::serialize(to_json(report)) << '\n';
    else
        std::cout << to_text(report);
    return report.worst() > severity::note ? exit_code::refused : exit_code::done;
}

} // namespace

void add_doctor(CLI::App& program, invocation& line) {
    static const auto names = check_names();
    const auto asked = std::make_shared<doctor_arguments>();
    auto& command = add_command(
        program, line,
        {.name = "doctor",
         .what =
             "Look at the database and its machine before trouble does, and say what mends what "
             "is found.",
         .example = "datadrop doctor --database postgresql://app@db.example.org/datadrop",
         .more = "Exit code 1 when anything is a warning or an error. It changes nothing but the "
                 "file in which it keeps where the log ended.\n"
                 "Run it as the role that serves; with pg_monitor it sees more, and needs no more "
                 "than to connect."},
        works_on::database, [asked](const settings& told) { return examine(told, *asked); });
    command
        .add_option("--sample", asked->sample,
                    "Compare so many members of the read model with the log (200)")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}))
        ->type_name("N");
    command
        .add_option("--accept", asked->accepted,
                    "What this check finds is a note at most; may be repeated")
        ->check(one_of(names))
        ->allow_extra_args(false)
        ->type_name("CHECK");
    command
        .add_option("--memory", asked->memory,
                    "Where the log's end is kept for the next look "
                    "(~/.local/state/datadrop/ends/NAME)")
        ->type_name("FILE");
}

} // namespace datadrop::processor::cli
