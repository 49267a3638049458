#include "tests/support/pgbouncer.hpp"

#include "eventstore/postgres/cluster/cluster_home.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "tests/support/wait.hpp"

#include <csignal>
#include <fstream>
#include <stdexcept>
#include <utility>

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace datadrop::test {
namespace fs = std::filesystem;
namespace pg = eventstore::postgres;
namespace {

/// Of the text `name=value` or `name='value'` in a connection string.
std::string value_of(const std::string& url, const std::string& name) {
    const auto begin = url.find(name + "='") + name.size() + 2;
    return url.substr(begin, url.find('\'', begin) - begin);
}

/// It refuses to be root, and PostgreSQL lets its own user in.
void become_server_user() {
    if (geteuid() != 0) return;
    const auto* server = getpwnam("postgres");
    if (server == nullptr || initgroups("postgres", server->pw_gid) != 0 ||
        setgid(server->pw_gid) != 0 || setuid(server->pw_uid) != 0)
        _exit(126);
}

pid_t start(const fs::path& configuration) {
    const auto file = configuration.string();
    const auto child = fork();
    if (child < 0) throw std::runtime_error("no process can be started");
    if (child > 0) return child;
    become_server_user();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execl(pgbouncer_program, "pgbouncer", "-q", file.c_str(), nullptr);
    _exit(127);
}

/// Its socket is there a moment before it listens.
bool listens_at(const fs::path& path) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    path.native().copy(address.sun_path, sizeof address.sun_path - 1);
    const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool listens =
        connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(probe);
    return listens;
}

} // namespace

pgbouncer::pgbouncer(const scratch_database& database, options o) {
    const auto home = folder_.path() / "pool";
    pg::make_home(home);
    const auto configuration = folder_.path() / "pgbouncer.ini";
    const auto log = (home / "run" / "log").string();
    std::ofstream(configuration)
        << "[databases]\n* = host=" << value_of(database.url(), "host")
        << " port=5432 user=datadrop\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\n"
        << "unix_socket_dir = " << (home / "run").string() << "\nauth_type = any\nlogfile = " << log
        << "\npool_mode = " << o.pool_mode << "\n"
        << o.more;
    fs::permissions(configuration, fs::perms{0644});
    url_ = "host='" + (home / "run").string() + "' port=6432 user=datadrop dbname='" +
           value_of(database.url(), "dbname") + "'";
    process_ = start(configuration);
    try {
        wait_until([&] { return listens_at(home / "run" / ".s.PGSQL.6432"); }, "PgBouncer");
    } catch (const std::runtime_error& e) {
        throw std::runtime_error(std::string(e.what()) + ": " + pg::text_of(log));
    }
}

pgbouncer::~pgbouncer() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
}

} // namespace datadrop::test
