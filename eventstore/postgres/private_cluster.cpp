// FOLDER/owner.lock   flock of the one owner; holds its process id
// FOLDER/data         PGDATA; FOLDER/data.new while initdb is at work
// FOLDER/run          the socket
// FOLDER/log          what the server says
#include "eventstore/postgres/private_cluster.hpp"

#include "eventstore/postgres/installation.hpp"
#include "eventstore/postgres/session.hpp"
#include "eventstore/postgres/subprocess.hpp"
#include "eventstore/sql/statements.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace datadrop::eventstore::postgres {
namespace fs = std::filesystem;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t socket_path_bytes_max = 107; // sockaddr_un's, less the final NUL
constexpr auto start_time_max = std::chrono::seconds(60);
constexpr auto orphans_time_max = std::chrono::seconds(10);
constexpr auto poll_interval = std::chrono::milliseconds(20);
constexpr std::string_view server_user = "postgres"; // whom Debian's package makes for the server

bool as_root() { return geteuid() == 0; }

std::string system_error_text() { return std::generic_category().message(errno); }

tool_result run_as_server(std::vector<std::string> arguments) {
    tool_command command{.arguments = std::move(arguments)};
    if (as_root()) command.user = std::string(server_user);
    return run_tool(command);
}

std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// ---- Folders and files

/// Configuration files, pg_ctl's command line and connection strings all hold the path, each with
/// quoting rules of its own; what any of them would misread is refused.
void require_usable_path(const fs::path& folder) {
    const auto& text = folder.native();
    if (text.find_first_of("\"'\\$`,\n\r\t") != std::string::npos)
        throw cluster_failure("the folder " + text +
                              " cannot hold the private PostgreSQL: its "
                              "path has a quote, comma, $, \\ or control character");
    const auto socket = (folder / "run/.s.PGSQL.5432").native();
    if (socket.size() > socket_path_bytes_max)
        throw cluster_failure("the folder " + text +
                              " cannot hold the private PostgreSQL: the "
                              "path of its socket would have " +
                              std::to_string(socket.size()) + " bytes, of " +
                              std::to_string(socket_path_bytes_max) +
                              " possible; name a shorter one");
}

void give_to_server_user(const fs::path& folder) {
    if (!as_root()) return;
    const auto* user = getpwnam(std::string(server_user).c_str());
    if (user == nullptr)
        throw cluster_failure("there is no user postgres for the private PostgreSQL to run as: "
                              "apt-get install postgresql");
    if (chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0)
        throw cluster_failure("cannot give " + folder.string() +
                              " to the user postgres: " + system_error_text());
}

void make_private_folder(const fs::path& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (!failed) fs::permissions(folder, fs::perms::owner_all, failed);
    if (failed)
        throw cluster_failure("cannot make the folder " + folder.string() + ": " +
                              failed.message());
    give_to_server_user(folder);
}

/// A folder with something else in it is not taken: taking it changes its owner and its rights.
void make_home(const fs::path& folder) {
    std::error_code failed;
    const bool foreign = fs::exists(folder, failed) && !fs::is_empty(folder, failed) && !failed &&
                         !fs::exists(folder / "owner.lock", failed);
    if (failed)
        throw cluster_failure("cannot read the folder " + folder.string() + ": " +
                              failed.message());
    if (foreign)
        throw cluster_failure("the folder " + folder.string() +
                              " holds something else than a "
                              "private PostgreSQL: name an empty one, or one to be made");
    make_private_folder(folder);
    make_private_folder(folder / "run");
    if (run_as_server({"/usr/bin/env", "test", "-x", folder}).status != 0)
        throw cluster_failure("the server's user cannot reach " + folder.string() +
                              ": name a folder that the user postgres may enter");
}

/// Over a file of the server's user, which keeps it; root follows no link that user may have laid.
void write_file(const fs::path& path, const std::string& text) {
    const int file = open(path.c_str(), O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC);
    const bool written = file >= 0 && write(file, text.data(), text.size()) == std::ssize(text);
    if (file >= 0) close(file);
    if (!written)
        throw cluster_failure("cannot write " + path.string() + ": " + system_error_text());
}

