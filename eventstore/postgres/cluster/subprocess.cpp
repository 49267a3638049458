#include "eventstore/postgres/cluster/subprocess.hpp"

#include "eventstore/postgres/cluster/descriptor.hpp"
#include "eventstore/postgres/cluster/spawn.hpp"

#include <array>
#include <mutex>
#include <set>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace datadrop::eventstore::postgres {
namespace {

/// Another user's rights are taken on by a tool that is there for it, before the tool itself runs.
std::vector<std::string> arguments_of(const tool_command& command) {
    std::vector<std::string> arguments;
    if (command.user)
        arguments = {"setpriv", "--reuid=" + *command.user, "--regid=" + *command.user,
                     "--init-groups", "--"};
    arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
    return arguments;
}

/// From the beginning, wherever the tool has left the file's end.
std::string content_of(const descriptor& file) {
    std::string text;
    std::array<char, 4096> piece{};
    while (true) {
        const auto got =
            pread(file.number(), piece.data(), piece.size(), static_cast<off_t>(text.size()));
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

/// A tool under way. It is forgotten only once it was fetched: its number may be another's at once.
class known_child {
  public:
    explicit known_child(const beginning& of) {
        auto& own = the_own_children();
        const std::lock_guard lock(own.mutex); // so that nobody takes a short one for adopted
        pid_ = spawn(of);
        own.pids.insert(pid_);
    }
    ~known_child() {
        auto& own = the_own_children();
        const std::lock_guard lock(own.mutex);
        own.pids.erase(pid_);
    }
    known_child(const known_child&) = delete;
    known_child& operator=(const known_child&) = delete;
    pid_t pid() const { return pid_; }

  private:
    pid_t pid_ = 0;
};

} // namespace

tool_result run_tool(const tool_command& command) {
    // A file and not a pipe: a server that a tool leaves behind may keep it open.
    const descriptor output(memfd_create("output", MFD_CLOEXEC), "a tool's output");
    const descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null");
    const auto arguments = arguments_of(command);
    // PG… variables of our own environment would turn the tools to another server. They start in /,
    // since the user they run as may not be able to enter our folder.
    const beginning of{.program = arguments.front(),
                       .arguments = arguments,
                       .environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
                                       "/sbin:/bin",
                                       "LC_ALL=C.UTF-8"},
                       .in = nothing.number(),
                       .out = output.number(),
                       .err = output.number(),
                       .folder = "/"};
    const known_child tool(of);
    const int status = wait_for_exit(tool.pid());
    return {.status = status, .output = content_of(output)};
}

void reap_adopted() {
    auto& own = the_own_children();
    const std::lock_guard lock(own.mutex);
    for (;;) {
        // It is only looked at first, so that one of our own stays for whoever waits for it.
        siginfo_t ended{};
        if (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0) return;
        if (own.pids.contains(ended.si_pid)) return; // it is fetched; the others come next time
        waitpid(ended.si_pid, nullptr, WNOHANG);
    }
}

} // namespace datadrop::eventstore::postgres
