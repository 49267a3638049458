#include "eventstore/postgres/cluster/subprocess.hpp"

#include <array>
#include <cerrno>
#include <mutex>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace datadrop::eventstore::postgres {
namespace {

void require(int error, const char* what) {
    if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

class descriptor {
  public:
    explicit descriptor(int number) : number_(number) {
        if (number_ < 0) require(errno, "a tool's output");
    }
    ~descriptor() { close(number_); }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    int number() const { return number_; }

  private:
    int number_;
};

/// What is done to the child's descriptors and folder before the program begins. It starts in /,
/// since the user it runs as may not be able to enter ours.
class start_actions {
  public:
    explicit start_actions(int output) {
        require(posix_spawn_file_actions_init(&actions_), "posix_spawn");
        posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
        posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
        posix_spawn_file_actions_addchdir_np(&actions_, "/");
    }
    ~start_actions() { posix_spawn_file_actions_destroy(&actions_); }
    start_actions(const start_actions&) = delete;
    start_actions& operator=(const start_actions&) = delete;
    const posix_spawn_file_actions_t* get() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

std::vector<std::string> arguments_of(const tool_command& command) {
    std::vector<std::string> arguments;
    if (command.user)
        arguments = {"setpriv", "--reuid=" + *command.user, "--regid=" + *command.user,
                     "--init-groups", "--"};
    arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
    return arguments;
}

std::string content_of(int file) {
    std::string text;
    std::array<char, 4096> piece{};
    while (true) {
        const auto got = pread(file, piece.data(), piece.size(), static_cast<off_t>(text.size()));
        if (got <= 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(got));
    }
}

/// Tools under way, which are waited for by whoever started them.
struct own_children {
    std::mutex mutex{};
    std::set<pid_t> pids{};
};

own_children& the_own_children() {
    static own_children all;
    return all;
}

pid_t spawn(const start_actions& actions, char* const* arguments, char* const* environment) {
    auto& own = the_own_children();
    const std::lock_guard lock(own.mutex); // so that nobody takes a short one for adopted
    pid_t child = 0;
    require(posix_spawnp(&child, arguments[0], actions.get(), nullptr, arguments, environment),
            arguments[0]);
    own.pids.insert(child);
    return child;
}

int wait_for(pid_t child) {
    int status = 0;
    int failed = 0;
    while (waitpid(child, &status, 0) < 0 && failed == 0)
        if (errno != EINTR) failed = errno;
    auto& own = the_own_children();
    const std::lock_guard lock(own.mutex);
    own.pids.erase(child);
    require(failed, "waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

tool_result run_tool(const tool_command& command) {
    auto arguments = arguments_of(command);
    std::vector<char*> argv;
    for (auto& argument : arguments)
        argv.push_back(argument.data());
    argv.push_back(nullptr);

    // PG… variables of our own environment would turn the tools to another server.
    std::string path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    std::string locale = "LC_ALL=C.UTF-8";
    std::array<char*, 3> environment{path.data(), locale.data(), nullptr};

    // A file and not a pipe: a server that a tool leaves behind may keep it open.
    const descriptor output(memfd_create("output", MFD_CLOEXEC));
    const start_actions actions(output.number());
    const int status = wait_for(spawn(actions, argv.data(), environment.data()));
    return {.status = status, .output = content_of(output.number())};
}

void reap_adopted() {
    auto& own = the_own_children();
    const std::lock_guard lock(own.mutex);
    for (;;) {
        siginfo_t ended{};
        if (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0) return;
        if (own.pids.contains(ended.si_pid)) return; // it is fetched; the others come next time
        waitpid(ended.si_pid, nullptr, WNOHANG);
    }
}

} // namespace datadrop::eventstore::postgres
