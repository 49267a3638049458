#include "processor/cli/program.hpp"

#include "eventstore/log.hpp"
#include "eventstore/postgres/cluster/private_cluster.hpp"
#include "eventstore/postgres/database.hpp"
#include "eventstore/postgres/driver/pooler.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "processor/cli/logging.hpp"
#include "processor/cli/words.hpp"

#include <cstdlib>
#include <iostream>

#include <fcntl.h>
#include <unistd.h>

namespace datadrop::processor::cli {
namespace {

exit_code failed(exit_code code, const std::string& what) {
    print_failure(what);
    return code;
}

exit_code run(const invocation& line) {
    auto all = line.flags;
    all.merge(from_environment([](const char* name) { return std::getenv(name); }));
    if (!line.config_file.empty()) all.merge(from_file(line.config_file));
    const auto told = resolve(all);
    set_up_logging(told.log_level, told.log_format);
    const auto code = line.chosen(told);
    if (!std::cout.flush())
        throw refused("the command ran to its end, but its output could not be written");
    return code;
}

/// The one place where a failure becomes an exit code.
exit_code run_guarded(const invocation& line) {
    namespace postgres = eventstore::postgres;
    try {
        return run(line);
    } catch (const usage_error& e) {
        return failed(exit_code::usage, e.what());
    } catch (const unreachable& e) {
        return failed(exit_code::unreachable, e.what());
    } catch (const postgres::connection_lost& e) {
        return failed(exit_code::unreachable, e.what());
    } catch (const eventstore::unavailable& e) {
        return failed(exit_code::unreachable, e.what());
    } catch (const refused& e) {
        return failed(exit_code::refused, e.what());
    } catch (const postgres::schema_failure& e) {
        return failed(exit_code::refused, e.what());
    } catch (const postgres::sessions_not_ours& e) {
        return failed(exit_code::refused, e.what());
    } catch (const postgres::cluster_failure& e) {
        return failed(exit_code::refused, e.what());
    } catch (const postgres::statement_refused& e) {
        return failed(exit_code::refused, std::string("the database refused: ") + e.what());
    } catch (const std::exception& e) {
        return failed(exit_code::refused, std::string("unexpected failure: ") + e.what());
    }
}

/// A stream that the caller closed leaves its number to the next file that is opened, such as the
/// connection to the database, and what is printed would go there. Its place is taken by one that
/// cannot be written to, so that the failure is noticed.
void keep_standard_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(stream, F_GETFD) < 0) static_cast<void>(::open("/dev/null", O_RDONLY));
}

} // namespace

int run_program(int argc, char** argv, std::initializer_list<add_to_program*> commands) {
    keep_standard_streams();
    CLI::App program("datadrop: guarded commands for the lifecycle of a guild's members, on "
                     "PostgreSQL.",
                     "datadrop");
    program.require_subcommand(1);
    program.set_version_flag("--version", "datadrop " DATADROP_VERSION);
    program.footer("`datadrop serve` starts a server with a PostgreSQL of its own;\n"
                   "`datadrop token create` makes a credential for it;\n"
                   "`datadrop help COMMAND` says what a command does, with an example.\n"
                   "Exit codes: 0 done, 1 refused or a difference found, 2 usage, 3 the database "
                   "or the server cannot be reached.");
    invocation line;
    for (auto* const add : commands)
        add(program, line);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) return program.exit(e);
        const auto unknown = unknown_word(program, {argv + 1, argv + argc});
        return static_cast<int>(
            failed(exit_code::usage, (unknown.empty() ? std::string(e.what()) : unknown) +
                                         "\nRun `datadrop help`, or `datadrop help COMMAND`."));
    }
    return static_cast<int>(run_guarded(line));
}

} // namespace datadrop::processor::cli
