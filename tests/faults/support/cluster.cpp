#include "tests/faults/support/cluster.hpp"

#include "eventstore/postgres/driver/session.hpp"
#include "tests/support/wait.hpp"

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace datadrop::test {
namespace pg = eventstore::postgres;
namespace {

constexpr auto recovery_time_max = std::chrono::seconds(5);

void send(int pid, int signal) {
    if (::kill(pid, signal) != 0 && errno != ESRCH)
        throw std::system_error(errno, std::generic_category(), "kill");
}

} // namespace

cluster::cluster(const std::filesystem::path& folder, settings more)
    : folder_(folder), settings_(std::move(more)) {
    start();
}

std::string cluster::make_database(const std::string& name) {
    server_->create_database(name);
    return server_->database(name);
}

void cluster::kill_backend(int pid) { send(pid, SIGKILL); }

void cluster::kill_postmaster() { end_postmaster(SIGKILL); }

void cluster::stop(shutdown how) { end_postmaster(how == shutdown::fast ? SIGINT : SIGQUIT); }

void cluster::end_postmaster(int signal) {
    const auto pid = server_->pid();
    send(pid, signal);
    wait_for_end(pid);
}

void cluster::start() {
    server_.reset(); // the folder has one owner at a time
    server_ = std::make_unique<pg::private_cluster>(
        pg::private_cluster::options{.folder = folder_, .settings = settings_});
}

void cluster::drop_database(const std::string& name) {
    pg::session({.database = server_->database("postgres")})
        .run_script("DROP DATABASE " + name + " WITH (FORCE)");
}

bool cluster::answers() const {
    try {
        return pg::session({.database = server_->database("postgres")}).run("SELECT 1").size() == 1;
    } catch (const std::exception&) {
        return false;
    }
}

void cluster::start_if_it_ended() {
    if (!eventually([this] { return answers(); }, recovery_time_max)) start();
}

void cluster::wait_until_it_answers() const {
    wait_until([this] { return answers(); }, "an answer of PostgreSQL");
}

} // namespace datadrop::test
