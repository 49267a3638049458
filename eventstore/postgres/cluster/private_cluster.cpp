#include "eventstore/postgres/cluster/private_cluster.hpp"

#include "eventstore/postgres/cluster/cluster_home.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "eventstore/sql/cluster.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

#include <pwd.h>
#include <unistd.h>

namespace datadrop::eventstore::postgres {
namespace fs = std::filesystem;
using std::chrono::steady_clock;

namespace {

constexpr auto start_time_max = std::chrono::seconds(60);
constexpr auto orphans_time_max = std::chrono::seconds(10);
constexpr auto orphans_time_max_of_restart = std::chrono::seconds(2); // its caller comes again
constexpr auto poll_interval = std::chrono::milliseconds(20);
constexpr auto launch_interval = std::chrono::milliseconds(100);

struct postmaster {
    int pid = 0;
    std::string status{}; // starting, ready, stopping
};

/// Whether the process is the postmaster of these data; its number may be another's by now.
bool serves(int pid, const fs::path& data) {
    // Between NULs, so that a folder whose name only begins with ours is another's.
    auto arguments = text_of("/proc/" + std::to_string(pid) + "/cmdline");
    return arguments.find('\0' + data.native() + '\0') != std::string::npos;
}

/// As postmaster.pid has it: the process id in the first line, its status in the eighth.
std::optional<postmaster> running_in(const fs::path& data) {
    std::istringstream lines(text_of(data / "postmaster.pid"));
    postmaster found;
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        if (number == 1) found.pid = std::atoi(line.c_str());
        if (number == 8) found.status = line.substr(0, line.find(' '));
    }
    if (found.pid <= 0 || !serves(found.pid, data)) return std::nullopt;
    return found;
}

/// PostgreSQL does not start while the process that its pid file names is alive, even when the
/// number has gone to somebody else, as it does when a machine or a container starts anew. The
/// other lines stay: with them it makes sure that no process of the last server is left.
void disown_recycled_pid(const fs::path& data) {
    const auto file = data / "postmaster.pid";
    const auto text = text_of(file);
    const int pid = std::atoi(text.c_str());
    if (pid <= 0 || kill(pid, 0) != 0) return;
    constexpr auto nobody = "2147483647"; // over the kernel's greatest
    write_file(file, nobody + text.substr(std::min(text.find('\n'), text.size())));
}

std::string connection_string(const fs::path& folder, const std::string& name) {
    return "host='" + (folder / "run").string() + "' port=5432 user=datadrop dbname='" + name + "'";
}

std::string end_of(const std::string& text) {
    constexpr std::size_t bytes_max = 2000;
    return text.size() <= bytes_max ? text : text.substr(text.size() - bytes_max);
}

} // namespace

struct private_cluster::impl {
    explicit impl(options o);

    void initialise();
    void configure();
    bool take_over();
    void launch();
    void start(steady_clock::duration orphans_time);
    void run_pg_ctl(std::vector<std::string> arguments, const std::string& what);

    options settings;
    fs::path folder;
    fs::path data;
    fs::path programs;
    std::optional<owner_lock> lock;
    bool running = false;
};

private_cluster::impl::impl(options o)
    : settings(std::move(o)), folder(fs::absolute(settings.folder).lexically_normal()) {
    if (!folder.has_filename()) folder = folder.parent_path(); // a path that ended in /
    data = folder / "data";
    require_usable_path(folder);
    // PG_VERSION is empty text, and so 0, until there are data.
    programs = installed_programs(std::atoi(text_of(data / "PG_VERSION").c_str()));
    make_home(folder);
    lock.emplace(folder);
}

