#include "tests/support/database.hpp"

#include "eventstore/postgres/cluster/private_cluster.hpp"
#include "eventstore/postgres/database.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

namespace datadrop::test {
namespace fs = std::filesystem;
namespace pg = eventstore::postgres;
namespace {

bool keeps() { return std::getenv("DATADROP_KEEP") != nullptr; }

constexpr auto lock_name = ".in-use";

/// Stops the servers that killed test processes left behind.
void stop_orphans() {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(fs::temp_directory_path(), none)) {
        const auto& folder = entry.path();
        if (!folder.filename().native().starts_with("datadrop-test.")) continue;
        if (!fs::exists(folder / "pg/data/postmaster.pid", none)) continue;
        const int lock = open((folder / lock_name).c_str(), O_RDWR | O_CLOEXEC);
        if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0) {
            try {
                pg::private_cluster({.folder = folder / "pg"}).stop();
            } catch (const pg::cluster_failure&) {
                // It does not run, and with its folder it never will.
            }
            fs::remove_all(folder, none);
        }
        if (lock >= 0) close(lock);
    }
}

struct test_cluster {
    test_cluster()
        : server({.folder = folder.path() / "pg",
                  .settings = {{"fsync", "off"},
                               {"full_page_writes", "off"},
                               {"synchronous_commit", "off"}}}) {}

    temporary_folder folder;
    pg::private_cluster server;
};

pg::private_cluster& the_server() {
    static test_cluster cluster;
    return cluster.server;
}

pg::session administrator() { return pg::session({.database = the_server().database("postgres")}); }

} // namespace

temporary_folder::temporary_folder() {
    auto name = (fs::temp_directory_path() / "datadrop-test.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), name);
    path_ = name;
    fs::permissions(path_, fs::perms{0711});
    lock_ = open((path_ / lock_name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ < 0 || flock(lock_, LOCK_EX) != 0)
        throw std::system_error(errno, std::generic_category(), name);
}

temporary_folder::~temporary_folder() {
    std::error_code none;
    if (keeps())
        std::fprintf(stderr, "kept: %s\n", path_.c_str());
    else
        fs::remove_all(path_, none);
    close(lock_);
}

scratch_database::scratch_database(options o) : options_(o) {
    static int last_number = 0;
    if (last_number == 0) stop_orphans();
    name_ = "test_" + std::to_string(++last_number);
    auto& server = the_server();
    url_ = server.database(name_);
    if (options_.copy_of != nullptr) {
        const auto& original = *options_.copy_of;
        original.take_away(); // so that nothing changes meanwhile
        administrator().run_script("CREATE DATABASE " + name_ + " TEMPLATE " + original.name_);
        original.give_back();
        return;
    }
    server.create_database(name_);
    if (!options_.partitions) return;
    auto db = connect();
    pg::migrate(db, {.partitions = options_.partitions});
}

scratch_database::~scratch_database() {
    if (keeps()) return;
    try {
        auto server = administrator();
        server.run_script("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s stays: %s\n", name_.c_str(), e.what());
    }
}

pg::session scratch_database::connect() const { return pg::session({.database = url_}); }

std::unique_ptr<eventstore::log> scratch_database::open_log() const {
    return pg::open_log({.database = url_}, options_.partitions.value_or(1));
}

void scratch_database::take_away() const {
    auto server = administrator();
    server.run_script("ALTER DATABASE " + name_ + " ALLOW_CONNECTIONS false");
    server.run("SELECT pg_terminate_backend(a.pid, 5000) FROM pg_stat_activity AS a"
               " WHERE a.datname = $1",
               pg::params{}.add(name_));
}

void scratch_database::give_back() const {
    administrator().run_script("ALTER DATABASE " + name_ + " ALLOW_CONNECTIONS true");
}

void scratch_database::replace_with(const scratch_database& other) const {
    other.take_away(); // so that it can be renamed
    auto server = administrator();
    server.run_script("DROP DATABASE " + name_ + " WITH (FORCE)");
    server.run_script("ALTER DATABASE " + other.name_ + " RENAME TO " + name_);
    give_back();
}

} // namespace datadrop::test
