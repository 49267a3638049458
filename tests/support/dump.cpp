#include "tests/support/dump.hpp"

#include "eventstore/postgres/cluster_home.hpp"
#include "tests/support/database.hpp"

#include <stdexcept>

namespace datadrop::test {
namespace pg = eventstore::postgres;
namespace {

void run(std::vector<std::string> arguments) {
    const auto done = pg::run_as_server(std::move(arguments));
    if (done.status != 0) throw std::runtime_error("no dump and restore: " + done.output);
}

} // namespace

void restore_dump(const std::string& of, const std::string& into) {
    const temporary_folder folder;
    const auto home = folder.path() / "dump"; // where the server's user may write
    pg::make_home(home);
    const auto file = (home / "log.dump").string();
    const auto programs = pg::installed_programs(0);
    run({programs / "pg_dump", "--format=custom", "--file=" + file, "--dbname=" + of});
    run({programs / "pg_restore", "--exit-on-error", "--dbname=" + into, file});
}

} // namespace datadrop::test
