#include "eventstore/postgres/database.hpp"
#include "eventstore/postgres/whole_log.hpp"
#include "processor/cli/commands.hpp"
#include "processor/cli/database_access.hpp"
#include "projections/agreement.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>
#include <memory>

namespace datadrop::processor::cli {
namespace {

namespace postgres = eventstore::postgres;

exit_code migrate(const settings& told, const postgres::migration_options& wanted) {
    postgres::session db(session_options(told));
    const auto applied = postgres::migrate(db, wanted);
    postgres::require_whole_log(db);
    if (const auto what = projections::disagreement_with_log(db)) throw refused(*what);
    const auto partitions = postgres::partition_count(db);
    if (told.format == output_format::json) {
        std::cout << boost::json::serialize(boost::json::object{
                         {"applied", boost::json::array(applied.begin(), applied.end())},
                         {"partitions", partitions}})
                  << '\n';
        return exit_code::done;
    }
    for (const auto& name : applied)
        std::cout << "applied " << name << '\n';
    std::cout << "the schema is current; partitions: " << partitions << '\n';
    return exit_code::done;
}

} // namespace

void add_migrate(CLI::App& program, invocation& line) {
    const auto wanted = std::make_shared<postgres::migration_options>();
    auto& command = add_command(
        program, line,
        {.name = "migrate",
         .what = "Bring a database's schema up to date; a second run changes nothing.",
         .example = "datadrop migrate --database postgresql://owner@db.example.org/datadrop",
         .more = "The number of partitions is chosen when the database is made, and stays."},
        works_on::database, [wanted](const settings& told) { return migrate(told, *wanted); });
    command.add_option("--partitions", wanted->partitions, "Of a new database, 1 to 64 (1)")
        ->check(CLI::Range(1, 64));
    command.add_option("--app-role", wanted->app_role,
                       "Existing role that is granted what `serve` needs, and no more");
}

} // namespace datadrop::processor::cli
