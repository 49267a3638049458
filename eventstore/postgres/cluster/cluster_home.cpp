#include "eventstore/postgres/cluster/cluster_home.hpp"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

namespace datadrop::eventstore::postgres {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t socket_path_bytes_max = 107; // sockaddr_un's, less the final NUL
constexpr auto server_user = "postgres";
constexpr auto lock_name = "owner.lock";

bool as_root() { return geteuid() == 0; }

std::string system_error_text() { return std::generic_category().message(errno); }

void give_to_server_user(const fs::path& folder) {
    // PostgreSQL refuses to run as root, and its data must be its user's own.
    if (!as_root()) return;
    const auto* user = getpwnam(server_user);
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

} // namespace

tool_result run_as_server(std::vector<std::string> arguments) {
    tool_command command{.arguments = std::move(arguments)};
    if (as_root()) command.user = server_user;
    return run_tool(command);
}

void require_usable_path(const fs::path& folder) {
    // Refused rather than quoted: the path goes through four languages, each with quotes of its
    // own.
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

void make_home(const fs::path& folder) {
    // One that has our lock is ours, however far an earlier owner came with it.
    std::error_code failed;
    const bool foreign = fs::exists(folder, failed) && !fs::is_empty(folder, failed) && !failed &&
                         !fs::exists(folder / lock_name, failed);
    if (failed)
        throw cluster_failure("cannot read the folder " + folder.string() + ": " +
                              failed.message());
    if (foreign)
        throw cluster_failure("the folder " + folder.string() +
                              " holds something else than a "
                              "private PostgreSQL: name an empty one, or one to be made");
    make_private_folder(folder);
    make_private_folder(folder / "run");
    // Seen now, with a sentence: later PostgreSQL would say it in words of its own, of another
    // path.
    if (run_as_server({"/usr/bin/env", "test", "-x", folder}).status != 0)
        throw cluster_failure("the server's user cannot reach " + folder.string() +
                              ": name a folder that the user postgres may enter");
}

void write_file(const fs::path& path, const std::string& text) {
    const descriptor file(open(path.c_str(), O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC));
    if (!file.is_open() || write(file.number(), text.data(), text.size()) != std::ssize(text))
        throw cluster_failure("cannot write " + path.string() + ": " + system_error_text());
}

void sync_folder(const fs::path& folder) {
    const descriptor file(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!file.is_open() || fsync(file.number()) != 0)
        throw cluster_failure("cannot sync " + folder.string() + ": " + system_error_text());
}

std::string text_of(const fs::path& file) {
    const std::ifstream in(file, std::ios::binary);
    // Not by iterators: they throw where reading fails, as under /proc when the process is gone.
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
}

owner_lock::owner_lock(const fs::path& folder)
    : file_(open((folder / lock_name).c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)) {
    const auto path = folder / lock_name;
    if (!file_.is_open())
        throw cluster_failure("cannot open " + path.string() + ": " + system_error_text());
    // The kernel lets go of it with its owner, however that ends: a lock file alone would outlive
    // one that was killed.
    if (flock(file_.number(), LOCK_EX | LOCK_NB) != 0)
        throw cluster_failure("the private PostgreSQL in " + folder.string() +
                              " belongs to the running process " + text_of(path) +
                              ": stop that one, or name another folder");
    const auto pid = std::to_string(getpid()); // for whoever is refused
    if (ftruncate(file_.number(), 0) != 0 || write(file_.number(), pid.data(), pid.size()) < 0)
        throw cluster_failure("cannot write " + path.string() + ": " + system_error_text());
}

} // namespace datadrop::eventstore::postgres