/// Makes a rename in the folder last: were it lost with the power, the cluster would be, too.
void sync_folder(const fs::path& folder) {
    const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = file >= 0 && fsync(file) == 0;
    if (file >= 0) close(file);
    if (!synced)
        throw cluster_failure("cannot sync " + folder.string() + ": " + system_error_text());
}

/// The folder's one owner, for as long as it lives.
class owner_lock {
  public:
    explicit owner_lock(const fs::path& path)
        : file_(open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)) {
        if (file_ < 0)
            throw cluster_failure("cannot open " + path.string() + ": " + system_error_text());
        if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
            close(file_);
            throw cluster_failure("the private PostgreSQL in " + path.parent_path().string() +
                                  " belongs to the running process " + text_of(path) +
                                  ": stop that one, or name another folder");
        }
        const auto pid = std::to_string(getpid());
        if (ftruncate(file_, 0) != 0 || write(file_, pid.data(), pid.size()) < 0)
            throw cluster_failure("cannot write " + path.string() + ": " + system_error_text());
    }
    ~owner_lock() { close(file_); }
    owner_lock(const owner_lock&) = delete;
    owner_lock& operator=(const owner_lock&) = delete;

  private:
    int file_;
};

// ---- The running server

struct postmaster {
    int pid = 0;
    std::string status{}; // starting, ready, stopping
};

/// Whether the process is the postmaster of these data; its number may be another's by now.
bool serves(int pid, const fs::path& data) {
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
    void start();
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
    lock.emplace(folder / "owner.lock");
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
    write_file(data / "pg_hba.conf", "local all all peer map=datadrop\n");
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

void private_cluster::impl::start() {
    if (take_over()) return;
    configure();
    disown_recycled_pid(data);
    const bool crashed = fs::exists(data / "postmaster.pid");
    const auto deadline = steady_clock::now() + orphans_time_max;
    while (true) {
        try {
            return run_pg_ctl({"start", "--log=" + (folder / "log").string()},
                              "the private PostgreSQL in " + folder.string() + " did not start");
        } catch (const cluster_failure&) {
            // Processes of a postmaster that was killed end on their own, but not at once, and
            // until then no other is let in.
            if (!crashed || steady_clock::now() > deadline) throw;
            std::this_thread::sleep_for(poll_interval);
        }
    }
}

private_cluster::private_cluster(options o) : impl_(std::make_unique<impl>(std::move(o))) {
    if (!fs::exists(impl_->data / "PG_VERSION")) impl_->initialise();
    impl_->start();
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
    if (!impl_->running) return;
    impl_->running = false;
    if (!running_in(impl_->data)) return;
    impl_->run_pg_ctl({"stop", "--mode=fast"},
                      "the private PostgreSQL in " + impl_->folder.string() + " did not stop");
}

std::string private_cluster::database(const std::string& name) const {
    return connection_string(impl_->folder, name);
}

void private_cluster::create_database(const std::string& name) {
    session server({.database = database("postgres")});
    const auto creation =
        server.run(sql::statements::database_creation, params{}.add(std::string_view(name)));
    if (creation.size() == 1) server.run_script(creation.text(0, 0));
}

int private_cluster::pid() const {
    const auto found = running_in(impl_->data);
    if (!found)
        throw cluster_failure("the private PostgreSQL in " + impl_->folder.string() +
                              " does not run any more");
    return found->pid;
}

std::string private_cluster::find(const fs::path& folder) {
    const auto home = fs::absolute(folder).lexically_normal();
    if (!running_in(home / "data"))
        throw cluster_failure("no private PostgreSQL runs in " + home.string() +
                              ": start `datadrop serve`, or name a database with --database");
    return connection_string(home, "datadrop");
}

fs::path private_cluster::default_folder() {
    if (as_root()) return "/var/lib/datadrop";
    if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data == '/')
        return fs::path(data) / "datadrop";
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home != '/')
        throw cluster_failure("no home folder is known: name the data folder with --data-dir");
    return fs::path(home) / ".local/share/datadrop";
}

} // namespace datadrop::eventstore::postgres
