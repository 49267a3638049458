#include "tests/support/standby.hpp"

#include "eventstore/postgres/cluster/cluster_home.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "tests/support/wait.hpp"

#include <csignal>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace datadrop::test {
namespace fs = std::filesystem;
namespace pg = eventstore::postgres;
namespace {

/// Named as every cluster of a test is, so that one left behind is found and stopped.
fs::path folder_in(const temporary_folder& home) { return home.path() / "pg"; }

std::unique_ptr<pg::private_cluster> start(const fs::path& folder) {
    return std::make_unique<pg::private_cluster>(
        pg::private_cluster::options{.folder = folder,
                                     .settings = {{"fsync", "off"},
                                                  {"full_page_writes", "off"},
                                                  // What a standby missed while it was away is
                                                  // still there, and it comes back soon.
                                                  {"wal_keep_size", "1GB"},
                                                  {"wal_retrieve_retry_interval", "100ms"}}});
}

/// A home with the primary's data, which say whose standby it is.
void copy(const pg::private_cluster& primary, const fs::path& folder) {
    pg::make_home(folder);
    const pg::owner_lock ours(folder);
    const auto done = pg::run_as_server(
        {pg::installed_programs(0) / "pg_basebackup", "--pgdata=" + (folder / "data").string(),
         "--dbname=" + primary.database("postgres") + " application_name=standby",
         "--write-recovery-conf", "--checkpoint=fast", "--no-sync"});
    if (done.status != 0) throw std::runtime_error("pg_basebackup failed: " + done.output);
}

std::vector<int> children_of(int process) {
    const auto number = std::to_string(process);
    std::istringstream listed(pg::text_of("/proc/" + number + "/task/" + number + "/children"));
    std::vector<int> found;
    for (int child = 0; listed >> child;)
        found.push_back(child);
    return found;
}

/// The postmaster first: it starts no other then.
std::vector<int> freeze_server(int postmaster) {
    kill(postmaster, SIGSTOP);
    auto processes = children_of(postmaster);
    for (const int one : processes)
        kill(one, SIGSTOP);
    return processes;
}

void kill_processes(const std::vector<int>& all) {
    for (const int one : all)
        kill(one, SIGKILL);
    for (const int one : all)
        wait_for_end(one);
}

} // namespace

primary_and_standby::primary_and_standby(commits how)
    : how_(how), primary_(start(folder_in(primary_home_))) {
    copy(*primary_, folder_in(standby_home_));
    standby_ = start(folder_in(standby_home_));
    if (how_ == commits::synchronous) {
        pg::session db({.database = primary_->database("postgres")});
        db.run_script("ALTER SYSTEM SET synchronous_standby_names = '*'");
        db.run_script("SELECT pg_reload_conf()");
    }
    wait_for_standby();
}

std::string primary_and_standby::database(const std::string& name) const {
    return "host='" + (folder_in(primary_home_) / "run").string() + "," +
           (folder_in(standby_home_) / "run").string() + "' port=5432 user=datadrop dbname='" +
           name + "'";
}

std::string primary_and_standby::database_of_primary(const std::string& name) const {
    return primary_->database(name) + " target_session_attrs=any";
}

std::string primary_and_standby::database_of_standby(const std::string& name) const {
    return standby_->database(name) + " target_session_attrs=any";
}

void primary_and_standby::freeze_primary() { freeze_server(primary_->pid()); }
void primary_and_standby::kill_primary() {
    kill_server(primary_->pid());
    primary_lives_ = false;
}

void primary_and_standby::promote() {
    pg::session db({.database = database_of_standby("postgres")});
    if (!db.run("SELECT pg_promote(true, 60)").flag(0, 0))
        throw std::runtime_error("the standby was not promoted");
}

void primary_and_standby::stop_standby() { standby_->stop(); }

void primary_and_standby::start_standby() {
    standby_.reset(); // its folder has one owner
    standby_ = start(folder_in(standby_home_));
    if (primary_lives_) wait_for_standby();
}

void primary_and_standby::wait_for_standby() {
    pg::session db({.database = primary_->database("postgres")});
    const auto wanted =
        pg::params{}.add(std::string(how_ == commits::synchronous ? "sync" : "async"));
    wait_until(
        [&] {
            return db.run("SELECT FROM pg_stat_replication"
                          " WHERE state = 'streaming' AND sync_state = $1",
                          wanted)
                       .size() == 1;
        },
        "a standby");
}

void primary_and_standby::wait_until_standby_has_all() const {
    pg::session db({.database = primary_->database("postgres")});
    wait_until(
        [&] {
            return db.run("SELECT FROM pg_stat_replication"
                          " WHERE replay_lsn >= pg_current_wal_lsn()")
                       .size() == 1;
        },
        "a standby that has all");
}

/// The postmaster first: whoever loses a connection finds nobody to connect to again.
void kill_server(int postmaster) {
    const auto others = freeze_server(postmaster);
    kill_processes({postmaster});
    kill_processes(others);
}

} // namespace datadrop::test