/// Under another name first, so that one that was interrupted is never taken for a cluster.
void private_cluster::impl::initialise() {
    const auto fresh = folder / "data.new";
    fs::remove_all(fresh);
    const auto made =
        run_as_server({programs / "initdb", "--pgdata=" + fresh.string(), "--username=datadrop",
                       "--auth=peer", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"});
    if (made.status != 0)
        throw cluster_failure("PostgreSQL's initdb failed: " + end_of(made.output));
    fs::rename(fresh, data);
    sync_folder(folder);
}

/// Written at each start, so that a newer program brings its own settings and users.
void private_cluster::impl::configure() {
    const auto* self = getpwuid(geteuid());
    if (self == nullptr)
        throw cluster_failure("the user " + std::to_string(geteuid()) +
                              " has no name, and "
                              "PostgreSQL lets in whom it can name: add it to /etc/passwd");
    std::map<std::string, std::string> all{
        {"listen_addresses", ""},
        {"unix_socket_directories", folder / "run"},
        {"unix_socket_permissions", "0700"},
        {"max_connections", "200"},
        {"timezone", "UTC"},
        {"log_timezone", "UTC"},
        // A refused row's columns would stand in the details, and addresses stay out of logs.
        {"log_error_verbosity", "terse"},
    };
    for (const auto& [name, value] : settings.settings)
        all[name] = value;
    std::string text = "# Written by datadrop at each start; use ALTER SYSTEM for your own.\n";
    for (const auto& [name, value] : all)
        text += name + " = '" + value + "'\n";
    write_file(data / "postgresql.conf", text);
    write_file(data / "pg_hba.conf", "local all,replication all peer map=datadrop\n");
    write_file(data / "pg_ident.conf", "datadrop \"" + std::string(self->pw_name) +
                                           "\" datadrop\ndatadrop postgres datadrop\n");
}

void private_cluster::impl::run_pg_ctl(std::vector<std::string> arguments,
                                       const std::string& what) {
    std::vector<std::string> all{programs / "pg_ctl", "--pgdata=" + data.string(), "--wait",
                                 "--timeout=60", "--silent"};
    std::ranges::move(arguments, std::back_inserter(all));
    const auto done = run_as_server(std::move(all));
    if (done.status != 0)
        throw cluster_failure(what + ": " + done.output + end_of(text_of(folder / "log")));
}

/// Whether a server serves already. One that is starting or stopping gets there by itself, and
/// tells nobody but its pid file.
bool private_cluster::impl::take_over() {
    const auto deadline = steady_clock::now() + start_time_max;
    for (auto found = running_in(data); found; found = running_in(data)) {
        if (found->status == "ready") return true;
        if (steady_clock::now() > deadline)
            throw cluster_failure("the private PostgreSQL in " + folder.string() + ", process " +
                                  std::to_string(found->pid) + ", is still " + found->status);
        std::this_thread::sleep_for(poll_interval);
    }
    return false;
}

void private_cluster::impl::launch() {
    configure();
    disown_recycled_pid(data);
    // The socket's lock file counts in the same way. It guards nothing here: the folder is ours.
    fs::remove(folder / "run/.s.PGSQL.5432.lock");
    run_pg_ctl({"start", "--log=" + (folder / "log").string()},
               "the private PostgreSQL in " + folder.string() + " did not start");
}

/// Processes of a postmaster that was killed end on their own, but not at once, and until then no
/// other is let in.
void private_cluster::impl::start(steady_clock::duration orphans_time) {
    if (take_over()) return;
    const bool crashed = fs::exists(data / "postmaster.pid");
    const auto deadline = steady_clock::now() + orphans_time;
    while (true) {
        try {
            return launch();
        } catch (const cluster_failure&) {
            if (!crashed || steady_clock::now() > deadline) throw;
            std::this_thread::sleep_for(launch_interval);
        }
    }
}

private_cluster::private_cluster(options o) : impl_(std::make_unique<impl>(std::move(o))) {
    if (!fs::exists(impl_->data / "PG_VERSION")) impl_->initialise();
    impl_->start(orphans_time_max);
    impl_->running = true;
}

private_cluster::~private_cluster() {
    try {
        stop();
    } catch (const std::exception&) {
        // Nobody is left to tell; the next owner of the folder takes the server over.
    }
}

void private_cluster::stop() {
    // Tried once: a destructor that came after a failure would only wait as long again.
    if (!impl_->running) return;
    impl_->running = false;
    if (!running_in(impl_->data)) return;
    impl_->run_pg_ctl({"stop", "--mode=fast"},
                      "the private PostgreSQL in " + impl_->folder.string() + " did not stop");
}

bool private_cluster::runs() const { return running_in(impl_->data).has_value(); }

void private_cluster::restart() { impl_->start(orphans_time_max_of_restart); }

std::string private_cluster::database(const std::string& name) const {
    return connection_string(impl_->folder, name);
}

void private_cluster::create_database(const std::string& name) {
    // CREATE DATABASE takes neither parameters nor a transaction, so the server writes it for us.
    session server({.database = database("postgres")});
    const auto creation =
        server.run(sql::cluster::database_creation, params{}.add(std::string_view(name)));
    if (creation.size() == 1) server.run_script(creation.text());
}

int private_cluster::pid() const {
    const auto found = running_in(impl_->data);
    if (!found)
        throw cluster_failure("the private PostgreSQL in " + impl_->folder.string() +
                              " does not run any more");
    return found->pid;
}

std::string private_cluster::find(const fs::path& folder) {
    // For commands that only want to talk to it: the owner and its lock are another process's.
    const auto home = fs::absolute(folder).lexically_normal();
    if (!running_in(home / "data"))
        throw cluster_failure("no private PostgreSQL runs in " + home.string() +
                              ": start `datadrop serve`, or name a database with --database");
    return connection_string(home, "datadrop");
}

fs::path private_cluster::default_folder() {
    if (geteuid() == 0) return "/var/lib/datadrop";
    if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data == '/')
        return fs::path(data) / "datadrop";
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home != '/')
        throw cluster_failure("no home folder is known: name the data folder with --data-dir");
    return fs::path(home) / ".local/share/datadrop";
}

} // namespace datadrop::eventstore::postgres
