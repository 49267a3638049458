#include "tests/support/dump.hpp"

#include "eventstore/postgres/cluster/cluster_home.hpp"
#include "tests/support/database.hpp"

#include <stdexcept>

namespace datadrop::test {
namespace pg = eventstore::postgres;
namespace {

void run(std::vector<std::string> arguments) {
    const auto done = pg::run_as_server(std::move(arguments));
    if (done.status != 0) throw std::runtime_error("no dump and restore: " + done.output);
}

/// A dump in a folder that the server's user may write to, and the tools that it is read with.
struct dump {
    explicit dump(const std::string& of) {
        pg::make_home(home);
        run({programs / "pg_dump", "--format=custom", "--file=" + file, "--dbname=" + of});
    }

    temporary_folder folder;
    std::filesystem::path home = folder.path() / "dump";
    std::string file = (home / "log.dump").string();
    std::filesystem::path programs = pg::installed_programs(0);
};

} // namespace

void restore_dump(const std::string& of, const std::string& into) {
    const dump made(of);
    run({made.programs / "pg_restore", "--exit-on-error", "--dbname=" + into, made.file});
}

void restore_data(const std::string& of, const std::string& into,
                  const std::vector<std::string>& how) {
    const dump made(of);
    std::vector<std::string> restore{made.programs / "pg_restore", "--data-only",
                                     "--dbname=" + into};
    restore.insert(restore.end(), how.begin(), how.end());
    restore.push_back(made.file);
    pg::run_as_server(std::move(restore));
}

} // namespace datadrop::test
